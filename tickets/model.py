"""Values of the ticket draft, 业务单草稿, and the channels that all tickets share."""

from enum import StrEnum

from hotline.errors import DoorClosed, HotlineError


class Channel(StrEnum):
    """How the citizen came to us, 渠道 (揭府办〔2015〕4号 articles 2 and 11)."""

    PHONE = "电话"
    MESSAGE = "留言"
    SMS = "短信"
    WECHAT = "微信"
    WEIBO = "微博"
    WEB = "网页"
    MAIL = "邮件"


class DraftRefused(HotlineError):
    """The ticket backend understood the draft and said no: sending it again will not help, a person must look at it."""


class InDoubt(DoorClosed):
    """A draft was sent and no answer came that says whether it was taken: the ticket backend may have it, or may take it yet."""
