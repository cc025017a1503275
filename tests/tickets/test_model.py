"""Values of the ticket draft."""

from hotline.errors import HotlineError
from tickets.model import Channel, DraftRefused


def test_a_telephone_call_is_called_by_its_chinese_name() -> None:
    assert str(Channel.PHONE) == "电话"


def test_a_refusal_is_one_of_our_errors() -> None:
    assert issubclass(DraftRefused, HotlineError)
