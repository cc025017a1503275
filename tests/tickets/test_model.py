"""Values of the ticket draft."""

from hotline.errors import HotlineError
from tickets.model import Channel, DraftRefused


def test_channels_are_called_by_their_chinese_names() -> None:
    assert (str(Channel.PHONE), str(Channel.MESSAGE)) == ("电话", "留言")


def test_a_refusal_is_one_of_our_errors() -> None:
    assert issubclass(DraftRefused, HotlineError)
