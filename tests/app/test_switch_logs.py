"""Asterisk's logs never fill the disk."""

from pathlib import Path

from app.logging import KEPT
from app.switch_logs import turn_over


def test_a_log_of_modest_size_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "messages").write_text("12345")
    assert not turn_over(tmp_path, most_bytes=5)
    assert not turn_over(tmp_path / "nowhere")
    assert [path.name for path in tmp_path.iterdir()] == ["messages"]


def test_a_log_that_is_too_big_is_put_aside_and_the_oldest_goes(tmp_path: Path) -> None:
    for round_ in range(KEPT + 2):
        (tmp_path / "security").write_text(f"round {round_}")
        assert turn_over(tmp_path, most_bytes=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"security.{number}" for number in range(1, KEPT + 1)]
    assert (tmp_path / "security.1").read_text() == f"round {KEPT + 1}"
