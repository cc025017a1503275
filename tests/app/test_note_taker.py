"""The note-taker: what it writes, and that nothing which comes over its wire can make it harm anybody."""

import io
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.note_taker import ASKED, facts_of, main, take_note
from hotline.call_facts import Arrived, LifelineEntered, RecordingStarted
from hotline.errors import MalformedInput
from records.journal import decode
from storage.layout import Layout

CALL = "hl1-1700000000.7"
TOLD = {"HL_CALL": CALL, "HL_CALLED": "12345", "HL_CALLER": "19900000001", "HL_TRUNK": "telecom", "HL_WHY": "died"}
HEAD = "agi_request: note-taker\nagi_channel: Local/s@note-taker-00000001;1\nagi_callerid: 0\n\n"


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """pyst2 takes SIGHUP; give it back."""
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


class Told:
    """The Local channel's variables."""

    def __init__(self, **told: str) -> None:
        self._told = TOLD | told

    def get_variable(self, name: str) -> str:
        return self._told[name]


def written(var: Path) -> list[object]:
    """The facts of the one open journal."""
    [file] = Layout(var=var).journal_open.iterdir()
    assert file.name == f"{CALL}.jsonl"
    lines = decode(file.read_bytes()).lines
    assert {line.writer.partition("-")[0] for line in lines} == {"note"}
    return [line.fact for line in lines]


BEGAN = Arrived(called="12345", caller="19900000001", trunk="telecom")
RECORDED = RecordingStarted(citizen_file=f"{CALL}-citizen.wav", heard_file=f"{CALL}-heard.wav")


def test_the_journal_of_a_call_that_nobody_knows_begins_with_what_the_dialplan_knows(tmp_path: Path) -> None:
    assert take_note(Told(), tmp_path) == CALL
    assert written(tmp_path) == [BEGAN, RECORDED, LifelineEntered(why="died")]


def test_a_journal_that_is_there_learns_only_why_he_came_here(tmp_path: Path) -> None:
    take_note(Told(), tmp_path)
    take_note(Told(HL_WHY="no_router"), tmp_path)
    assert written(tmp_path)[3:] == [LifelineEntered(why="no_router")]


def test_what_cannot_be_right_counts_as_unknown() -> None:
    call, [began, _, entered] = facts_of({"HL_CALL": CALL, "HL_CALLER": "x\ny", "HL_WHY": "because"}, known=False)
    assert (call, began, entered) == (CALL, Arrived(called="", caller="", trunk=""), LifelineEntered(why="no_router"))


@pytest.mark.parametrize("call", ["", "../../etc/passwd", "(null)"])
def test_a_call_without_an_id_has_no_journal(call: str, tmp_path: Path) -> None:
    with pytest.raises(MalformedInput):
        take_note(Told(HL_CALL=call), tmp_path)
    assert not list(Layout(var=tmp_path).journal_open.iterdir())


def test_over_the_real_protocol_it_asks_for_constant_names_only_and_prints_nothing_else(tmp_path: Path) -> None:
    stdin = io.StringIO(HEAD + "".join(f"200 result=1 ({TOLD[name]})\n" for name in ASKED))
    stdout = io.StringIO()
    assert main(tmp_path, stdin=stdin, stdout=stdout) == 0
    assert stdout.getvalue().splitlines() == [f'GET VARIABLE "{name}"' for name in ASKED]
    assert written(tmp_path) == [BEGAN, RECORDED, LifelineEntered(why="died")]


@pytest.mark.parametrize("answer", ["", "HANGUP\n", "511 Command Not Permitted on a dead channel\n", "200 result=1 (hangup)\n"])
def test_a_hang_up_in_the_middle_ends_it_without_a_journal(answer: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert main(tmp_path, stdin=io.StringIO(HEAD + answer), stdout=io.StringIO()) == 1
    assert not list(tmp_path.rglob("*.jsonl"))
    [record] = caplog.records
    assert "no note taken" in record.message
    assert CALL not in record.message
