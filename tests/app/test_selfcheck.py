"""Reading what the self-check call did; the call itself is made in tests/live/test_up.py."""

from pathlib import Path
from typing import Any

import pytest

from app.places import Places
from app.selfcheck import SelfCheckFailed, channels_in, citizen_among, judge

EAR = "PJSIP/self-check-00000000!default!!1!Up!WaitForNoise!300,3,10!12345!!!3!2!!hl1-1764000000.0"
CITIZEN = "PJSIP/self-check-00000001!line!12345!5!Up!AGI!agi://127.0.0.1:4573/welcome!!!!3!2!!hl1-1764000000.1"


def test_the_answered_side_is_the_citizen() -> None:
    assert citizen_among(channels_in(f"{EAR}\n{CITIZEN}\n"), set()) == "hl1-1764000000.1"


def test_before_the_answer_there_is_none() -> None:
    assert citizen_among(channels_in(CITIZEN), set()) == ""
    assert citizen_among(channels_in(f"{EAR}\n{CITIZEN.replace('!Up!', '!Ring!')}"), set()) == ""


def test_calls_that_were_there_before_are_not_ours() -> None:
    other = CITIZEN.replace("1764000000.1", "1763999999.7")
    assert citizen_among(channels_in(f"{other}\n{EAR}"), {"hl1-1763999999.7"}) == ""


def record(*, what: str, state: str) -> dict[str, Any]:
    return {"track": [{"what": what}], "recording": {"state": state}}


def test_a_record_with_our_flow_and_a_whole_recording_is_good(tmp_path: Path) -> None:
    judge(record(what="flow", state="complete"), Places(var=tmp_path))


def test_a_greeting_of_the_lifeline_names_agi(tmp_path: Path) -> None:
    with pytest.raises(SelfCheckFailed, match=r"agi\.log"):
        judge(record(what="prompts", state="complete"), Places(var=tmp_path))


def test_a_recording_that_is_not_whole_names_the_worker(tmp_path: Path) -> None:
    with pytest.raises(SelfCheckFailed, match=r"worker\.log"):
        judge(record(what="flow", state="short"), Places(var=tmp_path))
