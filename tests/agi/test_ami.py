"""The Telephony door against dialogues with a real Asterisk 22.10.1 (tests/golden/ami), replayed through panoramisk's own reader."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from panoramisk.utils import IdGenerator  # type: ignore[import-untyped]

import agi.ami
from agi.ami import AmiTelephony
from agi.ami_guard import CarefulProtocol, OneConnection
from agi.ami_link import AmiLink, LinkGone, LinkUp
from hotline.errors import LinkLost, MalformedInput, Refused
from hotline.identity import AgentId, CallId, LegId
from hotline.line import (
    BringIn,
    CitizenGone,
    CitizenWaits,
    Done,
    DropLeg,
    DropWay,
    Join,
    Lead,
    LegAnswered,
    LegEnded,
    LineFact,
    LinkDown,
    LinkRestored,
    ListenToWays,
    OfferEmergency,
    PairParted,
    PhoneChanged,
    PhoneState,
    RingAgent,
    Snapshot,
    StillHere,
    Survey,
    Way,
    Ways,
)
from hotline.wishes import Wish
from tests.agi.test_ami_guard import Wire
from tests.fakes.fake_ami import Action, FakeAmi, reply, well
from tests.fakes.fake_clock import FakeClock

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "ami"
AGENT = AgentId("1001")
CALL = CallId("hl1-1764000000.12")
LEG = LegId(f"leg-{CALL}-1764000000123")
RING = RingAgent(agent=AGENT, leg=LEG, call=CALL, caller="19900000001", ring_seconds=20)
JOIN = Join(call=CALL, channel="PJSIP/telecom-00000001", agent=AGENT, leg=LEG)


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agi.ami, "CAUSE_GRACE_S", 0.002)


def a_link() -> AmiLink:
    return AmiLink(host="127.0.0.1", port=0, user="u", secret="s", clock=FakeClock())


def replay(name: str, *, step: int = 10_000) -> list[LineFact | Wish]:
    """The facts of a recorded dialogue, read in pieces of `step` bytes."""

    async def run() -> list[LineFact | Wish]:
        link = a_link()
        telephony = AmiTelephony(link)
        _feed(OneConnection(link.events), GOLDEN / f"{name}.ami", step)
        await asyncio.sleep(0)
        return await _all_facts(telephony)

    return asyncio.run(run())


def _feed(connection: OneConnection, recorded: Path, step: int) -> None:
    protocol, wire = CarefulProtocol(), Wire()
    protocol.connection_made(wire)
    connection.begin(wire, protocol)
    said = recorded.read_bytes()
    for start in range(0, len(said), step):
        protocol.data_received(said[start : start + step])


async def _all_facts(telephony: AmiTelephony) -> list[LineFact | Wish]:
    """What is told until nothing is left to be read, and no failed originate is held back any more."""
    facts: list[LineFact | Wish] = []

    async def listen() -> None:
        async for fact in telephony.facts():
            facts.append(fact)  # noqa: PERF401 - it has no end

    async with asyncio.TaskGroup() as group:
        listening = group.create_task(listen())
        await asyncio.sleep(0)
        while telephony._held or not telephony._link.events.empty():  # noqa: ASYNC110 - a timer of the loop ends it
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)
        listening.cancel()
    return facts


def about_people(facts: list[LineFact | Wish]) -> list[LineFact | Wish]:
    return [fact for fact in facts if not isinstance(fact, PhoneChanged)]


def test_a_talk_that_the_agent_ends() -> None:
    waits, answered, parted, ended, gone = about_people(replay("agent-hangs-up"))
    assert isinstance(waits, CitizenWaits)
    assert (waits.citizen.called, waits.citizen.caller, waits.citizen.skills) == ("12345", "19900000001", ())
    assert isinstance(answered, LegAnswered)
    leg = answered.leg
    assert answered == LegAnswered(leg=leg, agent=AGENT, call=waits.citizen.call)
    assert (parted, ended) == (PairParted(call=waits.citizen.call, leg=leg, by="agent"), LegEnded(leg=leg, outcome="hung_up"))
    assert isinstance(gone, CitizenGone)


def test_a_talk_that_the_citizen_ends() -> None:
    facts = about_people(replay("citizen-hangs-up"))
    [answered] = [fact for fact in facts if isinstance(fact, LegAnswered)]
    # The end of the citizen and that of the pair come in either order (both were measured).
    assert {type(fact) for fact in facts[2:]} == {CitizenGone, PairParted, LegEnded}
    assert PairParted(call=answered.call, leg=answered.leg, by="citizen") in facts
    assert LegEnded(leg=answered.leg, outcome="hung_up") in facts


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("agent-busy", "busy"), ("agent-does-not-answer", "no_answer"), ("agent-refuses", "refused"), ("citizen-gone-while-ringing", None)],
)
def test_an_agent_who_takes_no_call_is_told_once_and_with_the_best_cause(name: str, outcome: str | None) -> None:
    ends = [fact for fact in replay(name) if isinstance(fact, LegEnded)]
    assert {fact.leg for fact in ends} == {ends[0].leg}
    if outcome:
        assert ends[0].outcome == outcome


def test_a_failed_originate_gives_way_to_the_hangup_that_knows_the_cause() -> None:
    head = f"Channel: PJSIP/1001-00000001\r\nUniqueid: {LEG}\r\n"
    failed = f"Event: OriginateResponse\r\nActionID: {LEG}\r\nResponse: Failure\r\nReason: 0\r\n{head}\r\n"
    hangup = f"Event: Hangup\r\nCause: 17\r\nTechCause: 486\r\n{head}\r\n"

    async def run() -> list[LineFact | Wish]:
        link = a_link()
        protocol, wire = CarefulProtocol(), Wire()
        protocol.connection_made(wire)
        OneConnection(link.events).begin(wire, protocol)
        protocol.data_received((failed + hangup).encode())
        return await _all_facts(AmiTelephony(link))

    assert asyncio.run(run()) == [LegEnded(leg=LEG, outcome="busy")]


def test_an_agent_without_a_phone_is_told_after_the_grace() -> None:
    assert [fact.outcome for fact in replay("agent-not-registered") if isinstance(fact, LegEnded)] == ["absent"]


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.ami")))
def test_the_facts_do_not_depend_on_how_tcp_cuts_the_stream(name: str) -> None:
    assert replay(name, step=7) == replay(name)


def test_a_survey_of_a_recorded_line() -> None:
    async def run() -> Snapshot:
        link = a_link()
        connection = link._connection = OneConnection(link.events)
        ids = _ids_from(8)
        telephony = AmiTelephony(link)
        async with asyncio.TaskGroup() as group:
            protocol, wire = CarefulProtocol(), Wire()
            protocol.connection_made(wire)
            connection.begin(wire, protocol)
            asked = group.create_task(telephony.do(Survey()))
            said = (GOLDEN / "survey-while-talking.ami").read_bytes()
            await asyncio.sleep(0)
            protocol.data_received(said[: said.index(b"action/golden/1/9")] + b"\r\n\r\n")
            for _ in range(3):
                await asyncio.sleep(0)
            protocol.data_received(b"Response: Success\r\nEventList: start\r\nActionID: action/golden/1/9\r\n\r\n")
            protocol.data_received(said[said.index(b"Event: DeviceStateChange\r\nActionID: action/golden/1/9") :])
            for _ in range(3):
                await asyncio.sleep(0)
            core = b"Response: Success\r\nActionID: action/golden/1/10\r\nCoreStartupDate: 2026-11-23\r\nCoreStartupTime: 09:37:48\r\n"
            protocol.data_received(core + b"CoreCurrentCalls: 2\r\n\r\n")
        assert next(ids)
        answer = asked.result()
        assert isinstance(answer, Snapshot)
        return answer

    snapshot = asyncio.run(run())
    assert len(snapshot.calls) == 2
    assert time.localtime(snapshot.switch_since)[:6] == (2026, 11, 23, 9, 37, 48)
    [waiting], [pair] = snapshot.waiting, snapshot.joined
    assert {waiting.call, pair.call} == snapshot.calls
    assert pair.agent == AGENT
    assert snapshot.legs > snapshot.answered == {pair.leg}
    assert snapshot.phones[AGENT] is PhoneState.TALKING


def _ids_from(number: int) -> Iterator[str]:
    """panoramisk numbers its actions; the recorded survey has these numbers."""
    IdGenerator.reset("golden")
    for generator in IdGenerator.instances:
        for _ in range(number - 1):
            generator()
    return iter(["golden"])


# ── orders, against a scripted Asterisk ──────────────────────────────────────────────────────────

Scene = Callable[[AmiTelephony], Awaitable[None]]


def play(scene: Scene, answer: Callable[[Action], str]) -> list[Action]:
    """The actions that were sent after the login."""

    async def run() -> list[Action]:
        async with FakeAmi(answer) as ami:
            link = AmiLink(host="127.0.0.1", port=ami.port, user="u", secret="s", clock=FakeClock(), answer_s=0.3)
            async with asyncio.TaskGroup() as group:
                running = group.create_task(link.run())
                while not isinstance(await link.events.get(), LinkUp):
                    pass
                await scene(AmiTelephony(link))
                running.cancel()
        return ami.heard[1:]

    return asyncio.run(asyncio.wait_for(run(), 5))


def in_line(action: Action) -> str:
    return reply(action, Variable="CONTEXT", Value="waiting") if action["Action"] == "Getvar" else well(action)


def queued(action: Action) -> str:
    """Asterisk's own words, after which panoramisk by itself would wait for more."""
    return reply(action, Message="Originate successfully queued") if action["Action"] == "Originate" else well(action)


def test_ringing_is_one_originate_whose_ids_are_those_of_the_leg() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(RING) == Done()

    [action] = play(scene, queued)
    assert (action["Action"], action["ActionID"], action["ChannelId"]) == ("Originate", LEG, LEG)
    assert (action["Channel"], action["Context"], action["Async"], action["Timeout"]) == ("PJSIP/1001", "agent-leg", "true", "20000")
    assert action["CallerID"] == "19900000001"


def test_a_caller_who_withheld_his_number_rings_as_anonymous() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        await telephony.do(RingAgent(agent=AGENT, leg=LEG, call=CALL, caller="", ring_seconds=20))

    [action] = play(scene, well)
    assert action["CallerID"] == "anonymous"


def test_who_leads_again_asks_anew_since_when_the_switch_runs() -> None:
    def answer(action: Action) -> str:
        if action["Action"] in ("Status", "DeviceStateList"):
            done = f"{action['Action']}Complete"
            end = f"Event: {done}\r\nActionID: {action['ActionID']}\r\nEventList: Complete\r\n\r\n"
            return reply(action, EventList="start") + end
        return well(action)

    async def scene(telephony: AmiTelephony) -> None:
        for order in (Survey(), Survey(), Lead(), Survey()):
            await telephony.do(order)

    assert [action["Action"] for action in play(scene, answer)].count("CoreStatus") == 2


def test_joining_marks_the_citizen_before_the_bridge() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(JOIN) == Done()

    look, agent, leg, citizen, bridge = play(scene, in_line)
    assert (look["Action"], look["Variable"]) == ("Getvar", "CONTEXT")
    assert (agent["Variable"], agent["Value"]) == ("HL_AGENT", "1001")
    assert (leg["Variable"], leg["Value"]) == ("HL_LEG", LEG)
    assert (citizen["Channel"], citizen["Variable"], citizen["Value"]) == (LEG, "HL_CITIZEN", JOIN.channel)
    assert (bridge["Action"], bridge["Channel1"], bridge["Channel2"], bridge["Tone"]) == ("Bridge", LEG, JOIN.channel, "no")


def test_nobody_is_pulled_out_of_an_emergency_call() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(Refused, match="does not stand in line"):
            await telephony.do(JOIN)

    sent = play(scene, lambda action: reply(action, Value="emergency") if action["Action"] == "Getvar" else well(action))
    assert [action["Action"] for action in sent] == ["Getvar"]


def test_a_refused_bridge_takes_its_marks_back() -> None:
    def answer(action: Action) -> str:
        return reply(action, "Error", Message="Channel1 does not exist") if action["Action"] == "Bridge" else in_line(action)

    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(Refused, match="Channel1"):
            await telephony.do(JOIN)

    assert [(action["Variable"], action["Value"]) for action in play(scene, answer)[-2:]] == [("HL_AGENT", ""), ("HL_LEG", "")]


# ── three-way calls and offers ───────────────────────────────────────────────────────────────────

BRING_IN = BringIn(call=CALL, channel=JOIN.channel, agent=AGENT, leg=LEG, service="120")
OFFER = OfferEmergency(call=CALL, channel=JOIN.channel, service="110")


def test_a_service_is_brought_in_by_one_redirect_of_both_after_the_leg_was_marked() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(BRING_IN) == Done()

    service, citizen, redirect = play(scene, well)
    assert (service["Channel"], service["Variable"], service["Value"]) == (LEG, "HL_SERVICE", "120")
    assert (citizen["Channel"], citizen["Variable"], citizen["Value"]) == (LEG, "HL_CITIZEN", JOIN.channel)
    assert (redirect["Channel"], redirect["Context"], redirect["Exten"]) == (JOIN.channel, "three-way", "citizen-120")
    assert (redirect["ExtraChannel"], redirect["ExtraContext"], redirect["ExtraExten"]) == (LEG, "three-way", "agent-120")


def test_when_one_of_the_two_is_gone_the_mark_is_taken_back() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(Refused, match="does not exist"):
            await telephony.do(BRING_IN)

    sent = play(
        scene, lambda action: reply(action, "Error", Message="Channel does not exist") if action["Action"] == "Redirect" else well(action)
    )
    assert (sent[-1]["Channel"], sent[-1]["Variable"], sent[-1]["Value"]) == (LEG, "HL_SERVICE", "")


def standing(context: str, peer: str) -> Callable[[Action], str]:
    said = {"CONTEXT": context, "BRIDGEPEER": peer}
    return lambda action: reply(action, Value=said[action["Variable"]]) if action["Action"] == "Getvar" else well(action)


@pytest.mark.parametrize("context", ["waiting", "offer"])
@pytest.mark.parametrize(("agreed", "where"), [(False, "offer-110"), (True, "agreed-110")])
def test_who_stands_in_line_is_asked_or_led(context: str, agreed: bool, where: str) -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(replace(OFFER, agreed=agreed)) == Done()

    redirect = play(scene, standing(context, "waiting"))[-1]
    assert (redirect["Action"], redirect["Channel"], redirect["Context"], redirect["Exten"]) == ("Redirect", JOIN.channel, "offer", where)


@pytest.mark.parametrize(("context", "peer"), [("emergency-110", "waiting"), ("waiting", "PJSIP/1001-00000002")])
def test_nobody_is_asked_who_talks_or_is_on_his_way_to_a_centre(context: str, peer: str) -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(Refused, match="does not stand in line"):
            await telephony.do(OFFER)

    assert "Redirect" not in {action["Action"] for action in play(scene, standing(context, peer))}


def test_a_leg_that_is_gone_already_is_dropped() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(DropLeg(leg=LEG)) == Done()

    [action] = play(
        scene, lambda action: well(action) if action["Action"] == "Login" else reply(action, "Error", Message="No such channel")
    )
    assert (action["Action"], action["Channel"]) == ("Hangup", LEG)


def test_a_leg_whose_phone_is_dead_is_dropped_with_a_cause_by_which_the_citizen_is_owed_another() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        await telephony.do(DropLeg(leg=LEG, lost=True))
        await telephony.do(DropLeg(leg=LEG))

    lost, dropped = play(scene, well)
    assert (lost["Action"], lost["Channel"], lost["Cause"]) == ("Hangup", LEG, "38")
    assert "Cause" not in dropped


def test_an_order_without_an_answer_is_sent_once_and_nobody_knows() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(LinkLost):
            await telephony.do(RING)

    assert len(play(scene, lambda action: well(action) if action["Action"] == "Login" else "")) == 1


def test_a_channel_name_with_a_line_break_never_reaches_asterisk() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        with pytest.raises(MalformedInput):
            await telephony.do(Join(call=CALL, channel="x\r\nAction: Logoff", agent=AGENT, leg=LEG))

    assert play(scene, in_line) == []


def test_the_link_itself_is_news_and_an_unreadable_event_is_left_out_by_name(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> list[LineFact | Wish]:
        link = a_link()
        telephony = AmiTelephony(link)
        link.events.put_nowait(LinkUp())
        protocol = CarefulProtocol()
        protocol.connection_made(Wire())
        connection = OneConnection(link.events)
        connection.begin(Wire(), protocol)
        protocol.data_received(b"Event: UserEvent\r\nUserEvent: CitizenWaits\r\nCall: hl1-1.1\r\nCaller: 19900000001\r\nX: y\r\n\r\n")
        link.events.put_nowait(LinkGone())
        return await _all_facts(telephony)

    assert asyncio.run(run()) == [LinkRestored(), LinkDown()]
    assert "event left out: UserEvent CitizenWaits: Channel is missing" in caplog.text
    assert "19900000001" not in caplog.text


def test_that_agents_are_assigned_is_said_in_a_global_variable() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(StillHere(until=1764000008)) == Done()

    [action] = play(scene, well)
    assert (action["Action"], action["Variable"], action["Value"]) == ("Setvar", "HL_ROUTER_UNTIL", "1764000008")
    assert "Channel" not in action


CENTRE = "PJSIP/telecom-00000002"
VALUES = {"CHANNEL(rtcp,rxcount)": "400", "PJSIP_AOR(telecom,contact)": "telecom@@1", "PJSIP_CONTACT(telecom@@1,status)": "Unreachable"}
ON_THE_LINE = (
    ("PJSIP/telecom-00000001", "hl1-1764000000.12", "hl1-1764000000.12", "6"),
    (CENTRE, "hl1-1764000000.13", "hl1-1764000000.12", "6"),
    ("PJSIP/telecom-00000003", "hl1-1764000000.14", "hl1-1764000000.12", "5"),
    ("PJSIP/telecom-00000004", "hl1-1764000000.15", "(null)", "6"),
    ("Local/service-110@three-way-00000001;2", "hl1-1764000000.16", "hl1-1764000000.12", "6"),
    ("PJSIP/1001-00000005", LEG, "hl1-1764000000.12", "6"),
    ("PJSIP/1002-00000006", "hl1-1764000000.17", "hl1-1764000000.12", "6"),
)
"""The citizen, the centre that he talks with, one that rings, another citizen, a three-way's half, two agents: only one is a way."""


def _on_the_line(action: Action, values: dict[str, str]) -> str:
    if action["Action"] == "Getvar":
        return reply(action, Variable=action["Variable"], Value=values[action["Variable"]])
    if action["Action"] != "Status":
        return well(action)
    rows = [
        f"Event: Status\r\nActionID: {action['ActionID']}\r\nChannel: {channel}\r\nUniqueid: {unique}\r\nChannelState: {state}\r\n"
        f"Variable: HL_CALL={call}\r\n\r\n"
        for channel, unique, call, state in ON_THE_LINE
    ]
    begin = reply(action, Message="Channel status will follow", EventList="start")
    return begin + "".join(rows) + f"Event: StatusComplete\r\nActionID: {action['ActionID']}\r\nEventList: Complete\r\n\r\n"


@pytest.mark.parametrize(
    ("values", "way"),
    [
        ({}, Way(channel=CENTRE, trunk="telecom", packets=400, reachable=False)),
        ({"PJSIP_CONTACT(telecom@@1,status)": "Reachable"}, Way(channel=CENTRE, trunk="telecom", packets=400, reachable=True)),
        ({"CHANNEL(rtcp,rxcount)": ""}, Way(channel=CENTRE, trunk="telecom", packets=-1, reachable=False)),
    ],
)
def test_only_legs_to_centres_that_have_answered_are_listened_to(values: dict[str, str], way: Way) -> None:
    heard: list[object] = []

    async def scene(telephony: AmiTelephony) -> None:
        heard.append(await telephony.do(ListenToWays()))

    play(scene, lambda action: _on_the_line(action, VALUES | values))
    assert heard == [Ways(ways=(way,))]


def test_a_centre_that_hangs_up_while_we_listen_is_left_out() -> None:
    heard: list[object] = []

    async def scene(telephony: AmiTelephony) -> None:
        heard.append(await telephony.do(ListenToWays()))

    play(scene, lambda action: reply(action, "Error", Message="No such channel") if "Variable" in action else _on_the_line(action, {}))
    assert heard == [Ways(ways=())]


def test_a_leg_to_a_dead_centre_is_ended_with_a_cause_by_which_the_next_one_is_called() -> None:
    async def scene(telephony: AmiTelephony) -> None:
        assert await telephony.do(DropWay(channel=CENTRE)) == Done()

    [action] = play(
        scene, lambda action: well(action) if action["Action"] == "Login" else reply(action, "Error", Message="No such channel")
    )
    assert (action["Action"], action["Channel"], action["Cause"]) == ("Hangup", CENTRE, "38")
