"""Is this plan fit for citizens? Judged as a graph, before it is accepted: every flaw says where, what and how to mend it.

| rule                                                        | whose                                      |
|-------------------------------------------------------------|--------------------------------------------|
| 0 is a human, pressing nothing and giving up lead to one    | GB/T 33358; 国办发〔2020〕53号 (7×24 people) |
| the emergency key is nobody else's (line_emergency.py)      | 国办发〔2022〕12号                           |
| every target and prompt exists, every table can be reached  | ours                                       |
| no circle without a way out, no announcement that ends a call | ours                                     |
| what a prompt says about keys is what the keys do           | ours                                       |
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from hotline.emergency import KeyPlan
from hotline.national_days import national
from ivr import line_emergency
from ivr.line_emergency import SPOKEN_KEYS
from ivr.line_findings import Flaw
from ivr.line_graph import By, Way, circles, depth, exists, prompts, reached, said_in, ways
from ivr.line_places import Place
from ivr.line_plan import END_KEY, HUMAN_KEY, Kind, MenuPlan, StaffPlan, Target
from ivr.prompts import MANDARIN

MOST_MENUS_DEEP: Final = 2
LONG_SURGE: Final = timedelta(days=31)
_SPOKEN_KEY = re.compile(r"按\s*(?:数字)?\s*([0-9零幺一二三四五六七八九星米])(?!下|次|键)")
_KEY = re.compile(r"[1-9]")

_MAY_LEAD_TO: Final[Mapping[By, frozenset[Kind]]] = {
    By.START: frozenset({Kind.HUMAN, Kind.MENU, Kind.INFO, Kind.LANGUAGE}),
    By.OUTSIDE: frozenset({Kind.HUMAN, Kind.MENU, Kind.INFO, Kind.LANGUAGE}),
    By.ON_HOLIDAY: frozenset({Kind.HUMAN, Kind.MENU, Kind.INFO, Kind.LANGUAGE}),
    By.AFTER_CALL: frozenset({Kind.SURVEY, Kind.END}),
    By.KEY: frozenset({Kind.HUMAN, Kind.MENU, Kind.INFO, Kind.LANGUAGE, Kind.MESSAGE, Kind.AGAIN}),
    By.SILENCE: frozenset({Kind.HUMAN, Kind.AGAIN}),
    By.GAVE_UP: frozenset({Kind.HUMAN}),
    By.THEN: frozenset({Kind.HUMAN, Kind.MENU, Kind.INFO, Kind.LANGUAGE}),
}
_WHY_NOT: Final[Mapping[By, tuple[str, str]]] = {
    By.START: ("来电一开始不能到这里", '写 "human"，或一个菜单、一段信息'),
    By.OUTSIDE: ("时段以外也要有人工可找，不能直接到这里", '写 "human"，或一个菜单（不按键转人工，留言作为其中一个键）'),
    By.ON_HOLIDAY: ("节假日也要有人工可找，不能直接到这里", '写 "human"，或一个菜单（不按键转人工，留言作为其中一个键）'),
    By.AFTER_CALL: ("通话以后只能评价或再见", '写 "survey:名字" 或 "end"'),
    By.KEY: ("按键不能通到这里", "改成人工、菜单、信息、语言、留言或 again；评价写在号码的 after_call"),
    By.SILENCE: ("不按键必须转人工（GB/T 33358）", '写 silence = "human"，或 "again" 再问一遍（几次以后转人工）'),
    By.GAVE_UP: ("按错几次以后必须转人工", '写 gave_up = "human"，或删去这一行'),
    By.THEN: ("死胡同：播完就断，市民找不到人", '写 then = "human"，或回到一个菜单'),
}


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a plan is judged against: the texts of the prompts by language and key, the agents' skills, today; None = not known.

    `keys`: the emergency key.
    """

    texts: Mapping[str, Mapping[str, str]]
    skills: frozenset[str] | None = None
    today: date | None = None
    keys: KeyPlan = field(default_factory=KeyPlan)
    mandarin: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mandarin", self.texts.get(MANDARIN, {}))


def check(plan: StaffPlan, around: Surroundings) -> tuple[Flaw, ...]:
    """Everything wrong with the plan; empty = it may be published. Flaws with `refuses` false are hints."""
    return tuple(flaw for rule in _RULES for flaw in rule(plan, around))


# ── ways ─────────────────────────────────────────────────────────────────────────────────────────


def _targets(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    for way in ways(plan):
        if way.to.kind not in _MAY_LEAD_TO[way.by]:
            what, fix = _WHY_NOT[way.by]
            yield Flaw(place=way.place, what=f"{what}（现在通到 {way.to}）", fix=fix)
        elif not exists(plan, way.to):
            yield Flaw(place=way.place, what=f"去处 {way.to} 不存在", fix=_instead(plan, way))


def _instead(plan: StaffPlan, way: Way) -> str:
    names = list(plan.tables()[way.to.kind])
    return f"加一张表 [{way.to.kind}.{way.to.name}]" + (f"，或改成已有的：{'、'.join(names)}" if names else "")


def _no_way_out(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    for circle in circles(plan):
        names = " → ".join([str(way.origin) for way in circle] + [str(circle[0].origin)])
        yield Flaw(place=circle[0].place, what=f"绕圈出不去：{names}", fix='把其中一个 then 改成 "human" 或一个菜单')


def _unreached(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    seen = reached(plan)
    for kind, table in plan.tables().items():
        for name in table:
            if Target(kind=kind, name=name) not in seen:
                yield Flaw(place=(kind.value, name), what=f"没有人走得到 {kind}:{name}", fix="给它一个按键，或删去这张表")
    used = {line.hours for line in plan.numbers.values()}
    for name in plan.hours:
        if name not in used:
            yield Flaw(place=("hours", name), what=f"没有号码用时段 {name}", fix=f'在号码下写 hours = "{name}"，或删去这张表')


def _too_deep(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    for menu, before in depth(plan).items():
        if before >= MOST_MENUS_DEEP:
            what = f"要听 {before + 1} 层菜单才到 {menu}"
            yield Flaw(place=("menu", menu.name), what=what, fix="最多两层，把它并到上面的菜单里（GB/T 33358 不提倡菜单）")


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def _keys(plan: StaffPlan, around: Surroundings) -> Iterator[Flaw]:
    for name, menu in plan.menus.items():
        if not menu.keys:
            fix = '至少写一个键；不要菜单就删去它，号码写 start = "human"'
            yield Flaw(place=("menu", name, "keys"), what=f"菜单 {name} 没有按键", fix=fix)
        for key, choice in menu.keys.items():
            if around.keys.key not in key:
                yield from _one_key(("menu", name, "keys", key), key, choice.to)


def _emergency(plan: StaffPlan, around: Surroundings) -> Iterator[Flaw]:
    yield from line_emergency.collisions(plan, around.keys)
    yield from line_emergency.said(plan, around.keys, around.mandarin)


def _one_key(place: Place, key: str, to: Target) -> Iterator[Flaw]:
    if END_KEY in key:
        yield Flaw(place=place, what="# 是输入结束键，不能当选项", fix="换成 1 到 9 的一个键")
    elif key == HUMAN_KEY:
        if to.kind is not Kind.HUMAN:
            yield Flaw(place=place, what=f"0 在任何地方都是人工，不能通到 {to}", fix="删去这一行，或换成 1 到 9 的一个键")
    elif not _KEY.fullmatch(key):
        yield Flaw(place=place, what=f"按键 {key} 不是一位数字", fix="换成 1 到 9 的一个键")


def _spoken_keys(plan: StaffPlan, around: Surroundings) -> Iterator[Flaw]:
    for name, menu in plan.menus.items():
        for words in ("prompts", "slow"):
            keys: tuple[str, ...] = getattr(menu, words)
            if keys and all(key in around.mandarin for key in keys):
                yield from _compare(name, menu, words, "".join(around.mandarin[key] for key in keys), around.keys.key)


def _compare(name: str, menu: MenuPlan, words: str, text: str, emergency_key: str) -> Iterator[Flaw]:
    said = {SPOKEN_KEYS.get(key, key) for key in _SPOKEN_KEY.findall(text)} - {"0", emergency_key}
    for key in sorted(said - menu.keys.keys()):
        fix = f"在 [menu.{name}.keys] 加上 {key}，或改提示音的话"
        yield Flaw(place=("menu", name, words), what=f"提示音说了按 {key}，菜单里没有这个键", fix=fix)
    for key in sorted(key for key in menu.keys if _KEY.fullmatch(key) and key not in said):
        what = f"菜单有按键 {key}，提示音没有说"
        yield Flaw(place=("menu", name, "keys", key), what=what, fix=f"在 {words} 的话里加上“请按{key}”，或删去这个键")


def _grades(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    for name, survey in plan.surveys.items():
        if len(survey.grades) < 2:
            yield Flaw(place=("survey", name, "grades"), what="只有一种评价，等于没有问", fix="至少写两种，例如 1 满意、2 不满意")


# ── prompts ──────────────────────────────────────────────────────────────────────────────────────


def _unknown_prompts(plan: StaffPlan, around: Surroundings) -> Iterator[Flaw]:
    for place, key in prompts(plan):
        if key not in around.mandarin:
            yield Flaw(place=place, what=f"提示音 {key} 不在目录里", fix="在提示音目录里写上要说的话并录音，或改成已有的名字")


def _unrecorded(plan: StaffPlan, around: Surroundings) -> Iterator[Flaw]:
    for name, language in plan.languages.items():
        missing = sorted(said_in(plan, language) - around.texts.get(language.tag, {}).keys())
        if missing and language.tag != MANDARIN:
            what = f"{language.label}还缺 {len(missing)} 句录音，先说普通话：{'、'.join(missing)}"
            yield Flaw(place=("language", name, "tag"), what=what, fix="录好以后放进提示音目录", refuses=False)


# ── hours and days ───────────────────────────────────────────────────────────────────────────────


def _hours(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    for name, hours in plan.hours.items():
        if hours.opens == hours.closes:
            yield Flaw(place=("hours", name, "closes"), what="开始和结束是同一时刻", fix="改一个时刻；全天服务就不写 hours")
    for number, line in plan.numbers.items():
        here = ("number", number)
        if line.hours and line.hours not in plan.hours:
            yield Flaw(place=(*here, "hours"), what=f"时段 {line.hours} 不存在", fix=_other_hours(plan, line.hours))
        if line.hours and not line.outside:
            yield Flaw(place=(*here, "hours"), what="写了时段，没有写时段以外去哪里", fix='补上 outside = "menu:名字" 或 "human"')
        if line.outside and not line.hours:
            yield Flaw(place=(*here, "outside"), what="写了 outside，没有写时段", fix='补上 hours = "时段名"，或删去 outside')


def _other_hours(plan: StaffPlan, name: str) -> str:
    return f"加一张表 [hours.{name}]" + (f"，或改成已有的：{'、'.join(plan.hours)}" if plan.hours else "")


def _surges(plan: StaffPlan, around: Surroundings) -> Iterator[Flaw]:
    for number, line in plan.numbers.items():
        for count, surge in enumerate(line.surges):
            place = ("number", number, "surge", count, "to")
            if surge.last <= surge.first:
                yield Flaw(place=place, what=f"突发提示“{surge.label}”的结束不晚于开始", fix="对调 from 和 to，或改正日期")
            elif surge.last - surge.first > LONG_SURGE:
                yield Flaw(place=place, what=f"突发提示“{surge.label}”长过一个月", fix="核对日期；常年要说的话写进欢迎词", refuses=False)
            elif around.today and surge.last.date() < around.today:
                yield Flaw(place=place, what=f"突发提示“{surge.label}”已经过期", fix="可以删去", refuses=False)


def _seasons(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    for number, line in plan.numbers.items():
        spans = [(season.days.first, season.days.last, season.days.name, count) for count, season in enumerate(line.seasons)]
        yield from _overlaps(spans, lambda count, here=number: ("number", here, "season", count))  # type: ignore[misc]


def _holidays(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    spans = [(holiday.first, holiday.last, holiday.name, count) for count, holiday in enumerate(plan.holidays)]
    yield from _overlaps(spans, lambda count: ("holiday", count))
    for day in sorted(plan.made_up):
        if holiday := next((holiday for holiday in plan.holidays if day in holiday), None):
            yield Flaw(place=("workdays",), what=f"{day} 既是“{holiday.name}”又是上班日", fix="两处只留一处")


def _overlaps(spans: list[tuple[date, date, str, int]], place: Callable[[int], Place]) -> Iterator[Flaw]:
    for (_, last, before, _n), (first, _l, name, count) in pairwise(sorted(spans)):
        if first <= last:
            yield Flaw(place=place(count), what=f"“{name}”与“{before}”的日期重叠（{first}）", fix="改开日期，或并成一个")


def _years(plan: StaffPlan, around: Surroundings) -> Iterator[Flaw]:
    soon = around.today + LONG_SURGE if around.today else None
    uses = any(line.on_holiday for line in plan.numbers.values()) or any(hours.workdays_only for hours in plan.hours.values())
    if uses and soon and not national().knows(soon):
        what = f"还不知道 {soon.year} 年的全国放假安排，到时只按法定节假日和周六周日"
        yield Flaw(place=(), what=what, fix="国务院通知发布后更新系统，或先用 [[holiday]] 和 workdays 写上", refuses=False)


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────


def _skills(plan: StaffPlan, around: Surroundings) -> Iterator[Flaw]:
    if around.skills is None:
        return
    asked = [(way.place, way.to.name) for way in ways(plan) if way.to.kind is Kind.HUMAN and way.to.name]
    asked += [(("language", name, "skill"), language.skill) for name, language in plan.languages.items() if language.skill]
    for place, skill in asked:
        if skill not in around.skills:
            yield Flaw(place=place, what=f"现在没有坐席会 {skill}，市民会转给谁有空谁接", fix="在坐席设置里给人加上这项技能", refuses=False)


def _numbers(plan: StaffPlan, _: Surroundings) -> Iterator[Flaw]:
    if not plan.numbers:
        yield Flaw(place=("number",), what="没有任何热线号码", fix="至少写一张表，例如 [number.12345]")
    for count, rehearsal in enumerate(plan.rehearsals):
        if rehearsal.number not in plan.numbers:
            what = f"预演“{rehearsal.name}”拨的号码 {rehearsal.number} 不在这里"
            yield Flaw(place=("rehearsal", count, "number"), what=what, fix=f"改成 {'、'.join(plan.numbers)}")


_RULES: Final[tuple[Callable[[StaffPlan, Surroundings], Iterable[Flaw]], ...]] = (
    _numbers,
    _targets,
    _no_way_out,
    _unreached,
    _too_deep,
    _keys,
    _emergency,
    _spoken_keys,
    _grades,
    _unknown_prompts,
    _unrecorded,
    _hours,
    _surges,
    _seasons,
    _holidays,
    _years,
    _skills,
)
