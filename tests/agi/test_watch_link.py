"""The watchdog against a manager interface that a test holds in its hands: what it says, and to whom."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from agi.ami_link import AmiLink
from agi.watch_link import Watch, standing_of
from app.wall_clock import WallClock
from hotline.emergency import KeyPlan
from hotline.errors import DoorClosed
from tests.fakes.fake_ami import Action, FakeAmi, reply, well
from tests.fakes.fake_clock import until

ONE, TWO, LEG = "PJSIP/telecom-00000001", "PJSIP/telecom-00000002", "PJSIP/1001-00000003"
CALLS = {ONE: "t1-1764000000.1", TWO: "t1-1764000000.2", LEG: "leg-t1-1764000000.2-1"}
VISIT = {"Context": "line", "Application": "AGI", "Data": "agi://127.0.0.1:4573/welcome,t1-1764000000.1,12345,,telecom,,", "BridgeID": ""}
MUSIC = {"Context": "waiting", "Application": "WaitExten", "Data": "5,m(hotline)", "BridgeID": ""}


class Line:
    """A switch with these channels; `moved` says who was sent where. The first `loses` redirects have no effect (measured)."""

    loses = 0

    def __init__(self, **channels: dict[str, str]) -> None:
        self.channels = {{"one": ONE, "two": TWO, "leg": LEG}[name]: row for name, row in channels.items()}
        self.moved: list[tuple[str, str]] = []
        self.promises: list[str] = []

    def answer(self, action: Action) -> str:
        match action["Action"]:
            case "Status":
                return self._status(action)
            case "Redirect" if action["Channel"] not in self.channels:
                return reply(action, "Error", Message="Channel does not exist")
            case "Redirect":
                self.moved.append((action["Channel"], ",".join(action[word] for word in ("Context", "Exten", "Priority"))))
                if len(self.moved) > self.loses:
                    self.channels[action["Channel"]] = MUSIC | {"Context": action["Context"]}
            case "Setvar":
                self.promises.append(action["Value"])
            case _:
                pass
        return well(action)

    def _status(self, action: Action) -> str:
        wanted = [action["Channel"]] if "Channel" in action else list(self.channels)
        if not set(wanted) <= set(self.channels):
            return reply(action, "Error", Message="No such channel")
        rows = [self._row(action, channel) for channel in wanted]
        end = f"Event: StatusComplete\r\nActionID: {action['ActionID']}\r\nEventList: Complete\r\n\r\n"
        return reply(action, EventList="start") + "".join(rows) + end

    def _row(self, action: Action, channel: str) -> str:
        call = "" if channel == LEG else CALLS[channel]
        words = {
            "Event": "Status",
            "ActionID": action["ActionID"],
            "Channel": channel,
            "Uniqueid": CALLS[channel],
            **self.channels[channel],
        }
        lines = [*(f"{name}: {value}" for name, value in words.items()), f"Variable: HL_CALL={call}", "Variable: HL_SERVICE="]
        return "\r\n".join([*lines, "", ""])


async def silent() -> None:
    raise DoorClosed("no answer")


async def lively() -> None:
    await asyncio.sleep(0)


def key(channel: str, digit: str, direction: str = "Received") -> str:
    return f"Event: DTMFEnd\r\nChannel: {channel}\r\nUniqueid: {CALLS[channel]}\r\nDigit: {digit}\r\nDirection: {direction}\r\n\r\n"


class Story:
    """A watchdog on a line, until the story is told."""

    def __init__(self, line: Line, beat: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("agi.watch_link.BEAT_EVERY_S", 0.001)
        monkeypatch.setattr("agi.watchdog.PATIENCE_S", 0.002)
        monkeypatch.setattr("agi.watchdog.CHECK_S", 0.002)
        self.line, self.beat = line, beat
        self.alarms: list[bool] = []

    def tell(self, story: Callable[[FakeAmi, Watch], Awaitable[None]]) -> None:
        """Let it happen."""
        asyncio.run(self._run(story))

    async def _run(self, story: Callable[[FakeAmi, Watch], Awaitable[None]]) -> None:
        async with FakeAmi(self.line.answer) as ami, asyncio.TaskGroup() as group:
            link = AmiLink(host="127.0.0.1", port=ami.port, user="watchdog", secret="s", clock=WallClock())
            watch = Watch(link=link, plan=KeyPlan(), beat=self.beat, alarm=self.alarms.append, clock=WallClock())
            running = group.create_task(watch.run())
            await until(lambda: "Login" in ami.names())
            await until(lambda: link._connection is not None)
            await story(ami, watch)
            running.cancel()


Telling = Callable[..., Story]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Telling:
    return partial(_story, monkeypatch)


def _story(monkeypatch: pytest.MonkeyPatch, line: Line, beat: Callable[[], Awaitable[None]]) -> Story:
    return Story(line, beat, monkeypatch)


def test_a_mute_application_is_promised_to_the_dialplan_and_its_citizens_are_fetched(told: Telling) -> None:
    line = Line(one=VISIT, two=VISIT | {"Context": "waiting"}, leg=VISIT)

    async def story(_ami: FakeAmi, _watch: Watch) -> None:
        await until(lambda: len(line.moved) >= 2)

    told(line, silent).tell(story)
    assert set(line.moved[:2]) == {(ONE, "holding,s,1"), (TWO, "waiting,T,1")}
    assert int(line.promises[0]) > 1_700_000_000


def test_who_was_joined_with_an_agent_since_the_look_stays_in_his_talk(told: Telling) -> None:
    class Joining(Line):
        def _status(self, action: Action) -> str:
            if "Channel" in action:
                self.channels[ONE] = VISIT | {"Context": "waiting", "BridgeID": "b1"}
            return super()._status(action)

    line = Joining(one=VISIT | {"Context": "waiting"})

    async def story(ami: FakeAmi, _watch: Watch) -> None:
        await until(lambda: sum(action["Action"] == "Status" for action in ami.heard) >= 3)

    told(line, silent).tell(story)
    assert line.moved == []


def test_keys_pressed_into_a_mute_application_lead_to_the_service(told: Telling) -> None:
    line = Line(one=MUSIC)

    async def story(ami: FakeAmi, watch: Watch) -> None:
        await until(lambda: watch.pulse.mute)
        ami.say(key(ONE, "*") + key(ONE, "1"))
        line.channels[ONE] = VISIT
        await until(lambda: line.moved)

    told(line, silent).tell(story)
    assert line.moved[0] == (ONE, "emergency-110,s,1")


def test_keys_that_a_living_application_lost_are_handed_on(told: Telling) -> None:
    line = Line(one=VISIT)

    async def story(ami: FakeAmi, _watch: Watch) -> None:
        ami.say(key(ONE, "*") + key(ONE, "2"))
        await until(lambda: line.moved)

    told(line, lively).tell(story)
    assert line.moved == [(ONE, "emergency-120,s,1")]
    assert line.promises == []


@pytest.mark.parametrize("beat", [lively, silent])
def test_a_redirect_that_had_no_effect_is_sent_again_until_he_is_there(told: Telling, beat: Callable[[], Awaitable[None]]) -> None:
    line = Line(one=VISIT)
    line.loses = 2

    async def story(ami: FakeAmi, watch: Watch) -> None:
        ami.say(key(ONE, "*") + key(ONE, "1"))
        await until(lambda: line.moved)
        await until(lambda: watch._keys.wake_in(0.0) is None)

    told(line, beat).tell(story)
    assert line.moved[-1] == (ONE, "emergency-110,s,1")
    assert line.moved.count((ONE, "emergency-110,s,1")) >= 2
    assert line.channels[ONE]["Context"] == "emergency-110"


@pytest.mark.parametrize("row", [VISIT | {"Context": "emergency-110"}, MUSIC | {"BridgeID": "b1"}])
def test_keys_that_were_obeyed_move_nobody(told: Telling, row: dict[str, str]) -> None:
    line = Line(one=row)

    async def story(ami: FakeAmi, watch: Watch) -> None:
        ami.say(key(ONE, "*") + key(ONE, "1"))
        await until(lambda: "Status" in ami.names())
        await until(lambda: watch._keys.wake_in(0.0) is None)

    told(line, lively).tell(story)
    assert line.moved == []


def test_keys_that_we_play_to_somebody_and_those_of_who_is_gone_are_no_ones(told: Telling) -> None:
    line = Line(two=MUSIC)

    async def story(ami: FakeAmi, watch: Watch) -> None:
        ami.say(key(TWO, "*", "Sent") + key(TWO, "1", "Sent") + key(ONE, "*") + key(ONE, "1"))
        await until(lambda: "Status" in ami.names())
        await until(lambda: watch._keys.wake_in(0.0) is None)
        assert [action["Channel"] for action in ami.heard if action["Action"] == "Status"] == [ONE]

    told(line, lively).tell(story)
    assert line.moved == []


def test_who_leaves_a_message_finishes_it(told: Telling) -> None:
    line = Line(one=VISIT)
    answering = True

    async def beat() -> None:
        if not answering:
            raise DoorClosed("no answer")

    async def story(ami: FakeAmi, watch: Watch) -> None:
        nonlocal answering
        ami.say(f"Event: AGIExecStart\r\nChannel: {ONE}\r\nCommand: RECORD FILE x wav\r\n\r\n")
        await until(lambda: watch._recording)
        answering = False
        await until(lambda: ami.names().count("Status") >= 3)
        assert line.moved == []
        ami.say(f"Event: AGIExecEnd\r\nChannel: {ONE}\r\nCommand: RECORD FILE x wav\r\nResultCode: 200\r\n\r\n")
        await until(lambda: line.moved)

    told(line, beat).tell(story)
    assert line.moved[0] == (ONE, "holding,s,1")


def test_an_application_that_answers_again_is_visited_again_at_once(told: Telling) -> None:
    line, answering = Line(), False

    async def beat() -> None:
        if not answering:
            raise DoorClosed("no answer")

    async def story(_ami: FakeAmi, _watch: Watch) -> None:
        nonlocal answering
        await until(lambda: line.promises)
        answering = True
        await until(lambda: line.promises[-1] == "0")

    made = told(line, beat)
    made.tell(story)
    assert made.alarms[-1] is False


def test_who_hangs_up_in_between_keeps_nobody_else_waiting(told: Telling) -> None:
    class Leaving(Line):
        def _status(self, action: Action) -> str:
            self.channels[ONE] = VISIT
            told_of = super()._status(action)
            del self.channels[ONE]
            return told_of

    line = Leaving(two=VISIT)
    line.channels = {ONE: VISIT, **line.channels}

    async def story(_ami: FakeAmi, _watch: Watch) -> None:
        await until(lambda: line.moved)

    told(line, silent).tell(story)
    assert line.moved[0] == (TWO, "holding,s,1")


def test_no_key_is_ever_logged(told: Telling, caplog: pytest.LogCaptureFixture) -> None:
    line = Line(one=VISIT)

    async def story(ami: FakeAmi, _watch: Watch) -> None:
        ami.say(key(ONE, "*") + key(ONE, "*") + key(ONE, "4"))
        await until(lambda: line.moved)

    with caplog.at_level(logging.DEBUG):
        told(line, lively).tell(story)
    assert "**4" not in caplog.text
    assert "Digit" not in caplog.text


def test_a_row_of_status_is_read_by_what_the_channel_does() -> None:
    row = {"Channel": ONE, "Uniqueid": CALLS[ONE], **VISIT, "Variable": [f"HL_CALL={CALLS[ONE]}", "HL_SERVICE=(null)"]}
    standing = standing_of(row)
    assert standing.is_citizen
    assert standing.in_visit
    assert (standing.bridged, standing.service) == (False, "")
    assert not standing_of(row | {"Data": "note-taker"}).in_visit
    assert not standing_of(row | {"Variable": "HL_CALL=(null)"}).is_citizen
