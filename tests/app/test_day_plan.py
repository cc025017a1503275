"""The day that is simulated, as a planner writes it."""

from pathlib import Path

import pytest

from app.day_plan import DayPlan, read_day
from app.places import PROJECT
from hotline.errors import BadSettings
from routing.matching import FOR_EVER


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "day.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_day_can_be_read_and_has_all_its_calls() -> None:
    day = read_day(PROJECT / "config" / "day.toml")
    assert sum(day.plan().per_hour) == pytest.approx(day.calls)
    assert day.plan().kinds[1].head_start_s == 20


def test_what_agents_know_and_how_long_a_skill_is_insisted_on_reach_the_simulator(tmp_path: Path) -> None:
    day = read_day(
        written(
            tmp_path, 'agents_know = ["teochew"]\n[[skills]]\nname = "teochew"\ninsist_s = 5\n[[skills]]\nname = "secret"\ninsist_s = 0\n'
        )
    )
    plan = day.plan()
    assert plan.shifts[0].levels == {"teochew": 1}
    assert plan.rules.of("teochew").insist_s == 5
    assert plan.rules.of("secret").insist_s == FOR_EVER


@pytest.mark.parametrize(
    ("text", "words"),
    [("cals = 1", "did you mean calls"), ("calls = -1", "calls: 值不对"), ("per_hour = [1, 2]", "per_hour"), ("calls = ", "TOML")],
)
def test_a_mistake_names_the_file_and_the_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadSettings, match=words) as told:
        read_day(written(tmp_path, text))
    assert "day.toml" in str(told.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="读不到"):
        read_day(tmp_path / "none.toml")


def test_a_day_without_a_word_is_a_city_of_the_size_of_jieyang() -> None:
    assert DayPlan().calls == 3500
