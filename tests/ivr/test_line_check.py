"""The judgement over a plan. What refuses a plan has a file each in tests/golden/line/broken; here are the hints and the finer points."""

from dataclasses import replace
from datetime import date, datetime

from ivr.line_check import Surroundings, check
from ivr.line_plan import HUMAN, Hours, Key, Kind, Surge, Target
from tests.ivr.lines import SKILLS, around, shipped

NOW = date(2026, 12, 1)


def hints(around: Surroundings) -> list[str]:
    return [flaw.what for flaw in check(shipped(), around) if not flaw.refuses]


def test_a_language_lists_what_is_still_to_be_recorded() -> None:
    assert hints(around(NOW, SKILLS)) == ["潮汕话还缺 3 句录音，先说普通话：connecting-to-agent、language-chosen、recording-notice"]


def test_a_skill_that_nobody_has_is_a_hint() -> None:
    told = hints(around(NOW, SKILLS - {"teochew", "medical"}))
    assert [what for what in told if what.startswith("现在没有坐席会")] == [
        "现在没有坐席会 medical，市民会转给谁有空谁接",
        "现在没有坐席会 teochew，市民会转给谁有空谁接",
    ]


def test_old_and_endless_surges_are_hints() -> None:
    old = Surge(label="旧", prompts=("goodbye",), first=datetime(2026, 9, 1), last=datetime(2026, 9, 2))  # noqa: DTZ001
    endless = Surge(label="长", prompts=("goodbye",), first=datetime(2026, 9, 1), last=datetime(2027, 9, 2))  # noqa: DTZ001
    number = replace(shipped().numbers["12345"], surges=(old, endless))
    flaws = check(replace(shipped(), numbers={"12345": number}), around(NOW, SKILLS))
    assert [flaw.what for flaw in flaws if "突发" in flaw.what] == ["突发提示“旧”已经过期", "突发提示“长”长过一个月"]
    assert not any(flaw.refuses for flaw in flaws)


def test_a_year_without_a_notice_is_a_hint_when_holidays_matter() -> None:
    number = replace(shipped().numbers["12345"], on_holiday=Target(kind=Kind.MENU, name="night"))
    plan = replace(shipped(), numbers={"12345": number})
    assert any("2027 年的全国放假安排" in flaw.what for flaw in check(plan, around(NOW)))
    assert not any("放假安排" in flaw.what for flaw in check(plan, around(date(2026, 6, 1))))
    assert not any("放假安排" in flaw.what for flaw in check(shipped(), around(NOW)))


def test_hours_that_nobody_uses_are_refused() -> None:
    hours = {**shipped().hours, "spare": Hours(label="多余", opens=shipped().hours["day"].opens, closes=shipped().hours["day"].closes)}
    flaws = check(replace(shipped(), hours=hours), around())
    assert [(flaw.place, flaw.what) for flaw in flaws if flaw.refuses] == [(("hours", "spare"), "没有号码用时段 spare")]


def test_the_human_key_may_ask_for_a_skill() -> None:
    main = shipped().menus["main"]
    human = Key(label="人工", to=replace(HUMAN, name="general"))
    plan = replace(shipped(), menus={**shipped().menus, "main": replace(main, keys={**main.keys, "0": human})})
    assert not any(flaw.refuses for flaw in check(plan, around()))


def test_a_slow_text_offers_the_same_keys() -> None:
    main = replace(shipped().menus["main"], slow=("night-menu",))
    flaws = check(replace(shipped(), menus={**shipped().menus, "main": main}), around())
    assert {flaw.what for flaw in flaws if flaw.refuses} == {f"菜单有按键 {key}，提示音没有说" for key in "129"}


def test_keys_are_understood_however_they_are_spelt() -> None:
    texts = {
        "zh_CN": {
            **around().mandarin,
            "night-menu": "留言请按 三，潮汕话按数字七，英语请按8，人工请按零，报警请按星号，按一下也行，按键即可。",
        }
    }
    assert not any("提示音" in flaw.what and "按" in flaw.what for flaw in check(shipped(), Surroundings(texts=texts)))
