"""A clone beside a running line takes other ports, and its report tells what it took."""

import tomllib

from app.places import PROJECT
from bench.up import Ran, report_of, with_free_ports


def test_every_port_of_the_clone_is_another_one() -> None:
    before = tomllib.loads((PROJECT / "config" / "hotline.toml").read_text(encoding="utf-8"))
    after = tomllib.loads(with_free_ports((PROJECT / "config" / "hotline.toml").read_text(encoding="utf-8")))
    for table, key in (("sip", "port"), ("asterisk", "ami_port"), ("agi", "port"), ("console", "port")):
        assert before[table][key] != after[table][key]
    assert len({after["asterisk"]["ami_port"], after["agi"]["port"], after["console"]["port"]}) == 3


def test_tests_that_fail_are_a_missed_bar_however_fast_all_was() -> None:
    good = Ran(seconds=5, status=0, tail="")
    report = report_of(good, good, Ran(seconds=60, status=1, tail="3 failed, 1200 passed in 60s"))
    assert [bar.ok for bar in report.bars] == [True, True, True, False]
    assert {figure.name: figure.value for figure in report.figures}["tests_failed"] == 3
