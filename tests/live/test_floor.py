"""一层楼: twenty agents, a hundred citizens, real telephones on a second Asterisk. Everybody hears whom he asked for, and one can say why.

Each agent speaks at a pitch of his own, so that what a citizen heard names his agent, whatever our records say.
"""

import itertools
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import pytest
from pydantic import SecretStr

from app.ledger_reading import reading
from app.measures_command import figures
from app.routing_settings import Routing, Skill
from app.settings import Agent, Line, Waiting
from hotline.skills import levels_of
from routing.measures import Clock, Start
from runtime.binaries import AsteriskHome
from storage.measures import Period
from tests.live.carrier import Call, Carrier, Way
from tests.live.cell import Cell
from tests.live.menus import publish
from tests.live.patience import patience
from tests.live.stage import DONE, PROCESSES
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, MUSIC_HZ, RING_HZ, heard_in, pitch_of, prompt_names, tone

SKILLS: Final = {
    **{f"20{n:02}": () for n in range(1, 11)},
    "2011": ("tax:3",),
    "2012": ("tax:3",),
    "2013": ("tax",),
    "2014": ("tax", "teochew"),
    "2015": ("teochew:2",),
    "2016": ("teochew:2",),
    "2017": ("teochew",),
    "2018": ("secret",),
    "2019": ("enterprise",),
    "2020": ("enterprise:2",),
}
"""Agent → what he can. 2010 refuses every call; 2019 and 2020 are kept for enterprises."""
LEVELS: Final = {agent: levels_of(skills) for agent, skills in SKILLS.items()}
REFUSES: Final = "2010"
ALONE: Final = "2018"
"""The only one who may hear what is secret, 举报保密."""
KEPT_S: Final = 4
TALK_S: Final = 2.5
ASKED: Final = {"12345": "", "12351": "tax", "12352": "teochew", "12353": "secret", "12354": "enterprise"}
"""Our numbers, and what who dials them asks for."""
CROWD: Final = {"12345": 56, "12351": 20, "12352": 12, "12353": 2, "12354": 8}
"""98 who are served; two more give up before."""
A_SECOND_S: Final = 8
"""So many citizens call in a second."""

_RULES = Routing(skills=(Skill(name="secret", for_ever=True), Skill(name="enterprise", kept_seconds=KEPT_S)))
_PLAN = 'version = "floor.1"\n' + "".join(
    f'[number.{number}]\nname = "{number}"\nstart = "human{skill and ":"}{skill}"\n' for number, skill in ASKED.items()
)


@dataclass(kw_only=True)
class Floor:
    """The cell, the carrier that plays everybody's telephones, and the citizens who have called so far."""

    cell: Cell
    carrier: Carrier
    calls: dict[str, Call] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(19900001000))

    def citizen(self, number: str) -> Call:
        """Another one, with a number that nobody had before, calls."""
        caller = str(next(self._numbers))
        self.calls[caller] = call = self.carrier.call(number, caller=caller)
        return call

    def records(self) -> dict[str, dict[str, Any]]:
        """Caller → record, of all calls of which the worker is done with everything."""
        with reading(self.cell.places) as ledger:
            found = ledger.latest(500)
        assert len({record["caller"] for record in found}) == len(found), "a citizen has two records"
        return {record["caller"]: record for record in found if record["ended"] and record["recording"]["state"] in DONE}


@pytest.fixture(scope="module")
def floor(asterisk_home: AsteriskHome) -> Iterator[Floor]:
    lines = tuple(Line(number=number, name=number) for number in ASKED)
    waiting = Waiting(ring_seconds=10, visit_every_seconds=30, rest_after_miss_seconds=2)
    with (
        Carrier(asterisk_home, (Way(name="telecom", address="127.0.0.3", max_calls=120),)) as carrier,
        Cell(asterisk_home, trunks=carrier.trunks(), lines=lines, waiting=waiting) as cell,
    ):
        agents = tuple(Agent(id=id_, name=id_, skills=skills, kept_for=_kept(id_)) for id_, skills in SKILLS.items())
        cell.settings = cell.settings.model_copy(update={"agents": agents, "routing": _RULES})
        passwords = {agent: SecretStr(f"agent-{agent}-in-a-test") for agent in SKILLS}
        cell.secrets = cell.secrets.model_copy(update={"agent_passwords": passwords})
        cell.start()
        publish(cell, _PLAN, "floor.1", datetime.now(UTC) - timedelta(minutes=1))
        cell.serve(*PROCESSES)
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        for agent, hz in voices().items():
            carrier.sound(f"voice-{agent}", tone(hz, TALK_S))
            carrier.voice(agent, f"voice-{agent}", brief=True)
        until(lambda: cell.cli("pjsip show contacts").count("sip:20") >= len(SKILLS), within_s=20, what="all telephones are registered")
        yield Floor(cell=cell, carrier=carrier)


@cache
def voices() -> dict[str, int]:
    """Agent → his pitch: multiples of 20 Hz, which do not disturb each other in a piece of 50 ms, and nobody else's."""
    taken = {MUSIC_HZ, RING_HZ, CITIZEN_HZ, AGENT_HZ, CENTRE_HZ, *map(pitch_of, prompt_names())}
    return dict(zip(SKILLS, (hz for hz in range(1000, 3800, 20) if hz not in taken), strict=False))


def _kept(agent: str) -> str:
    return "enterprise" if "enterprise" in LEVELS[agent] else ""


def test_a_hundred_citizens_are_served_by_twenty_agents_as_they_asked_and_one_can_say_why(floor: Floor) -> None:
    one_hears_it_ring, one_stands_behind_him = _two_give_up(floor)
    floor.carrier.centre(REFUSES, "refuses")
    _all_call(floor)
    everybody = len(floor.calls)
    assert everybody == 100
    for call in floor.calls.values():
        call.ended(within_s=60)
    until(lambda: len(floor.records()) == everybody, within_s=30, what="everybody's record is finished")
    records = floor.records()

    gave_up = {caller: records[caller]["abandon_stage"] for caller in records if records[caller]["abandon_stage"]}
    assert gave_up == {one_hears_it_ring: "ringing", one_stands_behind_him: "queue"}
    served = [record for caller, record in records.items() if caller not in gave_up]
    assert not [record["call"] for record in served if record["completeness"] == "reconciled"]
    assert not [record["call"] for record in served for ring in record["rings"] if ring["outcome"] == "failed"]
    for record in served:
        _is_whole(record)
        _got_whom_he_asked_for(record)
        _was_told_why(record)
        _heard(floor.calls[record["caller"]], [pair["agent"] for pair in record["joined"]])
    _nobody_had_two_at_a_time([*served, records[one_hears_it_ring]])
    _first_come_first_served(served)
    refused = Counter(ring["outcome"] for record in served for ring in record["rings"] if ring["agent"] == REFUSES)
    assert refused["refused"], "he was asked"
    assert not refused["joined"]
    assert len({pair["agent"] for record in served for pair in record["joined"]}) == len(SKILLS) - 1, "everybody else had work"
    _the_figures_agree(floor, served)
    floor.cell.settle(allowed=[r"Everyone is busy|refused|403"])


def _two_give_up(floor: Floor) -> tuple[str, str]:
    """Two ask for the only one who may hear them, and he does not take up: the first hears it ring, the second stands behind him."""
    floor.carrier.centre(ALONE, "rings")
    first = floor.citizen("12353").answered()
    floor.cell.ami.wait_for("Newstate", ChannelStateDesc="Ringing", within_s=15)
    second = floor.citizen("12353").answered()
    callers = list(floor.calls)
    floor.cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", Caller=callers[1], within_s=15)
    for call in (second, first):
        call.hang_up()
        call.ended()
    until(lambda: len(floor.records()) == len(callers), within_s=20, what="both are written down")
    floor.carrier.centre(ALONE, "answers")
    return callers[0], callers[1]


def _all_call(floor: Floor) -> None:
    """They come mixed, as on a real day, so many in a second."""
    left, began = Counter(CROWD), time.monotonic()
    for turn in itertools.count():
        number = max(left, key=lambda each: (left[each] / CROWD[each], each))
        if not left[number]:
            return
        left[number] -= 1
        until(lambda at=began + turn / A_SECOND_S: time.monotonic() >= at, within_s=5)  # type: ignore[misc]
        floor.citizen(number)


# ── what must be true of one call ────────────────────────────────────────────────────────────────


def _is_whole(record: dict[str, Any]) -> None:
    # Measured: when the machine is so busy that routing reads the switch's news more than a second late, two surveys may find an end first.
    assert record["completeness"] in ("complete", "reconciled"), json.dumps(record, ensure_ascii=False)
    assert record["hung_up_by"] == "us", json.dumps(record, ensure_ascii=False)
    assert record["recording"]["state"] == "complete", record["recording"]
    assert [pair["by"] for pair in record["joined"]] == ["agent"], record["joined"]
    outcomes = [(ring["agent"], ring["outcome"]) for ring in record["rings"]]
    assert outcomes[-1][1] == "joined", outcomes
    assert all(each == (REFUSES, "refused") or each[1] == "failed" for each in outcomes[:-1]), json.dumps(record["rings"])


def _got_whom_he_asked_for(record: dict[str, Any]) -> None:
    asked = ASKED[record["called"]]
    assert record["skills"] == ([asked] if asked else [])
    for ring in record["rings"]:
        levels = LEVELS[ring["agent"]]
        assert not asked or asked in levels, f"{ring['agent']} cannot {asked}"
        kept = bool(_kept(ring["agent"])) and asked != "enterprise"
        assert not kept or float(_why(ring)["waited_s"]) >= KEPT_S, f"a kept seat too soon: {ring}"


def _was_told_why(record: dict[str, Any]) -> None:
    asked = ASKED[record["called"]]
    for ring in record["rings"]:
        why = _why(ring)
        assert why["asked"] == (asked or "none")
        # The switch says in whole seconds since when he waits, and says so before our journal does.
        assert _seconds(record["wait_began"], ring["began"]) - 1 <= float(why["waited_s"]) <= _seconds(record["arrived"], ring["began"]) + 1
        assert int(why["ready"]) >= 1
        assert why.get("level", "") == (str(LEVELS[ring["agent"]][asked]) if asked else "")
        assert "given_up" not in why


def _why(ring: dict[str, Any]) -> dict[str, str]:
    return dict(word.partition("=")[::2] for word in ring["why"].split())


def _heard(call: Call, agents: list[str]) -> None:
    """His telephone heard this agent, nearly all that he said, and no other agent."""
    heard = heard_in(call.heard, tuple(voices().values()))
    spoken = {agent: seconds for agent, hz in voices().items() if (seconds := heard.get(hz, 0.0)) > 0.3}
    assert list(spoken) == agents, heard
    assert spoken[agents[0]] > (TALK_S - 1) / patience(), heard


# ── what must be true of all of them ─────────────────────────────────────────────────────────────


def _nobody_had_two_at_a_time(records: list[dict[str, Any]]) -> None:
    agents: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record in records:
        rings = [(ring["began"], ring["ended"]) for ring in record["rings"]]
        assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(sorted(rings))), "he was offered to two at once"
        parted = {pair["leg"]: pair["ended"] for pair in record["joined"]}
        for ring in record["rings"]:
            agents[ring["agent"]].append((ring["began"], parted.get(ring["leg"], ring["ended"])))
    for agent, spans in agents.items():
        assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(sorted(spans))), f"{agent} was rung while he was taken"


def _first_come_first_served(records: list[dict[str, Any]]) -> None:
    """Among those who asked for the same: who came later is not rung for before, except that since when they wait are whole seconds."""
    for number in ASKED:
        first_rings = sorted((record["rings"][0]["began"], record["wait_began"]) for record in records if record["called"] == number)
        for (_, earlier), (_, later) in itertools.combinations(first_rings, 2):
            assert _seconds(later, earlier) < 2.5, f"{number}: {earlier} was served before {later}"


def _the_figures_agree(floor: Floor, served: list[dict[str, Any]]) -> None:
    """What `scripts/measures` says is what has happened here (routing/measures.py)."""
    now = datetime.now(UTC)
    whole, *agents = figures(floor.cell.places, Period(begin=now - timedelta(hours=1), end=now), Clock(start=Start.WAIT), "agent")
    values = whole.measures.values
    assert [values[key] for key in ("calls", "answered", "answer_rate", "gave_up")] == [100, 98, 0.98, 2]
    assert [values[key] for key in ("gave_up_queue", "gave_up_offer", "gave_up_ringing")] == [1, 0, 1]
    in_time = [record["call"] for record in served if record["waited_seconds"] <= 15]
    assert sorted(whole.measures.calls["in_time"]) == sorted(in_time)
    assert values["missed"] == sum(len(record["rings"]) > 1 for record in served)
    talked = {row.name: sum(_talk(record) for record in served if record["joined"][0]["agent"] == row.name) for row in agents}
    for row in agents:
        assert row.work, f"{row.name} has a day"
        assert row.work.busy_s > talked[row.name] - 1, f"{row.name}: {row.work}, but he talked for {talked[row.name]} s"


def _talk(record: dict[str, Any]) -> float:
    return _seconds(record["joined"][0]["began"], record["joined"][0]["ended"])


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
