"""The lifeline: nobody of ours runs, and every citizen still reaches a human, a message box, and at every moment the emergency number."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agi.provision import NOTE_SECONDS
from app.settings import Emergency, Waiting
from hotline.call_facts import Arrived, LifelineEntered, RecordingStarted
from hotline.emergency import SERVICES
from records.journal import decode
from runtime.binaries import AsteriskHome
from tests.live.ami import Message
from tests.live.carrier import Call, Carrier
from tests.live.cell import AGENTS, Cell
from tests.live.switch import until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, MUSIC_HZ, heard_in, lay_tones, pitch_of

ALLOWED = (
    r"res_agi.c: Connecting to '127.0.0.1:\d+' failed",
    r"Couldn't connect to any host.  FastAGI failed",
    r"app_queue.c: Unable to join queue 'lifeline-0'",  # nobody is registered
)
POLICE = "06630000110"
EMERGENCY = Emergency.model_validate({"services": [{"id": each, "targets": [f"telecom/06630000{each}"]} for each in SERVICES]})
FAR_AWAY = "9999999999"
HOLD_S = 5
LONG_S = 2.0
"""Prompts so long that a key is in the middle of them for sure."""


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    """A cell in which no process of ours runs, with two agents' telephones."""
    prompts = lay_tones(tmp_path_factory.mktemp("long"), LONG_S)
    waiting = Waiting(ring_seconds=5, visit_every_seconds=5, lifeline_seconds=20)
    trunks, passwords = carrier.trunks(), carrier.passwords()
    with Cell(asterisk_home, trunks=trunks, passwords=passwords, waiting=waiting, emergency=EMERGENCY, prompts=prompts) as cell:
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        yield cell


@pytest.fixture
def cell(module_cell: Cell, carrier: Carrier) -> Iterator[Cell]:
    """Clean before and after each test; what a test turned is turned back."""
    module_cell.reaches(*(way.name for way in carrier.ways))
    carrier.ami.mark()
    module_cell.ami.mark()
    registered(module_cell, carrier, *AGENTS)
    yield module_cell
    carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    for name, value in (("HL_ROUTER_UNTIL", "0"), ("HL_HOLD_SECONDS", str(HOLD_S)), ("HL_LIFELINE_SECONDS", "20")):
        turn(module_cell, name, value)
    module_cell.settle(allowed=ALLOWED)
    carrier.asterisk.settle()


def turn(cell: Cell, name: str, value: str) -> None:
    """Set a global variable of the dialplan."""
    cell.cli(f"dialplan set global {name} {value}")


def registered(cell: Cell, carrier: Carrier, *agents: str) -> None:
    """These agents' telephones are at their places, and the others are not."""
    for agent in AGENTS:
        there = "Avail" in cell.cli(f"pjsip show aor {agent}")
        if there != (agent in agents):
            carrier.asterisk.cli(f"pjsip send {'register' if agent in agents else 'unregister'} phone-{agent}")
        until(lambda agent=agent: _is_there(cell, agent) == (agent in agents), within_s=15, what=f"{agent} of {agents}")  # type: ignore[misc]


def _is_there(cell: Cell, agent: str) -> bool:
    """As the queue knows it: his telephone is registered, whatever it does."""
    return next("Unavailable" not in line for line in cell.cli("queue show").splitlines() if f"PJSIP/{agent}" in line)


@contextmanager
def ringing(carrier: Carrier) -> Iterator[None]:
    """All agents' telephones ring and nobody picks up."""
    for agent in AGENTS:
        carrier.asterisk.cli(f"dialplan add extension {agent},1,Goto(centre,rings,1) into from-cell")
    try:
        yield
    finally:
        for agent in AGENTS:
            carrier.asterisk.cli(f"dialplan remove extension {agent}@from-cell")


def told(cell: Cell, event: str, *, within_s: float = 20.0, **headers: str) -> Message:
    """What the dialplan tells."""
    return cell.ami.wait_for("UserEvent", UserEvent=event, within_s=within_s, **headers)


def hears(call: Call, hz: int, seconds: float = LONG_S / 2, *, within_s: float = 15.0) -> None:
    """Return once the citizen has heard that much of it."""
    until(lambda: heard_in(call.heard).get(hz, 0) >= seconds, within_s=within_s, what=f"{hz} Hz is heard; {heard_in(call.heard)}")


def arrives(cell: Cell, carrier: Carrier) -> tuple[Call, str]:
    """A citizen in context `holding`, and his channel in the cell."""
    call = carrier.call("12345").answered()
    return call, told(cell, "LifelineEntered")["Channel"]


def sent(cell: Cell, carrier: Carrier, context: str, exten: str = "s") -> tuple[Call, str]:
    """A citizen who stands at the begin of this context."""
    call, channel = arrives(cell, carrier)
    cell.ami.mark()
    assert cell.ami.action("Redirect", Channel=channel, Context=context, Exten=exten, Priority="1")["Response"] == "Success"
    return call, channel


# ── a human without us ───────────────────────────────────────────────────────────────────────────


def test_with_nothing_of_ours_he_is_greeted_told_the_emergency_key_and_reaches_an_agents_telephone(cell: Cell, carrier: Carrier) -> None:
    call = carrier.call("12345").answered()
    assert told(cell, "LifelineEntered", Why="refused")["Called"] == "12345"
    waits = told(cell, "CitizenWaits")
    entered = told(cell, "LifelineEntered", Why="no_router", within_s=15)
    assert entered["Caller"] == "19900000001"
    assert told(cell, "CitizenLeft")["Call"] == waits["Call"]
    answered = told(cell, "LifelineAnswered", Call=waits["Call"])
    assert answered["Agent"] in AGENTS
    hears(call, AGENT_HZ, 1.0)
    call.say()
    on_phone = carrier.ami.wait_for("Newchannel", Exten=answered["Agent"])["Uniqueid"]
    until(lambda: heard_in(carrier.heard_by(on_phone)).get(CITIZEN_HZ, 0) > 1, what="the citizen is heard")
    cell.ami.action("Hangup", Channel=answered["Channel"])
    assert told(cell, "LifelineOver")["Outcome"] == "talked"
    call.ended()
    sounds = heard_in(call.heard)
    for prompt in ("greeting", "recording-notice", "lifeline-keys", "goodbye"):
        assert sounds.get(pitch_of(prompt), 0) >= LONG_S / 2, prompt
    assert sounds.get(MUSIC_HZ, 0) > 5
    assert told(cell, "CitizenGone")["By"] == "us"


def test_who_waits_while_routing_is_there_never_comes_to_the_queue(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_ROUTER_UNTIL", FAR_AWAY)
    call, channel = sent(cell, carrier, "waiting")
    began = time.monotonic()
    until(lambda: time.monotonic() - began > 11, within_s=13, what="two steps of the wait are over")
    assert not cell.ami.seen("UserEvent", UserEvent="CitizenLeft")
    assert "WaitExten" in [each[5] for each in cell.asterisk.channels() if each[0] == channel]
    call.hang_up()


def test_an_agent_who_is_lost_in_the_talk_leaves_the_citizen_in_the_wait_at_his_old_place(cell: Cell, carrier: Carrier) -> None:
    call, channel = sent(cell, carrier, "waiting")
    since = told(cell, "CitizenWaits")["Since"]
    cell.ami.action("Redirect", Channel=channel, Context="lifeline", Exten="s", Priority="1")
    leg = told(cell, "LifelineAnswered")["Channel"]
    hears(call, AGENT_HZ)
    cell.ami.mark()
    cell.ami.action("Hangup", Channel=leg, Cause="38")
    assert told(cell, "CitizenWaits", within_s=15)["Since"] == since
    call.hang_up()


def test_the_next_telephone_rings_when_one_is_not_answered_and_the_citizen_hears_music(cell: Cell, carrier: Carrier) -> None:
    with ringing(carrier):
        call, _ = sent(cell, carrier, "lifeline")
        first = carrier.ami.wait_for("Newchannel", Context="from-cell")["Exten"]
        hears(call, MUSIC_HZ, 3.0)
        other = next(agent for agent in AGENTS if agent != first)
        carrier.ami.wait_for("Newchannel", Context="from-cell", Exten=other, within_s=25)
        call.hang_up()


def test_an_agent_of_the_queue_brings_the_police_in_by_his_keys_and_the_three_hear_each_other(cell: Cell, carrier: Carrier) -> None:
    call, channel = sent(cell, carrier, "lifeline")
    answered = told(cell, "LifelineAnswered")
    hears(call, AGENT_HZ, 0.5)
    assert cell.asterisk.variable(channel, "HL_AGENT") == answered["Agent"]
    for key in "*1":
        carrier.press(carrier.ami.wait_for("Newchannel", Exten=answered["Agent"])["Channel"], key)
        cell.ami.wait_for("DTMFEnd", Channel=answered["Channel"], Digit=key)
    assert told(cell, "ThreeWayBegan")["Agent"] == answered["Agent"]
    carrier.centre_called(POLICE)
    hears(call, CENTRE_HZ, 1.0)
    cell.ami.action("Hangup", Channel=answered["Channel"], Cause="16")
    heard = heard_in(call.heard)[CENTRE_HZ]
    hears(call, CENTRE_HZ, heard + 1.0)
    call.hang_up()
    told(cell, "CitizenGone")


# ── the message box ──────────────────────────────────────────────────────────────────────────────


def test_when_no_telephone_is_registered_he_leaves_a_message_at_once(cell: Cell, carrier: Carrier) -> None:
    registered(cell, carrier)
    call, channel = sent(cell, carrier, "lifeline")
    assert told(cell, "LifelineOver", within_s=3)["Outcome"] == "nobody"
    until(lambda: doing(cell, channel) == "Record", what="the message is being recorded")
    call.say()
    file = cell.var / "spool" / "recording" / f"{cell.asterisk.variable(channel, 'HL_CALL')}-message.wav"
    until(lambda: file.exists() and heard_in(file).get(CITIZEN_HZ, 0) > 2, what="his words are in the file")
    call.hang_up()
    told(cell, "CitizenGone")
    assert heard_in(file).get(CITIZEN_HZ, 0) > 2
    assert heard_in(call.heard).get(pitch_of("lifeline-message"), 0) >= LONG_S / 2


def test_who_has_said_all_in_the_message_box_is_thanked(cell: Cell, carrier: Carrier) -> None:
    registered(cell, carrier)
    call, channel = sent(cell, carrier, "lifeline")
    until(lambda: doing(cell, channel) == "Record", what="the message is being recorded")
    call.ended(within_s=15)
    assert heard_in(call.heard).get(pitch_of("message-kept"), 0) >= LONG_S / 2


def test_when_nobody_picks_up_in_time_there_is_the_message_box(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_LIFELINE_SECONDS", "5")
    with ringing(carrier):
        call, channel = sent(cell, carrier, "lifeline")
        assert told(cell, "LifelineOver", within_s=25)["Outcome"] == "nobody"
        until(lambda: doing(cell, channel) == "Record", what="the message is being recorded")
    call.hang_up()


def test_who_asked_for_an_emergency_service_in_vain_is_never_sent_to_a_box(cell: Cell, carrier: Carrier) -> None:
    registered(cell, carrier)
    call, channel = arrives(cell, carrier)
    cell.ami.action("Setvar", Channel=channel, Variable="HL_PRIORITY", Value="100")
    cell.ami.mark()
    cell.ami.action("Redirect", Channel=channel, Context="lifeline", Exten="s", Priority="1")
    assert told(cell, "CitizenWaits")["Rank"] == "0100"
    registered(cell, carrier, "1002")
    assert told(cell, "LifelineAnswered", within_s=20)["Agent"] == "1002"
    assert not cell.ami.seen("UserEvent", UserEvent="LifelineOver")
    call.hang_up()


# ── the emergency key, at every moment ───────────────────────────────────────────────────────────


def doing(cell: Cell, channel: str) -> str:
    """The application that his channel runs."""
    return next((each[5] for each in cell.asterisk.channels() if each[0] == channel), "gone")


MOMENTS = {
    "holding": ("holding", "WaitExten"),
    "words": ("without-app", "BackGround"),
    "queue": ("lifeline", "Queue"),
    "box": ("lifeline-box", "BackGround"),
    "message": ("lifeline-box", "Record"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_emergency_key_leads_to_the_police_at_every_moment(cell: Cell, carrier: Carrier, moment: str) -> None:
    turn(cell, "HL_HOLD_SECONDS", "20")
    context, application = MOMENTS[moment]
    with ringing(carrier):
        call, channel = sent(cell, carrier, context, "12345" if context == "without-app" else "s")
        until(lambda: doing(cell, channel) == application, what=f"{application}, not {doing(cell, channel)}")
        for key in "5*1":  # another key before it changes nothing
            call.press(key)
            cell.ami.wait_for("DTMFEnd", Channel=channel, Digit=key, Direction="Received")
        carrier.centre_called(POLICE)
        hears(call, CENTRE_HZ, 1.0)
    assert not cell.ami.seen("UserEvent", UserEvent="CitizenWaits")
    began = cell.var / "spool" / "recording" / f"{cell.asterisk.variable(channel, 'HL_CALL')}-message.wav"
    assert began.exists() == (moment == "message")
    call.hang_up()
    told(cell, "CitizenGone")
    assert heard_in(call.heard).get(pitch_of("lifeline-keys"), 0) == 0


def test_other_keys_do_nothing_while_he_is_held(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_HOLD_SECONDS", "20")
    call, channel = arrives(cell, carrier)
    for key in "59#":
        call.press(key)
        cell.ami.wait_for("DTMFEnd", Channel=channel, Digit=key, Direction="Received")
    until(lambda: doing(cell, channel) == "WaitExten", what="music")
    hears(call, MUSIC_HZ, 1.0)
    assert not cell.ami.seen("UserEvent", UserEvent="CitizenWaits")
    call.hang_up()


def test_zero_ends_the_holding_and_leads_to_a_human(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_HOLD_SECONDS", "20")
    call, _ = arrives(cell, carrier)
    hears(call, MUSIC_HZ, 0.5)
    call.press("0")
    told(cell, "CitizenWaits")
    hears(call, pitch_of("recording-notice"))
    call.hang_up()


# ── the note-taker ───────────────────────────────────────────────────────────────────────────────


def journal_of(cell: Cell, call: str) -> list[object]:
    """What the open journal of this call says so far."""
    file = cell.places.journal / "open" / f"{call}.jsonl"
    return [line.fact for line in decode(file.read_bytes()).lines] if file.exists() else []


def test_a_call_that_nobody_of_ours_knows_has_its_journal_begun_by_the_note_taker(cell: Cell, carrier: Carrier) -> None:
    call, _ = arrives(cell, carrier)
    number = told(cell, "CitizenWaits")["Call"]
    until(lambda: len(journal_of(cell, number)) == 3, within_s=15, what="the note is taken")
    assert journal_of(cell, number) == [
        Arrived(called="12345", caller="19900000001", trunk="telecom"),
        RecordingStarted(citizen_file=f"{number}-citizen.wav", heard_file=f"{number}-heard.wav"),
        LifelineEntered(why="refused"),
    ]
    until(lambda: len(cell.asterisk.channels()) == 1, what="the note-taker's own channel is gone")
    call.hang_up()


def test_no_note_is_taken_while_routing_writes_the_journals(cell: Cell, carrier: Carrier) -> None:
    turn(cell, "HL_ROUTER_UNTIL", FAR_AWAY)
    call, _ = arrives(cell, carrier)
    told(cell, "CitizenWaits")
    assert not cell.ami.seen("Newchannel", Context="note-taker")
    call.hang_up()


SLEEPS = "#!/bin/sh\necho $$ > {pid}\nexec sleep 1000\n"
STUBBORN = "#!/bin/sh\necho $$ > {pid}\ntrap '' HUP TERM\nwhile :; do sleep 1; done\n"


@pytest.mark.parametrize("manner", ["sleeps", "is deaf to signals"])
def test_a_note_taker_that_hangs_harms_nobody_and_is_gone_in_time(cell: Cell, carrier: Carrier, tmp_path: Path, manner: str) -> None:
    script = cell.var / "asterisk" / "agi-bin" / "note-taker"
    ours, pid_file, stubborn = script.read_text(), tmp_path / "pid", tmp_path / "stubborn"
    stubborn.write_text(STUBBORN.format(pid=pid_file))
    stubborn.chmod(0o700)
    last = f"exec timeout -k 1 {NOTE_SECONDS + 2} '{stubborn}'\n"
    script.write_text(SLEEPS.format(pid=pid_file) if manner == "sleeps" else ours[: ours.index("exec timeout")] + last)
    try:
        call, _ = sent(cell, carrier, "lifeline")
        hears(call, AGENT_HZ, 1.0)
        until(lambda: pid_file.exists() and pid_file.read_text().strip(), what="the script runs")
        process = Path("/proc") / pid_file.read_text().strip()
        assert process.exists()
        until(lambda: not _lives(process), within_s=NOTE_SECONDS + 6, what="the script is gone")
        heard = heard_in(call.heard)[AGENT_HZ]
        until(lambda: heard_in(call.heard)[AGENT_HZ] > heard + 1, what="he and the agent talk on")
        assert len(cell.asterisk.channels()) == 2
        call.hang_up()
    finally:
        script.write_text(ours)


def _lives(process: Path) -> bool:
    """Neither gone nor a zombie that only waits to be read."""
    try:
        return " Z " not in (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
