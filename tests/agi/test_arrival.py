"""The head of a visit: what the dialplan tells, and what is not believed."""

import pytest

from agi.arrival import arrival_of, recording_of
from agi.wire import Head
from hotline.errors import MalformedInput
from hotline.identity import CallId

CALL = CallId("hl1-1764000000.12")


def test_a_later_visit_learns_where_the_earlier_one_stopped() -> None:
    arrival = arrival_of(Head(flow="resume", arguments=(CALL, "12345", "", "telecom", "first", "key=1&x")))
    assert (arrival.checkpoint, arrival.values, arrival.caller) == ("first", {"key": "1"}, "")


@pytest.mark.parametrize("text", ['1"; HANGUP', "揭阳", "1\n2", '"a" ' * 600, "1" * 33])
def test_a_number_that_cannot_be_one_counts_as_withheld(text: str) -> None:
    arrival = arrival_of(Head(flow="welcome", arguments=(CALL, text, text, text, "", "")))
    assert (arrival.called, arrival.caller, arrival.trunk) == ("", "", "" if text != "1" * 33 else text)


@pytest.mark.parametrize("arguments", [(), ("",), ("../../etc",), ("${SHELL(id)}", "1")])
def test_a_visit_of_no_call_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(MalformedInput):
        arrival_of(Head(flow="welcome", arguments=arguments))


def test_the_recorder_writes_one_file_for_each_side() -> None:
    files = recording_of(CALL)
    assert (files.citizen_file, files.heard_file) == (f"{CALL}-citizen.wav", f"{CALL}-heard.wav")
