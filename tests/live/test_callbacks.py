"""回拨: a key in the wait keeps the place though he hangs up; who reached nobody is called when it is quiet. Real telephones, real sound.

The citizens' telephones are numbers of the second Asterisk that say who calls them; at their end everybody speaks at 2700 Hz.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from app.callback_settings import Callbacks
from app.ledger_reading import reading
from app.settings import Waiting
from runtime.binaries import AsteriskHome
from storage.layout import Layout
from tests.live.carrier import Call, Carrier
from tests.live.cell import Cell
from tests.live.stage import PROCESSES
from tests.live.switch import until
from tests.live.test_out_calls import ask, hears, record_of
from tests.live.tones import AGENT_HZ, array_of, heard_in, lay_tone, lay_tones, pitch_of, sounding

FIRST, SECOND, MISSED = "06630000171", "06630000172", "06630000173"
LONG_S = 3.0
"""So long is the offer that a key is in the middle of it for sure."""
AROUND_THE_CLOCK = Callbacks(ready_agents=1, pause_minutes=(0.05,), opens=0, closes=24)


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    prompts = lay_tones(tmp_path_factory.mktemp("prompts"))
    lay_tone(prompts, "callback-offer", LONG_S)
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, rest_after_miss_seconds=1)
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), waiting=waiting, prompts=prompts) as cell:
        cell.settings = cell.settings.model_copy(update={"callbacks": AROUND_THE_CLOCK})
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        cell.serve(*PROCESSES, "console")
        yield cell


@pytest.fixture(autouse=True)
def nobody_is_ready(carrier: Carrier, cell: Cell) -> Iterator[None]:
    for agent in ("1001", "1002"):
        until(partial(says, cell, agent, "paused"), within_s=20, what=f"{agent} pauses")
    yield
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    until(lambda: not cell.asterisk.channels(), within_s=15, what="an empty line")


def says(cell: Cell, agent: str, what: str) -> bool:
    return ask(cell, f"{agent}/presence", what=what, reason="meal" if what == "paused" else "")[0] == 200


def waits(cell: Cell, carrier: Carrier, caller: str) -> tuple[Call, str]:
    """A citizen stands in line: his side of the call, and the call's id."""
    call = carrier.call("12345", caller=caller).answered()
    return call, cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Caller=caller, within_s=12)["Call"]


def record(cell: Cell, call: str, state: str) -> dict[str, Any]:
    """The record of a call whose callback stands so."""

    def found() -> list[dict[str, Any]]:
        with reading(cell.places) as ledger:
            kept = ledger.record_of(call)
        return [kept] if kept and kept["callback"] and kept["callback"]["state"] == state else []

    return until(found, within_s=20, what=f"the callback of {call} is {state}")[0]


def test_a_key_keeps_his_place_before_who_came_later_and_he_is_called_and_talks(cell: Cell, carrier: Carrier) -> None:
    first, asked = waits(cell, carrier, FIRST)
    until(lambda: heard_in(first.heard).get(pitch_of("callback-offer"), 0) > 0.2, within_s=12, what="he is offered it in the visit")
    first.press("2")
    until(lambda: heard_in(first.heard).get(pitch_of("callback-again"), 0) > 0.2, within_s=8, what="he is asked")
    first.press("2")
    first.ended()
    assert heard_in(first.heard).get(pitch_of("callback-kept"), 0) > 0.2
    later, waiting = waits(cell, carrier, SECOND)
    assert record(cell, asked, "open")["callback"]["reason"] == "asked"
    listed = Layout(var=cell.var).callback_list
    until(lambda: listed.exists() and asked in listed.read_text(encoding="utf-8"), within_s=15, what="the next process will know of it")

    cell.end("routing")
    cell.serve("routing")
    until(lambda: says(cell, "1001", "ready"), within_s=20, what="an agent is ready")
    back = carrier.centre_called(FIRST, within_s=12)
    assert back["From"] == "12345"
    assert not cell.ami.seen("UserEvent", UserEvent="AgentAnswered", Call=waiting), "he came later"
    his = carrier.heard_by(back["Uniqueid"])
    hears(his, AGENT_HZ)
    assert sounding(array_of(his), "callback-greeting").get(pitch_of("callback-greeting"), 0) > 0.2
    carrier.ami.action("Hangup", Channel=back["Channel"], Cause="16")
    cell.ami.wait_for("UserEvent", UserEvent="AgentAnswered", Call=waiting, within_s=12)
    later.say()
    hears(later.heard, AGENT_HZ)
    later.hang_up()

    made = record_of(cell, FIRST)
    assert (made["placed"]["how"], made["placed"]["task"], made["placed"]["attempt"], made["placed"]["outcome"]) == (
        "callback", asked, 1, "talked",
    )  # fmt: skip
    assert made["placed"]["why"].startswith("asked ")
    assert made["recording"]["state"] == "complete"
    kept = record(cell, asked, "closed")["callback"]
    assert (kept["closed_by"], kept["attempts"], kept["outcome"]) == (made["call"], 1, "talked")


def test_who_reached_nobody_is_called_when_it_is_quiet_until_he_answers(cell: Cell, carrier: Carrier) -> None:
    call, missed = waits(cell, carrier, MISSED)
    call.hang_up()
    assert record(cell, missed, "open")["callback"]["reason"] == "missed"
    carrier.centre(MISSED, "busy")
    until(lambda: says(cell, "1001", "ready"), within_s=20, what="an agent is ready")
    carrier.centre_called(MISSED, within_s=12)
    until(lambda: record(cell, missed, "open")["callback"]["attempts"] == 1, within_s=15, what="it is counted")
    carrier.ami.mark()
    carrier.centre(MISSED, "answers")
    back = carrier.centre_called(MISSED, within_s=20)
    hears(carrier.heard_by(back["Uniqueid"]), AGENT_HZ)
    carrier.ami.action("Hangup", Channel=back["Channel"], Cause="16")
    kept = record(cell, missed, "closed")["callback"]
    assert (kept["attempts"], kept["outcome"]) == (2, "talked")
    assert "cut_off" not in str(kept)
