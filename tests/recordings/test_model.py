"""Names and keeping periods of recordings."""

from datetime import date

import pytest

from hotline.errors import MalformedInput
from hotline.identity import CallId
from recordings.model import kept_until, message_file, spool_name, stored_file


def test_a_recording_lies_by_its_day_in_china() -> None:
    # 2025-11-24 16:00:01 UTC is already the 25th in China.
    assert str(stored_file(CallId("hl1-1764000001.12"))) == "recordings/2025/11/25/hl1-1764000001.12.wav"
    assert str(stored_file(CallId("hl1-1763999999.3"))) == "recordings/2025/11/24/hl1-1763999999.3.wav"


def test_even_an_impossible_id_has_a_place() -> None:
    assert str(stored_file(CallId("hl1-999999999999.1"))).endswith("/hl1-999999999999.1.wav")


def test_a_name_in_the_spool_is_taken_as_it_is() -> None:
    assert spool_name("hl1-1764000001.12-citizen.wav") == "hl1-1764000001.12-citizen.wav"


@pytest.mark.parametrize("name", ["../secrets.toml", "/etc/passwd", "a/b.wav", "", ".wav", "a.wav\n", "a.mp3"])
def test_a_name_that_leads_out_of_the_spool_is_refused(name: str) -> None:
    with pytest.raises(MalformedInput):
        spool_name(name)


def test_a_recording_is_kept_for_two_years() -> None:
    assert kept_until(date(2026, 11, 23)) == date(2028, 11, 23)
    assert kept_until(date(2028, 2, 29)) == date(2030, 3, 1)


def test_a_message_lies_beside_the_recording_of_its_call() -> None:
    call = CallId("hl1-1764000001.12")
    assert message_file(call).parent == stored_file(call).parent
    assert message_file(call).name == f"{call}-message.wav"
