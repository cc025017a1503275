"""A bench says one line of JSON, or a table, and whether its bars are kept."""

import json

from bench.report import Bar, Figure, Report

KEPT = Bar(what="p99 s", value=0.9, op="<=", bound=1.0)
MISSED = Bar(what="failed", value=1, op="==", bound=0)


def report(*bars: Bar) -> Report:
    return Report(
        name="x", figures=(Figure(name="rate", value=99.12345, unit="calls/s", zh="呼叫速率"),), bars=bars, commit="abc (2 cores, load 0.1)"
    )


def test_json_is_one_line_with_figures_bars_and_the_commit() -> None:
    line = report(KEPT, MISSED).as_json()
    assert "\n" not in line
    assert json.loads(line) == {
        "name": "x",
        "figures": {"rate": 99.123, "commit": "abc (2 cores, load 0.1)"},
        "bars": [
            {"what": "p99 s", "value": 0.9, "op": "<=", "bound": 1.0, "ok": True},
            {"what": "failed", "value": 1, "op": "==", "bound": 0, "ok": False},
        ],
    }


def test_one_missed_bar_is_enough() -> None:
    assert report(KEPT).ok
    assert not report(KEPT, MISSED).ok


def test_the_table_marks_what_was_missed_and_ends_with_the_commit() -> None:
    lines = report(KEPT, MISSED).as_table().splitlines()
    assert [line[0] for line in lines if "p99" in line or "failed" in line] == ["✓", "✗"]
    assert lines[-1].endswith("提交 commit abc (2 cores, load 0.1)")
    assert "1 项未达标" in lines[-1]
