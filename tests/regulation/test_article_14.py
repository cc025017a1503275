"""第十四条: 征求满意、书面答复、当天反馈、连续3天."""

import pytest

from tests.regulation.world import ANSWER, World


@pytest.mark.guards("14-1a")
def test_he_is_asked_whether_he_is_content(world: World) -> None:
    number = world.received()
    assert world.refused(number, "reply", "税务局", text=ANSWER, satisfied=None) == "14-1"
    assert world.do(number, "reply", "税务局", text=ANSWER, satisfied="未表态")["state"] == "replied"


@pytest.mark.guards("14-1b")
def test_who_wants_it_in_writing_gets_it_in_the_units_name(world: World) -> None:
    number = world.received()
    world.do(number, "reply", "税务局", text=ANSWER, satisfied="满意", written_asked=True)
    assert world.refused(number, "report-closed", "税务局", result="已办理") == "14-1"
    assert world.do(number, "give-written", "税务局", document="揭税函〔2026〕1号")["reply"]["written"] == "揭税函〔2026〕1号"
    world.do(number, "report-closed", "税务局", result="已办理")


@pytest.mark.guards("14-2")
def test_the_answer_is_reported_on_its_day(world: World) -> None:
    late, early = world.received(), world.received()
    for number in (late, early):
        world.do(number, "reply", "税务局", text=ANSWER, satisfied="满意")
    world.on("2026-03-02T23:59")
    assert world.do(early, "report-closed", "税务局", result="已办理")["late"] == []
    world.sweep("2026-03-03T00:00")
    assert ("report_due", "staff:tax") in world.told(late)
    assert world.do(late, "report-closed", "税务局", result="已办理")["late"] == ["feedback"]


@pytest.mark.guards("14-3a")
def test_three_days_in_a_row_in_vain_count_as_answered_and_each_is_kept(world: World) -> None:
    number = world.received()
    for day in ("2026-03-06T10:00", "2026-03-07T10:00", "2026-03-08T10:00"):
        world.on(day).do(number, "log-attempt", "税务局", reached=False)
    world.sweep("2026-03-08T23:59")
    assert world.ticket(number)["state"] == "received"
    world.sweep("2026-03-09T00:00")
    ticket = world.ticket(number)
    assert (ticket["state"], ticket["deemed"], len(ticket["attempts"])) == ("replied", True, 3)


@pytest.mark.guards("14-3b")
def test_the_reply_that_he_could_not_be_given_is_kept(world: World) -> None:
    number = world.received()
    for day in ("2026-03-03T10:00", "2026-03-04T10:00", "2026-03-05T10:00"):
        world.on(day).do(number, "log-attempt", "税务局", reached=False)
    world.sweep("2026-03-06T00:00")
    assert world.refused(number, "report-closed", "税务局", result="已办") == "14-3"
    assert world.do(number, "report-closed", "税务局", result=ANSWER)["reply"]["text"] == ANSWER
