"""热线 by the staff's plan, as the citizen hears it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hotline.identity import CallId
from hotline.line import Priority
from ivr.facts import CallArrived, CheckpointKept, Keyed, PromptsPlayed, Silence
from ivr.flows.line import House, after_call, connecting_again, line, line_again, wall_clock
from ivr.line_graph import prompts
from ivr.line_plan import END, HUMAN, InfoPlan, Kind, MessagePlan, StaffPlan, Surge, Target
from ivr.orders import BackToWaiting, Collect, FindAgent, Flow, FlowFunction, HangUp, LeaveTo, Say
from ivr.rehearsal import Rehearsal, rehearse
from ivr.session import Session
from tests.ivr.lines import shipped

DAY = datetime(2026, 12, 1, 2, tzinfo=UTC)  # ten in the morning in China
NIGHT = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
EMERGENCY = LeaveTo()
VERSION = {"plan": "2026.1"}


def message_box(name: str, plan: MessagePlan, language: str) -> FlowFunction:
    def box(_arrival: CallArrived) -> Flow:
        yield Say(prompts=(f"box-{name}",))
        yield HangUp()

    return box


HOUSE = House(message=message_box)


def plans(plan: StaffPlan | None = None) -> "StaffPlans":
    return StaffPlans(plan or shipped())


class StaffPlans:
    """Two versions of one plan; `asked` are the versions asked for."""

    def __init__(self, plan: StaffPlan) -> None:
        self.plan = plan
        self.asked: list[str] = []

    def __call__(self, _called: str, version: str) -> StaffPlan:
        self.asked.append(version)
        return self.plan


def call(now: datetime = DAY, house: House = HOUSE, plan: StaffPlan | None = None, called: str = "12345") -> Rehearsal:
    return rehearse(line(plans(plan), house), now=now, called=called)


def greeted(call: Rehearsal) -> Rehearsal:
    return call.keeps("line", **VERSION).hears("greeting").hears("recording-notice")


def in_main(now: datetime = DAY, house: House = HOUSE) -> Rehearsal:
    return greeted(call(now, house)).keeps("line", **VERSION, menu="main").hears("main-menu")


def to_a_human(call: Rehearsal, *skills: str, priority: int = 0, **values: str) -> None:
    asked = FindAgent(skills=skills, priority=priority)
    call.keeps("welcomed", **VERSION, **values).hears("connecting-to-agent").asks(asked).ends()


# ── the norm ─────────────────────────────────────────────────────────────────────────────────────


def test_pressing_nothing_leads_to_a_human() -> None:
    to_a_human(in_main().silent())


def test_zero_is_a_human_at_the_question() -> None:
    to_a_human(in_main().keys("0"))


def test_a_key_leads_to_its_skill() -> None:
    to_a_human(in_main().keys("1"), "enterprise", topic="enterprise")


def test_a_number_that_no_plan_knows_is_greeted_and_led_to_a_human() -> None:
    nobody = call(called="96110").keeps("line", **VERSION).hears("greeting").hears("recording-notice")
    nobody.keeps("welcomed", **VERSION).asks(FindAgent()).ends()
    unplanned = rehearse(line(lambda _called, _version: None)).keeps("line", plan="unplanned").hears("greeting").hears("recording-notice")
    unplanned.keeps("welcomed", plan="unplanned").asks(FindAgent()).ends()


# ── barge-in ─────────────────────────────────────────────────────────────────────────────────────


def test_a_key_in_the_greeting_answers_the_menu_at_once_and_the_notice_is_owed() -> None:
    early = call().keeps("line", **VERSION).hears("greeting").keys("1").keeps("line", **VERSION, notice="owed", menu="main")
    early.keeps("welcomed", **VERSION, topic="enterprise", notice="owed").hears("connecting-to-agent", "recording-notice")
    early.asks(FindAgent(skills=("enterprise",))).ends()


def test_zero_in_the_greeting_is_a_human_who_is_told_of_the_recording() -> None:
    early = call().keeps("line", **VERSION).hears("greeting").keys("0")
    early.keeps("welcomed", **VERSION, notice="owed").hears("connecting-to-agent", "recording-notice").asks(FindAgent()).ends()


def test_a_notice_that_was_cut_short_is_owed_too() -> None:
    cut = call().keeps("line", **VERSION).hears("greeting").hears("recording-notice").keys("0")
    cut.keeps("welcomed", **VERSION, notice="owed").hears("connecting-to-agent", "recording-notice").asks(FindAgent()).ends()


def test_every_prompt_of_every_way_can_be_cut_short() -> None:
    for orders in walks():
        assert all(order.until_key for order in orders if isinstance(order, Say))


@pytest.mark.parametrize("way", range(21))
def test_the_emergency_key_works_in_every_prompt_and_at_every_question(way: int) -> None:
    ends = ends_when_cut(*WAYS[way], by="*")
    assert len(ends) >= 3
    assert set(ends) == {EMERGENCY}


@pytest.mark.parametrize("way", range(21))
def test_zero_leads_to_a_human_from_every_prompt_and_question(way: int) -> None:
    assert {type(end) for end in ends_when_cut(*WAYS[way], by="0")} == {FindAgent}


def test_every_prompt_of_the_shipped_plan_is_heard_on_some_way() -> None:
    heard = {prompt for orders in walks() for order in orders if isinstance(order, Say | Collect) for prompt in order.prompts}
    unheard = {key for _, key in prompts(shipped())} - heard
    assert unheard == {"greeting-spring", "message-kept", "survey-service", "survey-thanks", "still-there"}  # other days, other visits


# ── wrong keys, repeats, circles ─────────────────────────────────────────────────────────────────


def test_three_wrong_keys_lead_to_a_human() -> None:
    lost = in_main().keys("5").hears("no-such-choice", "main-menu").keys("6").hears("no-such-choice", "main-menu").keys("5")
    to_a_human(lost)


def test_a_wish_to_hear_it_slowly_costs_no_try() -> None:
    slow = in_main().keys("9").hears("main-menu-slow").keys("5").hears("no-such-choice", "main-menu-slow").keys("9")
    to_a_human(slow.hears("main-menu-slow").keys("2"), "progress", topic="progress")


def test_who_only_ever_repeats_is_led_to_a_human() -> None:
    again = in_main()
    for _ in range(9):
        again.keys("9").hears("main-menu-slow")
    to_a_human(again.keys("9"))


def test_silence_may_be_asked_again_and_then_leads_to_a_human() -> None:
    main = replace(shipped().menus["main"], silence=Target(kind=Kind.AGAIN), tries=2)
    patient = greeted(call(plan=replace(shipped(), menus={**shipped().menus, "main": main}))).keeps("line", **VERSION, menu="main")
    to_a_human(patient.hears("main-menu").silent().hears("still-there", "main-menu").silent())


def test_a_circle_that_nobody_checked_still_ends_with_a_human() -> None:
    here = Target(kind=Kind.INFO, name="here")
    number = replace(shipped().numbers["12345"], start=here, hours="")
    round_and_round = replace(shipped(), numbers={"12345": number}, infos={"here": InfoPlan(label="圈", prompts=("a",), then=here)})
    turning = greeted(call(plan=round_and_round))
    for _ in range(30):
        turning.hears("a")
    to_a_human(turning)


@pytest.mark.parametrize("kind", [Kind.MENU, Kind.INFO, Kind.LANGUAGE, Kind.MESSAGE, Kind.SURVEY, Kind.AGAIN])
def test_a_target_that_is_not_there_is_a_human(kind: Kind) -> None:
    number = replace(shipped().numbers["12345"], start=Target(kind=kind, name="nowhere"), hours="")
    to_a_human(greeted(call(plan=replace(shipped(), numbers={"12345": number}))))


# ── other ways ───────────────────────────────────────────────────────────────────────────────────


def test_a_submenu_and_an_announcement_lead_on() -> None:
    deep = in_main().keys("3").keeps("line", **VERSION, menu="insurance").hears("insurance-menu").keys("4").hears("office-hours")
    to_a_human(deep.keeps("line", **VERSION, menu="insurance").hears("insurance-menu").keys("3"), "housing-fund", topic="housing-fund")


def test_a_language_is_a_skill_and_a_tag() -> None:
    chosen = in_main().keys("7").hears("language-chosen").keeps("welcomed", **VERSION, language="teochew", tag="nan_CN")
    chosen.hears("connecting-to-agent")
    chosen.asks(FindAgent(skills=("teochew",))).ends()
    session = Session(line(plans(), HOUSE), arrival())
    assert "nan_CN" in {getattr(order, "language", "") for order in played(session, "7")}


def test_at_night_three_is_the_message_box() -> None:
    night = greeted(call(NIGHT)).keeps("line", **VERSION, menu="night").hears("night-menu").keys("3").hears("leave-message")
    night.hears("box-night").asks(HangUp()).ends()


def test_who_is_told_to_leave_a_message_may_still_ask_for_a_human() -> None:
    night = greeted(call(NIGHT)).keeps("line", **VERSION, menu="night").hears("night-menu").keys("3").hears("leave-message").keys("0")
    to_a_human(night)


def test_a_message_that_hears_the_citizen_owes_him_the_notice() -> None:
    early = call(NIGHT).keeps("line", **VERSION).hears("greeting").keys("3").keeps("line", **VERSION, notice="owed", menu="night")
    early.hears("recording-notice", "leave-message").hears("box-night").asks(HangUp()).ends()


def test_without_a_message_box_there_is_a_human() -> None:
    house = replace(HOUSE, message=None)
    to_a_human(greeted(call(NIGHT, house)).keeps("line", **VERSION, menu="night").hears("night-menu").keys("3"))


def test_a_skill_that_nobody_has_is_not_waited_for() -> None:
    house = replace(HOUSE, skills=lambda: frozenset({"teochew"}))
    to_a_human(in_main(house=house).keys("1"), topic="enterprise")


def test_the_elderly_on_the_list_go_straight_to_a_human_and_before_who_has_waited_a_little_longer() -> None:
    house = replace(HOUSE, straight=lambda caller: caller == "19900000001")
    to_a_human(greeted(call(house=house)), priority=Priority.ELDERLY)


def test_a_surge_is_told_between_greeting_and_notice() -> None:
    first, last = datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 11)  # noqa: DTZ001 - China's wall clock
    surge = Surge(label="台风", prompts=("surge-typhoon",), first=first, last=last)
    number = replace(shipped().numbers["12345"], surges=(surge,), start=HUMAN, hours="")
    told = call(plan=replace(shipped(), numbers={"12345": number})).keeps("line", **VERSION)
    to_a_human(told.hears("greeting").hears("surge-typhoon").hears("recording-notice"))


def test_a_plan_may_end_a_call_only_where_it_says_so() -> None:
    number = replace(shipped().numbers["12345"], start=END, hours="")
    greeted(call(plan=replace(shipped(), numbers={"12345": number}))).asks(HangUp()).ends()


# ── coming back, and after the call ──────────────────────────────────────────────────────────────


def test_who_was_in_a_menu_comes_back_to_it_in_the_version_that_he_heard() -> None:
    published = plans()
    values = {**VERSION, "menu": "insurance", "language": "english", "notice": "owed"}
    back = rehearse(line_again(published, HOUSE), checkpoint="line", values=values, now=DAY)
    back.keeps("line", **VERSION, menu="insurance", language="english", tag="en", notice="owed").hears("insurance-menu").keys("2")
    back.keeps("welcomed", **VERSION, topic="medical", language="english", tag="en", notice="owed")
    back.hears("connecting-to-agent", "recording-notice")
    back.asks(FindAgent(skills=("medical", "english"))).ends()
    assert published.asked == ["2026.1"]


def test_who_comes_back_to_a_menu_that_is_gone_gets_a_human() -> None:
    to_a_human(rehearse(line_again(plans(), HOUSE), values={"menu": "gone", "language": "gone"}))


def test_after_the_call_he_is_asked_for_his_grade() -> None:
    after = rehearse(after_call(plans(), HOUSE), values=VERSION)
    after.hears("survey-service").keys("1").keeps("rated", survey="service", grade="1").hears("survey-thanks").asks(HangUp()).ends()


def test_who_was_lost_is_not_asked_but_helped() -> None:
    rehearse(after_call(plans(), HOUSE), values={"lost": "1"}).hears("agent-lost").asks(BackToWaiting()).ends()


def test_a_line_without_a_survey_says_good_bye() -> None:
    number = replace(shipped().numbers["12345"], after_call=END)
    rehearse(after_call(plans(replace(shipped(), numbers={"12345": number})), HOUSE)).hears("goodbye").asks(HangUp()).ends()


def test_who_graded_already_is_not_asked_again_when_the_visit_is_made_again() -> None:
    rehearse(after_call(plans(), HOUSE), checkpoint="rated", values={"survey": "service"}).hears("goodbye").asks(HangUp()).ends()


def test_who_was_on_his_way_to_a_human_still_is_with_all_that_he_had() -> None:
    values = {**VERSION, "topic": "medical", "language": "english", "notice": "owed"}
    back = rehearse(connecting_again(plans(), HOUSE), checkpoint="welcomed", values=values)
    back.keeps("welcomed", **VERSION, topic="medical", language="english", tag="en", notice="owed")
    back.hears("connecting-to-agent", "recording-notice").asks(FindAgent(skills=("medical", "english"))).ends()


# ── who does not come like others ────────────────────────────────────────────────────────────────

BY_110 = {"from": "110", "case": "A-7"}


def test_whose_greeting_broke_off_hears_that_he_is_recorded_and_then_the_menu() -> None:
    back = rehearse(line_again(plans(), HOUSE), checkpoint="line", values=VERSION, now=DAY).hears("recording-notice")
    back.keeps("line", **VERSION, menu="main").hears("main-menu").keys("1").keeps("welcomed", **VERSION, topic="enterprise")
    back.hears("connecting-to-agent").asks(FindAgent(skills=("enterprise",))).ends()


def test_a_key_in_that_notice_answers_the_menu_and_the_notice_is_still_owed() -> None:
    back = rehearse(line_again(plans(), HOUSE), checkpoint="line", values=VERSION, now=DAY).hears("recording-notice").keys("1")
    back.keeps("line", **VERSION, menu="main", notice="owed").keeps("welcomed", **VERSION, topic="enterprise", notice="owed")
    back.hears("connecting-to-agent", "recording-notice").asks(FindAgent(skills=("enterprise",))).ends()


def test_whom_a_centre_hands_over_hears_the_notice_and_no_menu() -> None:
    handed = rehearse(line(plans(), HOUSE), values=BY_110, now=DAY).keeps("line", **VERSION, **BY_110, notice="owed")
    handed.keeps("welcomed", **VERSION, **BY_110, notice="owed").hears("connecting-to-agent", "recording-notice")
    handed.asks(FindAgent()).ends()


def test_whom_a_centre_hands_over_meets_no_menu_when_he_comes_back_either() -> None:
    values = {**VERSION, **BY_110, "notice": "owed"}
    back = rehearse(line_again(plans(), HOUSE), checkpoint="line", values=values)
    back.keeps("welcomed", **values).hears("connecting-to-agent", "recording-notice").asks(FindAgent()).ends()


def test_whom_we_cut_off_is_first_in_line_when_he_calls_again() -> None:
    house = replace(HOUSE, first=lambda caller: caller == "19900000001")
    in_main(house=house).keys("0").keeps("welcomed", **VERSION).hears("connecting-to-agent").asks(FindAgent(priority=60)).ends()


def test_moments_are_read_on_the_wall_clock_of_china() -> None:
    assert wall_clock(DAY) == datetime(2026, 12, 1, 10)  # noqa: DTZ001
    assert wall_clock(None) is None


# ── all ways through the shipped plan ────────────────────────────────────────────────────────────


def arrival(now: datetime = DAY) -> CallArrived:
    return CallArrived(call=CallId("t-1.1"), called="12345", caller="19900000001", trunk="t", now=now)


def played(session: Session, keys: str, *, cut: int = -1, by: str = "") -> list[object]:
    """Every order when these keys are pressed, one at each question, and nothing after them; prompt or question `cut` gets `by`."""
    left, seen, heard = list(keys), [session.start()], 0
    while not session.over:
        order = seen[-1]
        if isinstance(order, Say):
            seen.append(session.receive(PromptsPlayed(interrupted_by=by if heard == cut else "")))
        elif isinstance(order, Collect):
            press = by if heard == cut else left.pop(0) if left else ""
            seen.append(session.receive(Keyed(digits=press) if press else Silence()))
        else:
            seen.append(session.receive(CheckpointKept()))
        heard += isinstance(order, Say | Collect)
    return list(seen)


WAYS = [(DAY, keys) for keys in ["", "1", "2", "3", "31", "32", "33", "34", "39", "341", "7", "8", "9", "5", "55", "555"]]
WAYS += [(NIGHT, keys) for keys in ["", "3", "7", "8", "9"]]
"""Moments and keys that lead through every table of the shipped plan."""


def walk(now: datetime, keys: str, *, cut: int = -1, by: str = "") -> list[object]:
    return played(Session(line(plans(), HOUSE), arrival(now)), keys, cut=cut, by=by)


def walks() -> list[list[object]]:
    return [walk(now, keys) for now, keys in WAYS]


def ends_when_cut(now: datetime, keys: str, by: str) -> list[object]:
    """The last orders when `by` is pressed in each prompt and question of this way in turn; the message box itself is not ours."""
    ours = [order for order in walk(now, keys) if isinstance(order, Say | Collect) and order.prompts != ("box-night",)]
    return [walk(now, keys, cut=count, by=by)[-1] for count in range(len(ours))]


def test_a_try_it_call_hears_the_version_that_it_comes_with_and_a_citizen_the_published_one() -> None:
    asked = plans()
    for values in ({"plan": "draft-1-0a1b"}, {}):
        rehearse(line(asked, HOUSE), now=DAY, values=values).keeps("line", **VERSION).hangs_up().ends()
    assert asked.asked == ["draft-1-0a1b", ""]
