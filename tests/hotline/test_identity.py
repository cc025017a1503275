import pytest

from hotline.errors import MalformedInput
from hotline.identity import AgentId, CallId, LegId


def test_an_identity_is_a_string_that_was_checked() -> None:
    assert CallId("hl1-1764000000.12") == "hl1-1764000000.12"
    assert AgentId("1001") == "1001"
    assert LegId("leg-hl1-1764000000.12-3").startswith("leg-")


WRONG = ["", "1764000000.12", "hl1-17", "hl1-1764000000.12\n", "hl1-1764000000.12/../x", "hl1-1764000000.12\r\nAction: Logoff"]


@pytest.mark.parametrize("text", WRONG)
def test_a_call_id_that_asterisk_never_made_is_refused(text: str) -> None:
    with pytest.raises(MalformedInput, match="CallId"):
        CallId(text)


@pytest.mark.parametrize("text", ["1", "10a1", "1001,1002", "一〇〇一", "123456789"])
def test_an_agent_id_is_two_to_eight_digits(text: str) -> None:
    with pytest.raises(MalformedInput, match="AgentId"):
        AgentId(text)


def test_a_long_wrong_value_is_not_repeated_in_full() -> None:
    with pytest.raises(MalformedInput) as caught:
        LegId("x y" * 1000)
    assert len(str(caught.value)) < 150


def test_a_call_belongs_to_the_day_on_which_it_began_in_china() -> None:
    assert CallId("hl1-1763999999.1").day.isoformat() == "2025-11-24"
    assert CallId("hl1-999999999999.1").day.year == 9998


def test_a_call_tells_when_its_channel_was_made() -> None:
    assert CallId("hl1-1763999999.1").born == 1763999999
