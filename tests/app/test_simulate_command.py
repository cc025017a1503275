"""A simulated day, asked for as a planner does."""

from pathlib import Path

import pytest

from app.day_plan import DayPlan
from app.simulate_command import draw, simulated, table
from hotline.errors import BadSettings

QUIET = DayPlan(name="小城", calls=40, after_call_s=0)


def test_a_roster_is_found_and_told_hour_by_hour() -> None:
    staffing = simulated(QUIET, days=2, seed=1)
    lines = table(QUIET, staffing)
    assert staffing.met
    assert "小城" in lines[0]
    assert len([line for line in lines if "–" in line]) == 24
    assert "every hour keeps the target" in lines[-1]


def test_a_roster_that_is_too_small_is_judged_and_its_bad_hours_are_marked() -> None:
    day = QUIET.model_copy(update={"agents": (0,) * 9 + (3,) * 15, "calls": 60})
    staffing = simulated(day, days=2, seed=1)
    assert not staffing.met
    marked = [line for line in table(day, staffing) if line.startswith("✗")]
    assert marked
    assert "an hour misses the target" in table(day, staffing)[-1]


def test_a_roster_needs_a_number_for_every_hour() -> None:
    with pytest.raises(BadSettings, match="24"):
        simulated(QUIET.model_copy(update={"agents": (1, 2)}), days=1, seed=1)


def test_the_same_seed_gives_the_same_roster() -> None:
    assert simulated(QUIET, days=1, seed=7) == simulated(QUIET, days=1, seed=7)


def test_curves_are_written_where_they_are_wanted_or_the_place_is_named(tmp_path: Path) -> None:
    staffing = simulated(QUIET, days=1, seed=1)
    draw(QUIET, staffing, tmp_path / "day.svg")
    assert (tmp_path / "day.svg").read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(BadSettings, match="写不进"):
        draw(QUIET, staffing, tmp_path / "nowhere" / "day.svg")
