"""The call driver: flows against Asterisk's end of the wire, in memory; hang-ups at every point; nothing leaves a citizen behind."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path

import pytest

from agi.driver import Driver
from agi.sounds import Sounds
from agi.variables import PROBE_FLOW
from agi.wire import Head, HeadReader
from hotline.call_facts import (
    Arrived,
    CheckpointPassed,
    FlowFailed,
    KeysPressed,
    MessageBegan,
    MessageLeft,
    RecordingStarted,
    Said,
    VisitBegan,
    VisitEnded,
)
from hotline.identity import CallId
from ivr.facts import CallArrived, HungUp
from ivr.orders import BackToWaiting, Checkpoint, Collect, FindAgent, Flow, FlowFunction, HangUp, Record, Say
from tests.agi.dialogues import FLOWS, SOUNDS, Dialogue, dialogues, two_questions
from tests.agi.visits import ARGUMENTS, CALL, said, visit
from tests.fakes.fake_asterisk import FakeAsterisk, Leaves, RecordedAsterisk
from tests.fakes.fake_clock import NOON, FakeClock
from tests.fakes.fake_journal import FakeJournal

DONE = 'EXEC "MSet" "AGI_DONE=1,TIMEOUT(absolute)=0"'


# ── what a step says ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dialogue", dialogues("visit"), ids=lambda dialogue: dialogue.name)
def test_a_recorded_visit_is_driven_the_same_today(dialogue: Dialogue, sounds: Sounds) -> None:
    """Asterisk's recorded replies, one per command: we must say exactly what we said then."""
    read = HeadReader().feed(dialogue.heard)
    assert read is not None
    head, rest = read

    async def run() -> list[str]:
        asterisk = RecordedAsterisk(rest)
        await Driver(flows=FLOWS, sounds=sounds, journal=FakeJournal()).visit(head, asterisk.line)
        return asterisk.heard

    folder = str(Path(sounds.of(("short",))[0][0][0]).parent)
    spoken = [command.replace(folder, SOUNDS) for command in asyncio.run(run())]
    assert tuple(spoken) == dialogue.said


def test_a_question_costs_two_commands_and_a_checkpoint_none(sounds: Sounds) -> None:
    heard = visit(two_questions, sounds, "200 result=0 endpos=1600", "200 result=1", "200 result=2").heard
    assert [line.split(" ")[0] for line in heard] == ["EXEC", "STREAM", "EXEC", "GET", "EXEC", "GET", "EXEC"]
    assert heard[4] == 'EXEC "MSet" "HL_CHECKPOINT=first,HL_VALUES=key=1,TIMEOUT(absolute)=7"'


def test_the_dead_man_is_armed_with_the_length_of_the_step_and_five_seconds(sounds: Sounds) -> None:
    heard = visit(
        said(Say(prompts=("long", "long")), Collect(question="q", prompts=("middle",), most=2, timeout_s=4), FindAgent()), sounds
    ).heard
    assert [line for line in heard if "MSet" in line] == [
        'EXEC "MSet" "TIMEOUT(absolute)=11"',
        'EXEC "MSet" "TIMEOUT(absolute)=14"',
        'EXEC "MSet" "HL_SKILLS=,AGI_DONE=1,TIMEOUT(absolute)=0"',
    ]


def test_what_must_be_heard_is_cut_short_by_the_emergency_key_only(sounds: Sounds) -> None:
    heard = visit(said(Say(prompts=("short", "middle"), until_key=False), FindAgent()), sounds).heard
    assert [line.rpartition(" ")[2] for line in heard if line.startswith("STREAM")] == ['"*"', '"*"']


def test_a_key_stops_the_rest_of_the_prompts(sounds: Sounds) -> None:
    visited = visit(said(Say(prompts=("short", "middle", "long")), FindAgent()), sounds, "200 result=0", "200 result=35")
    assert len([line for line in visited.heard if line.startswith("STREAM")]) == 2
    assert Said(prompts=("short", "middle", "long"), interrupted=True) in visited.facts


def test_a_key_pressed_in_an_announcement_answers_the_next_question(sounds: Sounds) -> None:
    visited = visit(
        said(Say(prompts=("long",)), Collect(question="q", prompts=("middle",)), FindAgent()), sounds, "200 result=55 endpos=800"
    )
    assert KeysPressed(question="q", digits="7") in visited.facts
    assert not [line for line in visited.heard if line.startswith("GET")]


def test_the_first_key_of_several_is_kept_when_it_stops_an_earlier_prompt(sounds: Sounds) -> None:
    flow = said(Collect(question="q", prompts=("short", "middle"), most=3, timeout_s=2), FindAgent())
    visited = visit(flow, sounds, "200 result=49", "200 result=50", "200 result=51")
    assert visited.heard.count('WAIT FOR DIGIT "2000"') == 2
    assert KeysPressed(question="q", digits="123") in visited.facts


@pytest.mark.parametrize(("reply", "digits"), [("200 result= (timeout)", ""), ("200 result=", ""), ("200 result=1", "1")])
def test_what_get_data_heard_is_what_he_pressed(reply: str, digits: str, sounds: Sounds) -> None:
    visited = visit(said(Collect(question="q", prompts=("short",)), FindAgent()), sounds, reply)
    assert KeysPressed(question="q", digits=digits) in visited.facts


@pytest.mark.parametrize(
    ("end", "replies", "digits"),
    [
        ("5", ("200 result=0", "200 result=49", "200 result=53"), "1"),
        ("5", ("200 result=53",), ""),
        ("5", ("200 result=35", "200 result=50", "200 result=0"), "#2"),
        ("#", ("200 result=49", "200 result=50", "200 result=35"), "12"),
        ("#", ("200 result=35",), ""),
        ("", ("200 result=35",), "#"),
        ("", ("200 result=0", "200 result=0"), ""),
    ],
)
def test_a_longer_answer_and_another_end_key_are_heard_key_by_key(end: str, replies: tuple[str, ...], digits: str, sounds: Sounds) -> None:
    most = 1 if not end else 4
    visited = visit(said(Collect(question="q", prompts=("short",), most=most, end=end), FindAgent()), sounds, *replies)
    assert KeysPressed(question="q", digits=digits) in visited.facts


def test_a_prompt_without_sound_is_told_to_the_log_and_the_call_goes_on(sounds: Sounds, caplog: pytest.LogCaptureFixture) -> None:
    visited = visit(said(Say(prompts=("nowhere",)), Collect(question="q", prompts=("nowhere",)), FindAgent()), sounds, "200 result=3")
    assert visited.heard[1] == 'GET DATA "" "5000" "1"'
    assert visited.outcome == "handed_over:waiting"
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_sound_that_asterisk_cannot_play_is_no_hang_up(sounds: Sounds, caplog: pytest.LogCaptureFixture) -> None:
    visited = visit(said(Say(prompts=("short",)), Collect(question="q", prompts=("short",)), FindAgent()), sounds, *["200 result=-1"] * 2)
    assert visited.outcome == "handed_over:waiting"
    assert KeysPressed(question="q", digits="") in visited.facts
    assert "could not carry out" in caplog.text


# ── where a visit leads ──────────────────────────────────────────────────────────────────────────

WAITING, GOOD_BYE = 'EXEC "Goto" "waiting,s,1"', 'EXEC "Goto" "good-bye,s,silent"'


@pytest.mark.parametrize(
    ("flow", "order", "last"),
    [
        ("welcome", FindAgent(skills=("jobs", "a-b")), 'EXEC "MSet" "HL_SKILLS=jobs&a-b,AGI_DONE=1,TIMEOUT(absolute)=0"'),
        ("welcome", BackToWaiting(), DONE),
        ("welcome", HangUp(), GOOD_BYE),
        ("waiting", BackToWaiting(), DONE),
        ("offer-emergency", BackToWaiting(), DONE),
        ("waiting", FindAgent(), WAITING),
        ("waiting", HangUp(), GOOD_BYE),
        ("parted", HangUp(), DONE),
        ("parted", FindAgent(), WAITING),
        ("parted", BackToWaiting(), WAITING),
        ("another", FindAgent(), WAITING),
        ("welcome", FindAgent(priority=60), 'EXEC "MSet" "HL_SKILLS=,HL_PRIORITY=60,AGI_DONE=1,TIMEOUT(absolute)=0"'),
    ],
)
def test_a_visit_leads_where_its_last_order_says(flow: str, order: object, last: str, sounds: Sounds) -> None:
    visited = visit(said(order), sounds, name=flow)
    assert visited.heard[-1] == last
    sent = any("Goto" in line for line in visited.heard)
    assert any("AGI_DONE=1" in line for line in visited.heard) is not sent


def breaking(arrival: CallArrived) -> Flow:
    yield Say(prompts=("short",))
    raise RuntimeError("19900001234 said something")


@pytest.mark.parametrize(("flow", "ways"), [("welcome", []), ("waiting", []), ("parted", [WAITING])])
def test_a_flow_that_breaks_leads_to_a_human_and_says_nothing_of_the_citizen(
    flow: str, ways: list[str], sounds: Sounds, caplog: pytest.LogCaptureFixture
) -> None:
    visited = visit(breaking, sounds, name=flow)
    assert [line for line in visited.heard if "Goto" in line] == ways
    assert any("AGI_DONE=1" in line for line in visited.heard) is not bool(ways)
    assert FlowFailed(flow="breaking", error="RuntimeError") in visited.facts
    assert visited.outcome == "failed"
    assert "1990000" not in caplog.text


@pytest.mark.parametrize("name", ["waiting", "offer-emergency"])
def test_a_flow_that_breaks_during_the_wait_keeps_his_skills(sounds: Sounds, name: str) -> None:
    assert visit(breaking, sounds, name=name).heard[-1] == DONE


# ── hang-ups ─────────────────────────────────────────────────────────────────────────────────────

FLOWS_TO_LEAVE: tuple[FlowFunction, ...] = (*FLOWS.values(), breaking)


@pytest.mark.parametrize("leaves", Leaves)
@pytest.mark.parametrize("flow", FLOWS_TO_LEAVE)
def test_a_hang_up_at_any_point_is_an_end_in_good_order(
    flow: FlowFunction, leaves: Leaves, sounds: Sounds, caplog: pytest.LogCaptureFixture
) -> None:
    whole = len(visit(flow, sounds, "200 result=49").heard)
    caplog.clear()
    for at in range(whole):
        visited = visit(flow, sounds, "200 result=49", leaves_at=at, leaves=leaves)
        assert len(visited.heard) == at + 1, "nothing is said to a citizen who is gone"
        assert visited.outcome == "hung_up" or isinstance(visited.facts[-2], FlowFailed)
    assert not [record for record in caplog.records if "flow breaking broke" not in record.getMessage()]


def test_a_hang_up_is_thrown_into_the_flow_so_that_it_can_tidy_up(sounds: Sounds) -> None:
    tidied = []

    def flow(arrival: CallArrived) -> Flow:
        try:
            yield Say(prompts=("long",))
        except HungUp:
            tidied.append("hung up")
            raise

    assert visit(flow, sounds, leaves_at=1).outcome == "hung_up"
    assert tidied == ["hung up"]


def test_a_flow_that_asks_on_after_the_hang_up_is_told_to_the_log_only(sounds: Sounds, caplog: pytest.LogCaptureFixture) -> None:
    def flow(arrival: CallArrived) -> Flow:
        try:
            yield Say(prompts=("long",))
        except HungUp:
            yield Say(prompts=("long",))

    assert visit(flow, sounds, leaves_at=1).outcome == "hung_up"
    assert "after the hang-up" in caplog.text


@pytest.mark.parametrize("name", ["waiting", "offer-emergency"])
def test_whoever_leaves_a_visit_of_the_wait_may_be_with_an_agent(sounds: Sounds, name: str) -> None:
    assert visit(said(Say(prompts=("long",)), BackToWaiting()), sounds, name=name, leaves_at=1).outcome == "left"


@pytest.mark.parametrize("reply", ["510 Invalid or unknown command", "520 Invalid command syntax.", "200 result=77", "200 result=x"])
def test_an_answer_that_makes_no_sense_ends_the_visit_and_the_dialplan_goes_on(
    reply: str, sounds: Sounds, caplog: pytest.LogCaptureFixture
) -> None:
    visited = visit(said(Say(prompts=("long",)), FindAgent()), sounds, reply)
    assert visited.outcome == "failed"
    assert not any("AGI_DONE" in line for line in visited.heard)
    assert "visit broken off" in caplog.text


def test_a_question_that_asterisk_refuses_is_no_silence(sounds: Sounds) -> None:
    assert visit(said(Collect(question="q", prompts=("short",)), FindAgent()), sounds, "520 Invalid command syntax.").outcome == "failed"


# ── the journal and the head ─────────────────────────────────────────────────────────────────────


def test_the_journal_tells_the_visit(sounds: Sounds) -> None:
    assert visit(two_questions, sounds, "200 result=0 endpos=1600", "200 result=1", "200 result= (timeout)").facts == [
        Arrived(called="12345", caller="19900001234", trunk="telecom"),
        RecordingStarted(citizen_file=f"{CALL}-citizen.wav", heard_file=f"{CALL}-heard.wav"),
        VisitBegan(flow="welcome"),
        Said(prompts=("short",)),
        KeysPressed(question="first", digits="1"),
        CheckpointPassed(name="first", values="key=1"),
        KeysPressed(question="second", digits=""),
        VisitEnded(flow="welcome", outcome="handed_over:waiting"),
    ]


def test_only_the_first_visit_of_a_call_is_an_arrival(sounds: Sounds) -> None:
    assert visit(said(BackToWaiting()), sounds, name="waiting").facts[0] == VisitBegan(flow="waiting")


@pytest.mark.parametrize("arguments", [(), ("",), ("../../etc",), ("${SHELL(id)}", "1")])
def test_a_visit_of_no_call_is_refused_with_one_line(arguments: tuple[str, ...], sounds: Sounds, caplog: pytest.LogCaptureFixture) -> None:
    journal = FakeJournal()

    async def run() -> FakeAsterisk:
        asterisk = FakeAsterisk()
        await Driver(flows=FLOWS, sounds=sounds, journal=journal).visit(Head(flow="welcome", arguments=arguments), asterisk.line)
        return asterisk

    assert asyncio.run(run()).heard == []
    assert len(caplog.records) == 1


def test_an_unknown_flow_is_refused_with_one_line(sounds: Sounds, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> list[str]:
        asterisk = FakeAsterisk()
        await Driver(flows={}, sounds=sounds, journal=FakeJournal()).visit(Head(flow="evil\n", arguments=ARGUMENTS), asterisk.line)
        return asterisk.heard

    assert asyncio.run(run()) == []
    assert [record.getMessage() for record in caplog.records] == ["visit refused: no flow is named 'evil\\n'"]


def test_what_the_citizen_keyed_is_in_no_log_even_when_asterisk_refuses_to_keep_it(
    sounds: Sounds, caplog: pytest.LogCaptureFixture
) -> None:
    keyed = Checkpoint(name="number-entered", values={"keys": "19900001234"})

    async def run() -> None:
        asterisk = FakeAsterisk(exec_fails=True)
        driver = Driver(flows={"welcome": said(keyed, Say(prompts=("short",)))}, sounds=sounds, journal=FakeJournal())
        await driver.visit(Head(flow="welcome", arguments=ARGUMENTS), asterisk.line)

    asyncio.run(run())
    assert 'could not carry out: EXEC "MSet" call=' in caplog.text
    assert "1990000" not in caplog.text


@pytest.mark.parametrize("order", [Checkpoint(name="x", values={"name": "张三, 19900001234"}), FindAgent(skills=("a,HL_X=1",))])
def test_a_citizens_words_never_become_a_channel_variable(order: object, sounds: Sounds, caplog: pytest.LogCaptureFixture) -> None:
    visited = visit(said(order, FindAgent()), sounds)
    assert visited.outcome == "failed"
    assert not [line for line in visited.heard if "1990000" in line or "HL_X" in line]
    caplog.set_level(logging.DEBUG)
    assert "1990000" not in caplog.text


def test_two_visits_do_not_disturb_each_other(sounds: Sounds) -> None:
    journal = FakeJournal()

    async def run() -> None:
        driver = Driver(flows=FLOWS, sounds=sounds, journal=journal)
        heads = [Head(flow="welcome", arguments=(f"hl1-1764000000.{n}", *ARGUMENTS[1:])) for n in range(20)]
        async with asyncio.TaskGroup() as group:
            for head in heads:
                group.create_task(driver.visit(head, FakeAsterisk(["200 result=49"]).line))

    asyncio.run(run())
    assert {len(journal.facts(CallId(f"hl1-1764000000.{n}"))) for n in range(20)} == {8}


def test_a_probe_of_the_supervisor_is_no_visit(caplog: pytest.LogCaptureFixture, sounds: Sounds) -> None:
    assert visit(two_questions, sounds, name=PROBE_FLOW, arguments=()).heard == []
    assert not caplog.records


# ── messages ─────────────────────────────────────────────────────────────────────────────────────

BOX = said(Record(name="night", most_seconds=60), HangUp())
TOLD = MessageBegan(box="night", file=f"{CALL}-message.wav")


def test_a_message_is_recorded_after_a_tone_and_told_of_before_and_after(sounds: Sounds) -> None:
    visited = visit(BOX, sounds, "200 result=0 (timeout) endpos=88000")
    assert visited.heard[:4] == [
        'EXEC "MSet" "TIMEOUT(absolute)=65"',
        'EXEC "PlayTones" "!1000/400,0"',
        f'RECORD FILE "/spool/{CALL}-message" "wav" "#0*" "60000" "s=6"',
        'EXEC "StopPlayTones"',
    ]
    assert [fact for fact in visited.facts if fact.kind.startswith("message")] == [TOLD, MessageLeft(file=TOLD.file, seconds=10.0)]


@pytest.mark.parametrize("leaves", list(Leaves))
def test_who_hangs_up_in_his_message_has_left_one(sounds: Sounds, leaves: Leaves) -> None:
    visited = visit(BOX, sounds, leaves_at=2, leaves=leaves)
    [before, after] = [fact for fact in visited.facts if isinstance(fact, MessageBegan | MessageLeft)]
    assert before == TOLD
    assert isinstance(after, MessageLeft)
    assert after.how == "hung_up"
    assert visited.outcome == "hung_up"


def test_what_asterisk_cannot_write_is_no_message(sounds: Sounds) -> None:
    visited = visit(BOX, sounds, "200 result=-1 (writefile)")
    assert MessageLeft(file=TOLD.file, seconds=0.0, how="failed") in visited.facts
    assert visited.outcome == "finished"


def test_when_we_end_first_nobody_says_how_his_message_ended(sounds: Sounds) -> None:
    journal = FakeJournal()

    async def run() -> None:
        asterisk = FakeAsterisk(mute_at=2)
        driver = Driver(flows={"welcome": BOX}, sounds=sounds, journal=journal, spool=Path("/spool"))
        async with asyncio.TaskGroup() as group:
            group.create_task(driver.visit(Head(flow="welcome", arguments=ARGUMENTS), asterisk.line))
            for _ in range(20):  # until the mute command
                await asyncio.sleep(0)
            assert asterisk.heard[-1].startswith("RECORD FILE")
            asterisk.line.close()

    asyncio.run(run())
    assert [fact for fact in journal.facts(CALL) if isinstance(fact, MessageBegan | MessageLeft)] == [TOLD]


def test_a_flow_learns_the_time_and_is_heard_in_its_language(tmp_path: Path) -> None:
    for name in ("zh_CN/short", "en/short"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / f"{name}.alaw").write_bytes(b"\xd5" * 800)
    moments: list[datetime | None] = []

    def flow(arrival: CallArrived) -> Flow:
        moments.append(arrival.now)
        yield Say(prompts=("short",), language="en")
        yield Collect(question="q", prompts=("short",), language="en")
        yield FindAgent()

    async def run() -> list[str]:
        asterisk = FakeAsterisk(("200 result=0 endpos=800", "200 result=0 endpos=800", "200 result=1"))
        driver = Driver(flows={"f": flow}, sounds=Sounds(tmp_path / "zh_CN"), journal=FakeJournal(), clock=FakeClock())
        await driver.visit(Head(flow="f", arguments=ARGUMENTS), asterisk.line)
        return asterisk.heard

    heard = [line for line in asyncio.run(run()) if "short" in line]
    assert moments == [NOON]
    assert len(heard) == 2
    assert all(f"{tmp_path}/en/short" in line for line in heard)
