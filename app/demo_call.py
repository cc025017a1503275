"""演示通话: a citizen and an agent with real SIP phones and real speech on the running line, told live as it happens.

What each side hears is recognised in the sound that arrives at his phone (phones/listening.py), so a line that only looks healthy
is found out. At the end stand the record, the ticket draft and the two-sided recording; whatever is missing makes the exit status 1.
"""

import asyncio
import csv
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agi.site import self_check_password
from app.demo_screen import Line, Screen, draft_rows, farewell, record_rows
from app.ledger_reading import reading
from app.places import PROJECT, Places
from app.prepare import switch_of
from app.provisioning import PROMPTS
from app.settings import Secrets, Settings, read_secrets, read_settings
from app.staff import staffed
from app.switch import Switch
from hotline.errors import BadSettings, LinkLost
from hotline.phone import mask
from ivr.prompts import MANDARIN, read_catalogue
from phones.faults import PhoneFault
from phones.hearing import Sound, find, read_sound, write_sound
from phones.listening import Listener
from phones.softphone import Account, PhoneEvent, Softphone

SPEECH = PROJECT / "demo" / "audio"
CITIZEN_NUMBER = "19900000001"
AGENT_SAYS = "you-are-through"
"""The agent's words: the one prompt that an agent could say, and that the line says to nobody but the self-check."""

AGENT_RINGS_S = 3.0
LOOK_EVERY_S = 0.25
KEY_AFTER_S = 2.5
RECORD_WITHIN_S = 20.0
CALM_S = 0.6
CITIZEN, AGENT, MUSIC, THEIR_WORDS, OUR_WORDS = "市民", "坐席", "等待音乐", "坐席的话", "市民的话"
_NAMES = {
    "greeting": "欢迎词",
    "recording-notice": "录音告知",
    "still-waiting": "请继续等候",
    "goodbye": "再见",
    "connecting-to-agent": "正在转接",
}


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One of demo/audio: what is said, and the sound."""

    name: str
    category: str
    text: str

    @property
    def wav(self) -> Path:
        """Its sound."""
        return SPEECH / f"{self.name}.wav"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the command line asks for. Empty `agent`: one whose telephone is not registered; empty `press`: no key.

    `patience_s`: how long to wait for record and draft.
    """

    say: str = "d01"
    agent: str = ""
    press: str = ""
    patience_s: float = RECORD_WITHIN_S


def demo_call(wish: Wish, *, config: Path, places: Places) -> int:
    """Place the call and tell it on standard output. Returns the exit status: 0 when nothing was missing."""
    settings, sentence = staffed(read_settings(config), places), sentence_of(wish.say)
    try:
        switch = switch_of(places)
        agent = asyncio.run(_free_agent(wish.agent, settings, switch))
        secrets = read_secrets(places.secrets)
    except (BadSettings, LinkLost) as error:
        if isinstance(error, BadSettings) and places.secrets.exists():
            raise
        sys.stderr.write("系统没有运行：请先运行 scripts/up / the line is not running: run scripts/up first\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="demo-call-") as folder:
        show = Show(wish, settings=settings, secrets=secrets, places=places, agent=agent, sentence=sentence, folder=Path(folder))
        return asyncio.run(show.run())


def sentence_of(name: str) -> Sentence:
    """One sentence of demo/audio/manifest.tsv. Raises `BadSettings` that names all there are."""
    with (SPEECH / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}
    if name not in rows:
        raise BadSettings(f"--say {name}: 没有这句话 no such sentence; there are {', '.join(sorted(rows))}")
    return Sentence(name=name, category=rows[name]["category"], text=rows[name]["text"])


async def _free_agent(wanted: str, settings: Settings, switch: Switch) -> str:
    """The agent whose telephone we play: a registered one belongs to somebody. Raises `BadSettings`, `LinkLost`."""
    contacts = await switch.ask("pjsip show contacts")
    free = [agent.id for agent in settings.agents if f" {agent.id}/sip:" not in contacts]
    if wanted and wanted not in free:
        raise BadSettings(
            f"--agent {wanted}: 没有这个坐席，或其话机已注册 no such agent, or his telephone is registered; free: {', '.join(free) or '—'}"
        )
    if not free:
        raise BadSettings(
            "所有坐席的话机都已注册，演示需要一个空闲的坐席号 every agent's telephone is registered; add an agent to the settings"
        )
    return wanted or free[0]


class Show:
    """One demonstration from the first ring to the recording."""

    def __init__(
        self, wish: Wish, *, settings: Settings, secrets: Secrets, places: Places, agent: str, sentence: Sentence, folder: Path
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._places = places
        self._agent = agent
        self._sentence = sentence
        self._press = wish.press
        self._patience_s = wish.patience_s
        self._folder = folder
        self._began = time.time()
        self._screen = Screen(sys.stdout, began=self._began, colour=sys.stdout.isatty())
        self._texts = _texts()
        self._heard: set[tuple[str, str]] = set()
        self._shown: dict[str, int] = {}
        self._listeners: dict[str, Listener] = {}
        self._told: list[Line] = []
        self._over = asyncio.Event()
        sounds = places.var / "asterisk" / "sounds" / MANDARIN
        self._prompts = {path.stem: read_sound(path) for path in sorted(sounds.glob("*.wav"))}
        self._music = {MUSIC: read_sound(min((places.var / "asterisk" / "moh").glob("*.wav")))}
        self._agent_wav = folder / "agent-says.wav"
        write_sound(self._agent_wav, self._prompts[AGENT_SAYS])

    async def run(self) -> int:
        """The whole show. Returns the exit status."""
        self._introduce()
        missing: list[str] = []
        try:
            async with self._phone(AGENT) as agent, self._phone(CITIZEN) as citizen:
                await self._play(citizen, agent)
        except (PhoneFault, TimeoutError) as error:
            missing.append(f"通话没有走完 the call did not go the whole way: {error}")
        record, draft = await self._outcome()
        missing += self._conclude(record, draft)
        self._screen.head("演示完成" if not missing else "演示未完成")
        for text in missing:
            self._screen.verdict(False, text)
        if not missing:
            self._screen.verdict(True, "两个方向的声音、记录、草稿和双声道录音都在 nothing is missing")
        return 1 if missing else 0

    def _introduce(self) -> None:
        screen = self._screen
        screen.head(f"演示通话 · {self._settings.lines[0].name}")
        screen.row(
            "市民",
            f"{mask(CITIZEN_NUMBER)}，拨打 {self._settings.lines[0].number}，说（{self._sentence.category}）「{self._sentence.text}」",
        )
        screen.row("坐席", f"{self._agent}，振铃 {AGENT_RINGS_S:.0f} 秒后接听，说「{self._texts[AGENT_SAYS]}」")
        screen.row("说明", "“听到”是从话机收到的声音里认出来的，不是从日志里读出来的")
        screen.head("实况")

    # ── the call ────────────────────────────────────────────────────────────────────────────────

    def _phone(self, who: str) -> Softphone:
        port, folder = self._settings.sip.port, self._folder
        if who == CITIZEN:
            account = Account(
                user="self-check",
                password=self_check_password(self._secrets.ami_password.get_secret_value()),
                port=port,
                asserted=CITIZEN_NUMBER,
            )
            return Softphone(name="citizen", account=account, folder=folder)
        password = self._secrets.agent_passwords[self._agent].get_secret_value()
        account = Account(user=self._agent, password=password, port=port, register=True)
        return Softphone(name="agent", account=account, folder=folder, policy="answer", after=AGENT_RINGS_S)

    async def _play(self, citizen: Softphone, agent: Softphone) -> None:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch(citizen, agent))
            try:
                await self._script(citizen, agent)
                await asyncio.sleep(2 * LOOK_EVERY_S)
            finally:
                self._over.set()
                await watching

    async def _script(self, citizen: Softphone, agent: Softphone) -> None:
        self._tell(CITIZEN, "拨打", self._settings.lines[0].number)
        await citizen.dial(self._settings.lines[0].number)
        await citizen.expect("answered", within=10)
        if self._press:
            await asyncio.sleep(KEY_AFTER_S)
            self._tell(CITIZEN, "按键", f"{self._press}（打断语音）")
            await citizen.press(self._press)
        await agent.expect("hears", within=60)
        await asyncio.sleep(CALM_S)
        self._tell(CITIZEN, "说", f"「{self._sentence.text}」")
        await citizen.play(self._sentence.wav)
        await citizen.expect("played", within=30)
        await asyncio.sleep(CALM_S)
        self._tell(AGENT, "说", f"「{self._texts[AGENT_SAYS]}」")
        await agent.play(self._agent_wav)
        await agent.expect("played", within=30)
        await asyncio.sleep(CALM_S)
        await agent.hang_up()
        await citizen.expect("ended", within=20)

    # ── what is seen and heard ──────────────────────────────────────────────────────────────────

    async def _watch(self, citizen: Softphone, agent: Softphone) -> None:
        """Show what happens at both phones, in order, until the call is over."""
        last = False
        while not last:
            last = self._over.is_set()
            told, self._told = self._told, []
            lines = [*told, *self._events(CITIZEN, citizen), *self._events(AGENT, agent)]
            lines += [line for who, phone in ((CITIZEN, citizen), (AGENT, agent)) for line in await self._listen(who, phone)]
            for line in sorted(lines, key=lambda line: line.at):
                self._screen.show(line)
            if not last:
                await asyncio.sleep(LOOK_EVERY_S)

    def _events(self, who: str, phone: Softphone) -> list[Line]:
        fresh = phone.events[self._shown.get(who, 0) :]
        self._shown[who] = len(phone.events)
        return [line for event in fresh if (line := _line_of(who, event))]

    async def _listen(self, who: str, phone: Softphone) -> list[Line]:
        heard = next((event for event in phone.events if event.kind == "hears"), None)
        if heard is None:
            return []
        if who not in self._listeners:
            self._listeners[who] = self._ears(who, Path(heard.fields["file"]))
        noticed = await asyncio.to_thread(self._listeners[who].look)
        self._heard.update((who, one.what) for one in noticed)
        return [Line(at=heard.at + one.at, who=who, did="听到", what=self._spoken(one.what)) for one in noticed]

    def _ears(self, who: str, recording: Path) -> Listener:
        if who == AGENT:
            return Listener(recording, {OUR_WORDS: read_sound(self._sentence.wav)})
        words = {name: sound for name, sound in self._prompts.items() if name != AGENT_SAYS}
        return Listener(recording, words | {THEIR_WORDS: self._prompts[AGENT_SAYS]}, self._music)

    def _spoken(self, what: str) -> str:
        texts = {THEIR_WORDS: self._texts[AGENT_SAYS], OUR_WORDS: self._sentence.text, MUSIC: ""}
        text = texts.get(what, self._texts.get(what, ""))
        return _NAMES.get(what, what) + (f"「{text}」" if text else "")

    def _tell(self, who: str, did: str, what: str = "") -> None:
        self._told.append(Line(at=time.time(), who=who, did=did, what=what))

    # ── what is left ────────────────────────────────────────────────────────────────────────────

    async def _outcome(self) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """Record and draft, once the worker is done with both; whatever is there when the time is over."""
        until = time.monotonic() + self._patience_s
        record = draft = None
        while time.monotonic() < until:
            record, draft = await asyncio.to_thread(self._look_up)
            if record and draft and record["ended"] and record["recording"]["state"] != "pending":
                break
            await asyncio.sleep(0.1)
        return record, draft

    def _look_up(self) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        with reading(self._places) as ledger:
            ours = [each for each in ledger.latest(20) if each["caller"] == CITIZEN_NUMBER and _epoch(each["arrived"]) >= self._began - 1]
            return (ours[0], ledger.draft_of(ours[0]["call"])) if ours else (None, None)

    def _conclude(self, record: dict[str, Any] | None, draft: dict[str, Any] | None) -> list[str]:
        """Show what the call left behind; returns what is missing."""
        missing = [f"{who}没有听到{_NAMES.get(what, what)}" for who, what in self._expected(record) if (who, what) not in self._heard]
        self._screen.head("通话记录")
        for name, value in record_rows(record) if record else ():
            self._screen.row(name, value)
        self._screen.head("业务单草稿")
        for name, value in draft_rows(draft) if draft else ():
            self._screen.row(name, value)
        missing += [] if record else ["没有通话记录 no record"]
        missing += [] if draft else ["没有业务单草稿 no draft"]
        if record and not any(each["agent"] == self._agent for each in record["joined"]):
            missing.append(f"记录里没有与坐席 {self._agent} 的通话 the record does not say that they talked")
        return missing + (self._check_recording(record["recording"]) if record else [])

    def _expected(self, record: dict[str, Any] | None) -> tuple[tuple[str, str], ...]:
        told = ("recording-notice",) if self._press else ("greeting", "recording-notice")
        return (*((CITIZEN, name) for name in (*told, MUSIC, THEIR_WORDS, farewell(record))), (AGENT, OUR_WORDS))

    def _check_recording(self, recording: Mapping[str, Any]) -> list[str]:
        self._screen.head("录音")
        wav = self._places.var / recording["file"]
        self._screen.row("文件", str(wav) if recording["file"] else "—")
        self._screen.row(
            "状态", f"{recording['state']}，{recording['channels']} 声道（左 市民，右 他听到的一切），{recording['seconds']:.1f} 秒"
        )
        if not recording["file"] or not wav.is_file() or recording["channels"] != 2:
            return ["没有双声道录音 no two-sided recording"]
        sides = (("左声道", 0, read_sound(self._sentence.wav), OUR_WORDS), ("右声道", 1, self._prompts[AGENT_SAYS], THEIR_WORDS))
        return [text for side in sides if (text := self._check_side(wav, *side))]

    def _check_side(self, wav: Path, side: str, channel: int, sound: Sound, what: str) -> str:
        there = bool(find(sound, read_sound(wav, channel)))
        self._screen.verdict(there, f"{side}里{'有' if there else '没有'}{what}")
        return "" if there else f"录音{side}里没有{what}"


def _line_of(who: str, event: PhoneEvent) -> Line | None:
    """A phone's event in the words of the show; those that nobody needs to see are left out."""
    match event.kind:
        case "registered":
            return Line(at=event.at, who=who, did="上线", what="话机已注册")
        case "ringing":
            return Line(at=event.at, who=who, did="振铃", what=f"来电 {mask(event.fields['caller'].partition(':')[2].partition('@')[0])}")
        case "answered":
            return Line(at=event.at, who=who, did="接通" if who == CITIZEN else "接听")
        case "ended":
            return Line(
                at=event.at,
                who=who,
                did="挂断" if event.fields["by"] == "us" else "结束",
                what="" if event.fields["by"] == "us" else "对方挂断",
            )
    return None


def _texts() -> dict[str, str]:
    catalogue = read_catalogue((PROMPTS / "catalogue.toml").read_text(encoding="utf-8"))
    return {key: prompt.text for key, prompt in catalogue.languages[MANDARIN].items()}


def _epoch(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0
