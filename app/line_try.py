"""`scripts/line try`: a call to the menu in the terminal. Prompts are shown and, where there is a player, played; keys are typed.

It runs the very flow of the line (ivr/flows/line.py), so what it shows is what a citizen meets.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from hotline.emergency import SERVICES, KeyPlan
from hotline.identity import CallId
from ivr.facts import CallArrived, CheckpointKept, Fact, Keyed, PromptsPlayed, Recorded, Silence, WaitOver
from ivr.flows.line import House, line
from ivr.line_plan import MessagePlan, StaffPlan
from ivr.orders import CallOrder, Checkpoint, Collect, FindAgent, Flow, FlowFunction, HangUp, LastOrder, LeaveTo, Say
from ivr.prompts import MANDARIN
from ivr.session import KEYS, Session

PLAYERS: Final = (("paplay",), ("aplay", "-q"), ("afplay",), ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"))
HANG_UP: Final = "h"
_KEYS: Final = frozenset("0123456789*#")
_NOTICE = "try-notice"

Ask = Callable[[str], str]
"""Shows a question in the terminal and returns what was typed. Raises `EOFError` when nobody types any more."""


class Trial:
    """One call in the terminal. `sounds`: prompt key → file, for the player; `ask` and `show` are the terminal."""

    def __init__(
        self,
        *,
        texts: Mapping[str, Mapping[str, str]],
        sounds: Mapping[str, Path],
        player: tuple[str, ...],
        ask: Ask,
        show: Callable[[str], object],
        keys: KeyPlan = KEYS,
    ) -> None:
        self._texts = texts
        self._sounds = sounds
        self._player = player
        self._ask = ask
        self._show = show
        self._emergency = keys

    def call(self, plan: StaffPlan, *, number: str, at: datetime) -> None:
        """Place the call and follow it to its end, or until nobody types any more."""
        self._show(f"☎ {number}，{at:%Y-%m-%d %H:%M}，版本 {plan.version}。按键后回车；直接回车 = 不按；{HANG_UP} = 挂断")
        arrival = CallArrived(call=CallId("try-1.1"), called=number, caller="19900000001", trunk="try", now=at)
        session = Session(line(lambda _called, _version: plan, House(message=_message)), arrival, self._emergency)
        order = session.start()
        while not session.over:
            try:
                order = session.receive(self._meet(order))
            except EOFError:
                session.hang_up()
                self._show("挂断 hung up")
                return
        self._show(_ending(order))

    def _meet(self, order: CallOrder | LastOrder) -> Fact:
        match order:
            case Say(prompts=prompts, language=language):
                return PromptsPlayed(interrupted_by=self._one(self._keys(prompts, language, "  （回车听完）> ")))
            case Collect(prompts=prompts, language=language):
                digits = self._keys(prompts, language, "  请按键 > ") if prompts else ""
                return Keyed(digits=self._one(digits)) if digits else Silence()
            case Checkpoint(name=name, values=values):
                if name == _NOTICE:
                    self._show(f"  ▶ {values['what']} {values.get('name', '')}".rstrip())
                return CheckpointKept()
            case _:
                return Recorded(seconds=3.0) if type(order).__name__ == "Record" else WaitOver()

    def _one(self, typed: str) -> str:
        """One key ends a prompt or a question; the emergency key takes the service along."""
        return typed[:2] if typed.startswith(self._emergency.key) else typed[:1]

    def _keys(self, prompts: tuple[str, ...], language: str, question: str) -> str:
        for key in prompts:
            text = self._texts.get(language, {}).get(key) or self._texts.get(MANDARIN, {}).get(key, "")
            self._show(f"  🔊 {key}：{text}")
        with self._playing(prompts, language):
            typed = self._ask(question).strip()
        if typed == HANG_UP:
            raise EOFError
        return "".join(key for key in typed if key in _KEYS)

    @contextmanager
    def _playing(self, prompts: tuple[str, ...], language: str) -> Iterator[None]:
        """The sounds, one after the other, until a key comes."""
        names = [(f"{language}/{key}.wav", f"{MANDARIN}/{key}.wav") for key in prompts]
        files = [self._sounds.get(own) or self._sounds.get(mandarin) for own, mandarin in names]
        words = [[*self._player, str(file)] for file in files if file and self._player]
        player = _play(words) if words else None
        try:
            yield
        finally:
            if player:
                player.terminate()
                player.wait()


def player_here() -> tuple[str, ...]:
    """The words that play a WAV file on this machine; empty when nothing does."""
    return next((words for words in PLAYERS if shutil.which(words[0])), ())


def _play(words: list[list[str]]) -> subprocess.Popen[bytes]:
    """One player for each sound in turn; a shell holds them, so that one signal ends them all (the words of PLAYERS need no quoting)."""
    script = "trap 'kill $! 2>/dev/null; exit' TERM; for file; do " + " ".join(words[0][:-1]) + ' "$file" & wait $!; done'
    quiet = subprocess.DEVNULL
    return subprocess.Popen(["sh", "-c", script, "play", *(each[-1] for each in words)], stdin=quiet, stdout=quiet, stderr=quiet)


def _ending(order: CallOrder | LastOrder) -> str:
    if isinstance(order, FindAgent):
        skills = f"（{'、'.join(order.skills)}）" if order.skills else ""
        return f"→ 转人工{skills} a human"
    if isinstance(order, LeaveTo):
        named = f"{order.service} {SERVICES[order.service]}" if order.service else "先问要哪个电话，不按键转值班人员 asks which"
        return f"→ 紧急求助 emergency：{named}"
    return "→ 再见，挂断 we hang up" if isinstance(order, HangUp) else "→ 回到等候 back to the wait"


def _message(name: str, plan: MessagePlan, _language: str = "") -> FlowFunction:
    def message_tried(_arrival: CallArrived) -> Flow:
        yield Checkpoint(name=_NOTICE, values={"what": "message", "name": name})
        yield Say(prompts=plan.thanks)
        yield HangUp()

    return message_tried
