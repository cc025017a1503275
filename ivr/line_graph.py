"""A plan as a graph: which way leads where. For the check (line_check.py), the picture and the list of recordings still missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ivr.line_places import Place
from ivr.line_plan import NAMED, Kind, LanguagePlan, StaffPlan, Target


class By(StrEnum):
    """What makes a citizen go this way."""

    START = "start"
    OUTSIDE = "outside"
    ON_HOLIDAY = "on_holiday"
    AFTER_CALL = "after_call"
    KEY = "key"
    SILENCE = "silence"
    GAVE_UP = "gave_up"
    THEN = "then"


@dataclass(frozen=True, kw_only=True)
class Way:
    """From a table of the plan (`origin`, None = one of our numbers) to a target. `key`: which, when it is a key; `label`: its words."""

    origin: Target | None
    to: Target
    by: By
    place: Place
    key: str = ""
    label: str = ""
    number: str = ""


def ways(plan: StaffPlan) -> Iterator[Way]:
    """Every way of the plan, in the file's order of kinds."""
    for number, line in plan.numbers.items():
        for by, target in (
            (By.START, line.start),
            (By.OUTSIDE, line.outside),
            (By.ON_HOLIDAY, line.on_holiday),
            (By.AFTER_CALL, line.after_call),
        ):
            if target:
                yield Way(origin=None, to=target, by=by, place=("number", number, by.value), number=number)
    for name, menu in plan.menus.items():
        origin = Target(kind=Kind.MENU, name=name)
        for key, choice in menu.keys.items():
            yield Way(origin=origin, to=choice.to, by=By.KEY, place=("menu", name, "keys", key), key=key, label=choice.label)
        yield Way(origin=origin, to=menu.silence, by=By.SILENCE, place=("menu", name, "silence"))
        yield Way(origin=origin, to=menu.gave_up, by=By.GAVE_UP, place=("menu", name, "gave_up"))
    for kind, table in ((Kind.INFO, plan.infos), (Kind.LANGUAGE, plan.languages)):
        for name, said in table.items():
            yield Way(origin=Target(kind=kind, name=name), to=said.then, by=By.THEN, place=(kind.value, name, "then"))


def exists(plan: StaffPlan, target: Target) -> bool:
    """Whether there is a table for this target; a human, `again` and `end` always are."""
    return target.kind not in NAMED or target.name in plan.tables()[target.kind]


def reached(plan: StaffPlan) -> frozenset[Target]:
    """Every target that somebody can get to from one of our numbers."""
    out: dict[Target | None, list[Target]] = {}
    for way in ways(plan):
        out.setdefault(way.origin, []).append(way.to)
    return _closure(out, set(out.get(None, [])))


def reached_from(plan: StaffPlan, start: Target) -> frozenset[Target]:
    """Every target that somebody can get to from here, itself included."""
    out: dict[Target | None, list[Target]] = {}
    for way in ways(plan):
        out.setdefault(way.origin, []).append(way.to)
    return _closure(out, {start})


def _closure(out: dict[Target | None, list[Target]], seen: set[Target]) -> frozenset[Target]:
    todo = list(seen)
    while todo:
        for target in out.get(todo.pop(), []):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return frozenset(seen)


def circles(plan: StaffPlan) -> Iterator[tuple[Way, ...]]:
    """Circles of announcements that nobody's key or silence ever leaves: each once, from its first table in the plan on."""
    after = {way.origin: way for way in ways(plan) if way.by is By.THEN}
    told: set[Target | None] = set()
    for start in after:
        path: list[Way] = []
        here: Target | None = start
        while here in after and here not in told:
            told.add(here)
            path.append(after[here])
            here = after[here].to
        origins = [way.origin for way in path]
        if here in origins:
            yield tuple(path[origins.index(here) :])


def depth(plan: StaffPlan) -> dict[Target, int]:
    """Menu → how many menus one hears before it, on the shortest way."""
    menus = {way.to: 0 for way in ways(plan) if way.origin is None and way.to.kind is Kind.MENU}
    todo = list(menus)
    while todo:
        here = todo.pop(0)
        for there in _menus_after(plan, here):
            if there not in menus:
                menus[there] = menus[here] + 1
                todo.append(there)
    return menus


def _menus_after(plan: StaffPlan, menu: Target) -> list[Target]:
    found = []
    for way in ways(plan):
        if way.origin == menu:
            here, steps = way.to, 0
            while here.kind in (Kind.INFO, Kind.LANGUAGE) and exists(plan, here) and steps < len(plan.infos) + len(plan.languages):
                here, steps = _then(plan, here), steps + 1
            if here.kind is Kind.MENU and exists(plan, here):
                found.append(here)
    return found


def _then(plan: StaffPlan, target: Target) -> Target:
    return (plan.infos if target.kind is Kind.INFO else plan.languages)[target.name].then


def prompts(plan: StaffPlan) -> Iterator[tuple[Place, str]]:
    """Every prompt that the plan may say, with its place."""
    for number, line in plan.numbers.items():
        here: Place = ("number", number)
        yield from _at((*here, "greeting"), line.greeting)
        yield from _at((*here, "recording_notice"), line.recording_notice)
        yield from _at((*here, "connecting"), line.connecting)
        for count, surge in enumerate(line.surges):
            yield from _at((*here, "surge", count, "prompts"), surge.prompts)
        for count, season in enumerate(line.seasons):
            yield from _at((*here, "season", count, "greeting"), season.greeting)
    for name, menu in plan.menus.items():
        for field in ("prompts", "slow", "wrong", "still_there"):
            yield from _at(("menu", name, field), getattr(menu, field))
        for key, choice in menu.keys.items():
            yield from _at(("menu", name, "keys", key), choice.says)
    yield from _said_by_the_rest(plan)


def _said_by_the_rest(plan: StaffPlan) -> Iterator[tuple[Place, str]]:
    for name, info in plan.infos.items():
        yield from _at(("info", name, "prompts"), info.prompts)
    for name, language in plan.languages.items():
        yield from _at(("language", name, "prompts"), language.prompts)
    for kind, table in ((Kind.MESSAGE, plan.messages), (Kind.SURVEY, plan.surveys)):
        for name, asking in table.items():
            yield from _at((kind.value, name, "prompts"), asking.prompts)
            yield from _at((kind.value, name, "thanks"), asking.thanks)


def _at(place: Place, keys: tuple[str, ...]) -> Iterator[tuple[Place, str]]:
    return ((place, key) for key in keys)


def said_in(plan: StaffPlan, language: LanguagePlan) -> frozenset[str]:
    """The prompts that a citizen may hear after he chose this language."""
    targets = reached_from(plan, language.then)
    keys = {key for place, key in prompts(plan) if Target(kind=Kind.MENU, name=str(place[1])) in targets and place[0] == Kind.MENU}
    keys |= {key for place, key in prompts(plan) if place[0] in NAMED and Target(kind=Kind(place[0]), name=str(place[1])) in targets}
    return frozenset(
        keys | set(language.prompts) | {key for line in plan.numbers.values() for key in line.connecting + line.recording_notice}
    )
