"""SIPp's statistics become an outcome; scenarios are well-formed."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.sipp import holding_scenario, menu_scenario, read_statistics, told_scenario, waiting_scenario

HEAD = "StartTime;ElapsedTime(C);SuccessfulCall(C);FailedCall(C);ResponseTime1(C)\n"


def test_the_last_line_counts(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEAD + "a;00:00:01;5;0;00:00:00:001000\n" + "a;00:01:02:500000;99;1;00:00:00:012000\n", encoding="utf-8")
    outcome = read_statistics(path)
    assert (outcome.good, outcome.failed, outcome.seconds, outcome.answer_ms) == (99, 1, 62.5, 12.0)


def test_a_run_that_never_began_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="placed no call"):
        read_statistics(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_text(HEAD, encoding="utf-8")
    with pytest.raises(ValueError, match="counted nothing"):
        read_statistics(tmp_path / "x.csv")


def test_a_scenario_presses_each_key_after_its_pause() -> None:
    tree = ET.fromstring(menu_scenario(((300, "1"), (400, "#"))).encode())
    assert [pause.get("milliseconds") for pause in tree.iter("pause")] == ["300", "400"]
    assert [send.text.split("Signal=")[1][0] for send in tree.iter("send") if send.text and "Signal=" in send.text] == ["1", "#"]


def test_a_citizen_who_holds_hangs_up_himself() -> None:
    tree = ET.fromstring(holding_scenario(5000).encode())
    assert any(send.text and "BYE" in send.text for send in tree.iter("send"))


def test_a_citizen_who_holds_may_press_keys_before() -> None:
    tree = ET.fromstring(holding_scenario(5000, keys=[(300, "3")]).encode())
    assert [pause.get("milliseconds") for pause in tree.iter("pause")] == ["300", "5000"]


def test_a_citizen_who_is_told_presses_after_the_word_and_before_the_good_bye() -> None:
    tree = ET.fromstring(told_scenario("3", patience_ms=60_000).encode())
    steps = [step.get("request") or (step.text or "").split()[0] for step in tree if step.tag == "send" or step.get("request")]
    assert steps == ["INVITE", "ACK", "MESSAGE", "SIP/2.0", "INFO", "BYE", "SIP/2.0"]
    assert {step.get("timeout") for step in tree if step.get("request")} == {"60000"}


def test_a_citizen_who_waits_listens_to_the_end_however_long_it_takes() -> None:
    tree = ET.fromstring(waiting_scenario().encode())
    assert [each.get("timeout") for each in tree.iter("recv") if each.get("request") == "BYE"] == ["900000"]
