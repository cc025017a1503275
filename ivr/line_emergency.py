"""The emergency key and the staff's plan: nothing of theirs may stand on it, and what is said about it must be true.

The key is the operator's setting (hotline/emergency.py), the plan is the staff's: each may be right alone and wrong together.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from hotline.emergency import KeyPlan
from ivr.line_findings import Flaw
from ivr.line_plan import NumberPlan, StaffPlan

SPOKEN_KEYS: Final[Mapping[str, str]] = {**dict(zip("零一二三四五六七八九", "0123456789", strict=True)), "幺": "1", "星": "*", "米": "*"}
"""How a key is called in a text → the key."""
_WISH: Final = "紧急求助"
_MEND: Final = "改提示音的话并重新录音，或改 hotline.toml 的 [emergency] key"
_SAID = re.compile(_WISH + r"[，、]?请按\s*(?:数字)?\s*([0-9零幺一二三四五六七八九星米])")


def collisions(plan: StaffPlan, keys: KeyPlan) -> Iterator[Flaw]:
    """Menu keys and grades that nobody could ever press, since they mean the emergency everywhere (国办发〔2022〕12号)."""
    everywhere = f"{keys.key} 在任何地方都是 {'、'.join(keys.services.values())}"
    for name, menu in plan.menus.items():
        for key in menu.keys:
            if keys.key in key:
                what = f"按键 {key} 与紧急求助冲突：{everywhere}"
                yield Flaw(place=("menu", name, "keys", key), what=what, fix="换成 1 到 9 的一个键")
    for name, survey in plan.surveys.items():
        if keys.key in survey.grades:
            what = f"评价 {keys.key} 与紧急求助冲突：{everywhere}"
            yield Flaw(place=("survey", name, "grades", keys.key), what=what, fix="评价换成另一个键，提示音也要改")


def said(plan: StaffPlan, keys: KeyPlan, mandarin: Mapping[str, str]) -> Iterator[Flaw]:
    """What greeting and notice say of the key must be so; when they say nothing of it, that is a hint."""
    for number, line in plan.numbers.items():
        texts = {key: mandarin.get(key, "") for key in (*line.greeting, *line.recording_notice)}
        told = {prompt: key for prompt, text in texts.items() if (key := said_key(text))}
        for prompt in (prompt for prompt, key in told.items() if key != keys.key):
            what = f"{prompt} 说紧急求助请按 {told[prompt]}，实际是 {keys.key}"
            yield Flaw(place=("number", number, _field(line, prompt)), what=what, fix=_MEND)
        if not told:
            what = f"欢迎词和录音提示都没有说紧急求助按哪个键（{keys.key}）"
            yield Flaw(place=("number", number, "greeting"), what=what, fix=f"在欢迎词里加上“{_WISH}请按{called(keys.key)}”", refuses=False)


def said_key(text: str) -> str:
    """The key that a text names for the emergency; empty when it names none."""
    found = _SAID.search(text)
    return SPOKEN_KEYS.get(found[1], found[1]) if found else ""


def called(key: str) -> str:
    """The key as a prompt calls it."""
    return "星号键" if key == "*" else key


def _field(line: NumberPlan, prompt: str) -> str:
    return "greeting" if prompt in line.greeting else "recording_notice"
