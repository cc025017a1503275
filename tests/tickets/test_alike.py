"""重复诉求、同因预警: candidates with reasons."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.tickets.cases import CITIZEN, MONDAY, filed
from tickets.alike import alike, mass
from tickets.terms import Appeal
from tickets.ticket import Ticket


def told(number: int, content: str = "工地夜间施工噪声扰民，无法睡觉", **said: object) -> Ticket:
    given: dict[str, Any] = {"title": "夜间施工", "content": content, "code": "02", "place": "445202"} | said
    citizen = replace(CITIZEN, phone=f"1990000{number:04d}")
    ticket = filed(Appeal.COMPLAINT, citizen=citizen, **given).ticket
    return replace(ticket, number=f"20260302{number:06d}", filed_at=MONDAY + timedelta(minutes=number))


def test_the_same_matter_of_the_same_citizen_is_found_first_and_says_why() -> None:
    mine = told(1)
    same = replace(told(2), citizen=mine.citizen)
    found = alike(mine, [told(3), same, told(4, "想问社保怎么转移", title="社保", code="05"), mine])
    assert [each.number[-1] for each in found] == ["2", "3"]
    assert (found[0].same_citizen, found[1].same_citizen) == (True, False)
    assert found[0].reasons == ("同一诉求人", "内容相似100%", "同一地区", "同一事项", "相隔不到3天")
    assert found[0].points > found[1].points


def test_no_candidate_says_a_number_or_a_name() -> None:
    mine = told(1)
    assert mine.citizen.phone not in repr(alike(mine, [replace(told(2), citizen=mine.citizen)]))


def test_another_matter_of_the_same_citizen_is_none() -> None:
    mine = told(1)
    other = replace(told(2, "想问社保怎么转移", title="社保", code="05", place="445281"), citizen=mine.citizen)
    assert alike(mine, [other]) == ()


def test_who_gave_no_number_is_nobodys_double() -> None:
    nobody = replace(CITIZEN, phone="")
    [found] = alike(replace(told(1), citizen=nobody), [replace(told(2), citizen=nobody)])
    assert not found.same_citizen


def test_a_short_text_within_a_long_one_is_alike() -> None:
    [found] = alike(told(1, "夜间施工噪声"), [told(2, "昨晚起工地又在夜间施工噪声很大，希望有人来管一管")])
    assert any(reason.startswith("内容相似") for reason in found.reasons)


def test_many_citizens_with_one_matter_in_one_place_raise_the_alarm_once_they_are_five() -> None:
    many = [told(number) for number in range(1, 6)]
    assert mass(many[3], many[:4]) is None
    alarm = mass(many[4], many)
    assert alarm
    assert (alarm.citizens, alarm.code, alarm.place, len(alarm.numbers)) == (5, "02", "445202", 5)
    assert alarm.numbers[0] == many[4].number


def test_one_citizen_who_calls_five_times_is_no_crowd() -> None:
    many = [replace(told(number), citizen=CITIZEN) for number in range(1, 6)]
    assert mass(many[4], many) is None


def test_another_place_or_another_day_does_not_count() -> None:
    many = [told(number) for number in range(1, 6)]
    elsewhere = [replace(each, place="445281") for each in many[:4]]
    earlier = [replace(each, filed_at=each.filed_at - timedelta(days=1, minutes=9)) for each in many[:4]]
    assert mass(many[4], elsewhere) is None
    assert mass(many[4], earlier) is None
    later = [replace(each, filed_at=many[4].filed_at + timedelta(minutes=1)) for each in many[:4]]
    assert mass(many[4], later) is None
    assert mass(replace(many[4], code=""), many) is None
