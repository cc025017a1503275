"""`scripts/measures` in words, as JSON, and down to the calls."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.cli import main
from app.measures_command import days, live_calls, live_figures
from app.places import Places
from hotline.errors import DoorClosed, MalformedInput
from records.model import CallRecord, Joined, to_json
from storage.engine import open_for_writing
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.measures import CHINA
from storage.migrate import migrate

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = "2026-11-23"
Say = Callable[..., str]


def record(number: int, skill: str, *, human_after: float) -> CallRecord:
    joined = (Joined(agent="1001", leg="a", began=NOON + timedelta(seconds=human_after), ended=NOON + timedelta(seconds=60)),)
    return CallRecord(
        call=f"hl1-1764000000.{number}", called="12345", skills=(skill,), arrived=NOON, wait_began=NOON + timedelta(seconds=6),
        ended=NOON + timedelta(seconds=70), joined=joined if human_after else (), abandon_stage="" if human_after else "queue",
    )  # fmt: skip


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with three calls of one day: in time, late, given up."""
    layout = Layout(var=tmp_path_factory.mktemp("var"))
    layout.make()
    migrate(layout.ledger)
    engine = open_for_writing(layout.ledger)
    for made in (record(1, "tax", human_after=10), record(2, "tax", human_after=20), record(3, "water", human_after=0)):
        LedgerBook(engine).keep_record(to_json(made), now=NOON)
    engine.dispose()
    return layout.var


@pytest.fixture
def say(var: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def run(*words: str, status: int = 0) -> str:
        assert main(["measures", "--var", str(var), "--day", DAY, *words]) == status
        seen = capsys.readouterr()
        return seen.err if status else seen.out

    return run


def test_the_figures_of_a_day_are_shown_with_their_keys(say: Say) -> None:
    lines = [line.split() for line in say().splitlines()]
    shown = {line[-1]: " ".join(line[-3:-1] if "s" in line else line[-2:-1]) for line in lines}
    assert (shown["calls"], shown["answer_rate"], shown["in_time_rate"], shown["wait_mean"]) == ("3", "66.7%", "33.3%", "15.0 s")
    assert shown["occupancy"] == "—"


def test_groups_have_a_line_each_and_the_clock_can_begin_later(say: Say) -> None:
    whole, tax, water = json.loads(say("--by", "skill", "--clock", "wait", "--json"))
    assert [row["group"] for row in (whole, tax, water)] == ["", "tax", "water"]
    assert (tax["in_time_rate"], water["in_time_rate"], whole["in_time"]) == (1, 0, 2)
    assert "tax\t2\t2\t2\t100.0%" in say("--by", "skill")
    assert json.loads(say("--within", "20", "--json"))[0]["in_time"] == 2


def test_every_figure_names_its_calls(say: Say) -> None:
    assert say("--calls", "gave_up_queue") == "hl1-1764000000.3\n"
    assert say("--calls", "in_time_rate").split() == [f"hl1-1764000000.{number}" for number in (1, 2, 3)]
    assert say("--by", "skill", "--calls", "calls", "--group", "tax").split() == ["hl1-1764000000.1", "hl1-1764000000.2"]
    assert "没有这一组" in say("--by", "skill", "--calls", "calls", "--group", "gas", status=1)


def test_a_day_is_china_s_and_not_over_yet_and_days_come_in_order() -> None:
    today, now = date(2026, 11, 23), datetime(2026, 11, 23, 15, tzinfo=CHINA)
    assert (days(today, None, now).begin, days(today, None, now).end) == (datetime(2026, 11, 23, tzinfo=CHINA), now)
    assert days(today - timedelta(days=2), today - timedelta(days=1), now).end == datetime(2026, 11, 23, tzinfo=CHINA)
    with pytest.raises(MalformedInput, match="早于"):
        days(today, today - timedelta(days=1), now)


def test_a_board_reads_the_same_and_is_told_what_it_asked_wrongly_and_that_there_is_no_ledger(var: Path) -> None:
    assert [row["group"] for row in live_figures(Places(var=var), DAY, "agent", "wait")] == ["", "1001"]
    assert live_calls(Places(var=var), DAY, "gave_up") == ["hl1-1764000000.3"]
    with pytest.raises(MalformedInput, match="hour"):
        live_figures(Places(var=var), DAY, "planet", "")
    with pytest.raises(DoorClosed):
        live_figures(Places(var=var / "nowhere"), DAY, "", "")
