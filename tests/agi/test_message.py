"""留言 on the wire: what is asked of Asterisk, and what its answers mean."""

from pathlib import Path

import pytest

from agi.message import began, left, record, recorded
from agi.wire import OK, Reply
from hotline.identity import CallId
from ivr.facts import Recorded
from ivr.orders import Record

CALL = CallId("hl1-1764000000.12")
ORDER = Record(name="night", most_seconds=60, silence_seconds=6)
FILE = f"{CALL}-message.wav"


def reply(result: str, note: str, seconds: float) -> Reply:
    return Reply(code=OK, result=result, note=note, endpos=round(8000 * seconds))


def test_the_journal_knows_box_and_file_before_the_tone() -> None:
    message = began(CALL, ORDER)
    assert (message.box, message.file) == ("night", FILE)


def test_asterisk_is_told_path_format_keys_milliseconds_and_silence() -> None:
    line = record(Path("/spool"), began(CALL, ORDER), ORDER)
    assert line == f'RECORD FILE "/spool/{CALL}-message" "wav" "#0" "60000" "s=6"\n'.encode()


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (reply("19999", "timeout", 11.0), Recorded(seconds=10.0, how="silence")),
        (reply("0", "timeout", 0.6), Recorded(seconds=0.0, how="silence")),
        (reply("0", "timeout", 60.0), Recorded(seconds=60.0, how="full")),
        (reply("35", "dtmf", 3.5), Recorded(seconds=3.5, how="key", key="#")),
        (reply("48", "dtmf", 0.0), Recorded(seconds=0.0, how="key", key="0")),
        (reply("-1", "writefile", 0.0), Recorded(seconds=0.0, how="failed")),
    ],
)
def test_an_answer_says_how_it_ended_and_how_long_he_spoke(answer: Reply, meaning: Recorded) -> None:
    assert recorded(ORDER, answer) == meaning
    assert left(began(CALL, ORDER), ORDER, answer).how == meaning.how


@pytest.mark.parametrize(("answer", "seconds"), [(None, 0.0), (reply("-1", "hangup", 4.0), 4.0)])
def test_a_hang_up_keeps_what_he_said_until_then(answer: Reply | None, seconds: float) -> None:
    message = left(began(CALL, ORDER), ORDER, answer)
    assert (message.file, message.how, message.seconds) == (FILE, "hung_up", seconds)
