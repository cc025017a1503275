"""Reading Asterisk's console."""

import asyncio
import sys
from pathlib import Path

import pytest

from app.switch import Switch, citizens_in, somebody_talks_in
from hotline.errors import LinkLost

LINE = "PJSIP/telecom-00000001!waiting!s!6!Up!WaitExten!30,m(hotline)!19900000123!!!3!57!!hl1-1764000000.1"
LEG = "PJSIP/1001-00000002!agent-leg!s!2!Up!Wait!10!1001!!!3!57!!leg-hl1-1764000000.1-1"

SELF = "Local/000000001@self-call-00000003;2!self-call!000000001!3!Up!Wait!5!!!!3!1!!hl1-1764000000.9"


def test_citizens_are_counted_and_agents_legs_are_not() -> None:
    assert citizens_in(f"{LINE}\n{LEG}\n{SELF}\n") == 1


def test_who_is_in_a_bridge_or_calls_a_centre_talks_and_who_waits_does_not() -> None:
    assert not somebody_talks_in(f"{LINE}\n{LEG}\n{SELF}\n")
    assert somebody_talks_in(LINE.replace("!57!!", "!57!0f1b2c!"))
    assert somebody_talks_in(LINE.replace("WaitExten!30,m(hotline)", "Dial!PJSIP/x@y,30"))


def test_an_empty_line_has_no_citizens() -> None:
    assert citizens_in("\n") == 0
    assert citizens_in("Verbosity is at least 3\n") == 0


def switch(script: str) -> Switch:
    """A console that is this Python program; it is called with -C CONF -rx COMMAND."""
    return Switch(asterisk=[sys.executable, "-S", "-c", script], conf=Path("asterisk.conf"))


def test_the_console_is_asked_with_the_configuration_of_this_system() -> None:
    answer = asyncio.run(switch("import sys; print(sys.argv[1:])").ask("core show channels concise"))
    assert answer.strip() == "['-C', 'asterisk.conf', '-rx', 'core show channels concise']"


def test_a_console_that_is_not_there_is_a_lost_link() -> None:
    with pytest.raises(LinkLost):
        asyncio.run(switch("import sys; sys.exit(1)").ask("core waitfullybooted"))


def test_a_program_that_cannot_be_started_is_a_lost_link() -> None:
    with pytest.raises(LinkLost, match="cannot be started"):
        asyncio.run(Switch(asterisk=["/nonexistent/asterisk"], conf=Path("asterisk.conf")).ask("core waitfullybooted"))


def test_a_console_that_hangs_is_given_up_and_leaves_no_program_behind() -> None:
    with pytest.raises(LinkLost, match="did not answer"):
        asyncio.run(switch("import signal; signal.pause()").ask("core waitfullybooted", within_s=0.05))


def console_that(answers: str, place: Path) -> Switch:
    """It keeps the number of the call that was placed in a file, and `answers` with it."""
    place.write_text("")
    words = f"import sys; from pathlib import Path; kept, command = Path({str(place)!r}), sys.argv[-1]\n"
    words += "if 'originate' in command: kept.write_text(command.split('/')[1].split('@')[0])\n"
    return switch(words + f"else: print({answers!r} + kept.read_text())")


def test_a_call_to_itself_is_through_when_the_dialplan_says_its_number(tmp_path: Path) -> None:
    asyncio.run(console_that("HL_SELF_CALL=", tmp_path / "number").call_itself(within_s=5))


def test_a_call_to_itself_that_does_not_come_back_is_a_lost_link(tmp_path: Path) -> None:
    with pytest.raises(LinkLost, match="a call to itself"):
        asyncio.run(console_that("HL_SELF_CALL=7", tmp_path / "number").call_itself(within_s=0.2))
