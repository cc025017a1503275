"""紧急求助的设置检查: is `[emergency]` of hotline.toml fit for citizens? Asked at every start, before anything runs.

Each trouble names the line that is wrong and the remedy. It is judged against trunks, our own numbers and the words that are spoken, so it
is more than a type: app/settings.py reads, this judges.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.provisioning import emergency_plan, key_plan
from app.settings import Emergency, EmergencyService, Settings
from app.settings_errors import line_of
from hotline.emergency import SERVICES
from hotline.errors import BadSettings
from hotline.phone import called_spellings

Place = tuple[int | str, ...]
SPOKEN: Final[Mapping[str, str]] = {"报警": "110", "急救": "120", "火警": "119", "交通事故": "122"}
"""How the question after the emergency key calls the services (prompt `emergency-menu`)."""
_TABLE = re.compile(r"^[ \t]*\[\[?emergency\b", re.MULTILINE)
_SAID = re.compile(f"({'|'.join(SPOKEN)})请按([0-9])")
_SAID_KEY = re.compile(r"请按(星号|[0-9])键?")
DUTY_ONLY: Final = (
    "没有 [emergency]：紧急求助键只转值班坐席，拨不到 110、120、119、122 no [emergency]: the key leads to the duty agents only; "
    "见 see docs/operators/emergency.md"
)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something wrong at a place of hotline.toml. With `refuses` false we start, and say it."""

    place: Place
    words: str
    refuses: bool = True


@dataclass(frozen=True, kw_only=True)
class Judged:
    """All that was found, as lines with file and line number."""

    refused: tuple[str, ...]
    hints: tuple[str, ...]


def judge(config: Path, settings: Settings, texts: Mapping[str, str]) -> Judged:
    """Everything wrong with the emergency settings of this file. `texts`: what the prompts say. Raises `BadSettings` for no file."""
    try:
        text = config.read_text(encoding="utf-8")
    except OSError as error:
        raise BadSettings(f"{config}: 读不到 cannot be read ({error.strerror})") from error
    found = list(troubles(settings, texts))
    lines = [(trouble.refuses, f"{config}{_at(text, trouble.place)}: {trouble.words}") for trouble in found]
    return Judged(refused=tuple(line for refuses, line in lines if refuses), hints=tuple(line for refuses, line in lines if not refuses))


def sound_emergency(config: Path, settings: Settings, texts: Mapping[str, str]) -> tuple[str, ...]:
    """The hints. Raises `BadSettings` with all that is wrong."""
    judged = judge(config, settings, texts)
    if judged.refused:
        raise BadSettings("\n".join(judged.refused))
    return judged.hints


def troubles(settings: Settings, texts: Mapping[str, str]) -> Iterator[Trouble]:
    """A section that says nothing of its own is none."""
    if settings.emergency == Emergency():
        yield Trouble(place=(), words=f"profile = {settings.profile}：{DUTY_ONLY}", refuses=settings.profile == "production")
    else:
        for rule in _RULES:
            yield from rule(settings)
    yield from _spoken(settings, texts)


# ── services and keys ────────────────────────────────────────────────────────────────────────────


def _missing(settings: Settings) -> Iterator[Trouble]:
    known = [service.id for service in settings.emergency.services]
    for service, name in SERVICES.items():
        if service not in known:
            fix = f'加一张 add [[emergency.services]]，id = "{service}"，targets = ["中继名/完整号码"]'
            yield Trouble(place=("emergency",), words=f"emergency.services: 缺少 {service} {name} is missing；{fix}")
    for service in sorted(service for service, times in Counter(known).items() if times > 1):
        last = len(known) - 1 - known[::-1].index(service)
        yield Trouble(place=_of(last, "id"), words=f"emergency.services: {service} 重复 stands there twice；留一张 keep one")


def _keys(settings: Settings) -> Iterator[Trouble]:
    seen: dict[str, str] = {}
    numbers = {service.id: number for number, service in enumerate(settings.emergency.services)}
    for line in emergency_plan(settings).lines:
        place = _of(numbers[line.service], "key") if line.service in numbers else ("emergency",)
        if line.key == settings.emergency.key:
            words = f"emergency.services.{line.service}.key: {line.key} 就是紧急求助键 is the emergency key itself；换一个键 take another"
            yield Trouble(place=place, words=words)
        other = seen.setdefault(line.key, line.service)
        if other != line.service:
            words = f"emergency.services: {other} 和 {line.service} 都用键 {line.key} have the same key；换一个 take another for one"
            yield Trouble(place=place, words=words)


# ── targets ──────────────────────────────────────────────────────────────────────────────────────


def _targets(settings: Settings) -> Iterator[Trouble]:
    for number, service in enumerate(settings.emergency.services):
        place = _of(number, "targets")
        if not service.targets:
            words = f'emergency.services.{service.id}: 没有去处 no target；写上 write targets = ["中继名/完整号码"]，至少一个 at least one'
            yield Trouble(place=place, words=words)
        for target in service.targets:
            yield from _one_target(settings, service, target, place)


def _one_target(settings: Settings, service: EmergencyService, target: str, place: Place) -> Iterator[Trouble]:
    name, _, number = target.partition("/")
    here = f"emergency.services.{service.id}: 去处 target {target}"
    trunk = next((trunk for trunk in settings.trunks if trunk.name == name), None)
    if trunk is None:
        there = "、".join(trunk.name for trunk in settings.trunks) or "一条也没有 none"
        yield Trouble(place=place, words=f"{here}：没有中继 no trunk {name}；现有 there are: {there}")
        return
    ours = own_number(settings, number, trunk.area_code or settings.sip.area_code)
    if ours:
        words = f"{here}：{number} 就是我们自己的 {ours}，市民会绕回来 is our own line, he would come back to us；写中心的完整号码"
        yield Trouble(place=place, words=words)
    if trunk.port == settings.sip.port and trunk.host in {settings.sip.bind, "127.0.0.1", "localhost"}:
        words = f"{here}：中继 {name} 指向本机 points at ourselves ({trunk.host}:{trunk.port})；写运营商的地址 write the carrier's address"
        yield Trouble(place=place, words=words)
    if number in SERVICES:
        words = f"{here}：由运营商决定接到哪个城市 the carrier decides which city answers；请用中心的完整号码 better its full number"
        yield Trouble(place=place, words=words, refuses=False)


def own_number(settings: Settings, number: str, area_code: str) -> str:
    """The line of ours that a carrier of this area would reach with this number; empty when it is nobody of us."""
    for line in settings.lines:
        for code in dict.fromkeys((area_code, settings.sip.area_code)):
            if number in called_spellings(line.number, aliases=line.aliases, area_code=code):
                return line.number
    return ""


# ── calls in from the centres ────────────────────────────────────────────────────────────────────


def _incoming(settings: Settings) -> Iterator[Trouble]:
    trunks = {trunk.name for trunk in settings.trunks}
    seen: set[str] = set()
    for number, each in enumerate(settings.emergency.incoming):
        place: Place = ("emergency", "incoming", number, "trunk")
        if each.trunk not in trunks:
            there = "、".join(sorted(trunks)) or "一条也没有 none"
            yield Trouble(place=place, words=f"emergency.incoming: 没有中继 no trunk {each.trunk}；现有 there are: {there}")
        if each.trunk in seen:
            yield Trouble(place=place, words=f"emergency.incoming: 中继 {each.trunk} 重复 stands there twice；留一张 keep one")
        seen.add(each.trunk)


_RULES: Final[tuple[Callable[[Settings], Iterator[Trouble]], ...]] = (_missing, _keys, _targets, _incoming)


# ── what is spoken ───────────────────────────────────────────────────────────────────────────────


def _spoken(settings: Settings, texts: Mapping[str, str]) -> Iterator[Trouble]:
    """The dialplan says these words by itself, so they must name the keys that are set."""
    plan = key_plan(settings)
    said = {SPOKEN[word]: key for word, key in _SAID.findall(texts.get("emergency-menu", ""))}
    meant = {service: key for key, service in plan.services.items()}
    fix = "改 prompts/catalogue.toml 的话并重新录音 change the words and record them, 或改回按键 or the keys"
    if said and said != meant:
        wrong = "、".join(f"{service} 说 {said.get(service, '—')} 实为 {key}" for service, key in meant.items() if said.get(service) != key)
        yield Trouble(place=("emergency",), words=f"提示音 prompt emergency-menu 说的按键不对 names other keys: {wrong}；{fix}")
    named = _SAID_KEY.findall(texts.get("lifeline-keys", ""))
    if named and {"星号": "*"}.get(named[-1], named[-1]) != plan.key:
        words = f"提示音 prompt lifeline-keys 说按 {named[-1]}，紧急求助键是 the emergency key is {plan.key}；{fix}"
        yield Trouble(place=("emergency", "key"), words=words)


def _of(number: int, key: str) -> Place:
    return ("emergency", "services", number, key)


def _at(text: str, place: Place) -> str:
    line = line_of(text, place) if place else 0
    if place and not line and (found := _TABLE.search(text)):
        line = text[: found.start()].count("\n") + 1  # the first table of the section: it has none of its own
    return f":{line}" if line else ""
