"""派单、退单、转派 (articles 5, 9, 10, 11, 12, 13, 20)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hotline.access import Actor, NotAllowed, Role
from hotline.errors import MalformedInput
from tests.tickets.cases import AGENT, MONDAY, OFFICE, RULES, SUPERVISOR, Life, filed, handler, off, received, sent
from tickets import commands as c
from tickets.moves import MoveRefused, TicketState
from tickets.rules import UnitSecrecy
from tickets.sending import offer
from tickets.terms import Appeal, Step
from tickets.ticket import Secrecy
from tickets.urging import Reminder
from tickets.views import visible

RETURN = c.AskReturn(facts="不在本辖区", legal_basis="三定方案", proposed="市水利局")


def test_a_ticket_goes_where_the_catalogue_says_and_the_units_people_are_told() -> None:
    life = filed().do(c.Dispatch(), AGENT)
    assert (life.ticket.lead, life.ticket.assisting, life.ticket.state) == ("tax", ("rc",), TicketState.SENT)
    assert life.told() == [("dispatched", "staff:tax"), ("dispatched", "staff:rc")]
    assert life.last.notices[0].values["due"] == "3月9日"
    assert filed(rules=off("11-2")).do(c.Dispatch(), AGENT).told() == []


def test_the_terms_run_from_the_dispatch_and_say_why() -> None:
    dues = filed().do(c.Dispatch(), AGENT).ticket.dues
    assert {step: due.last_day for step, due in dues.items()} == {
        Step.CONTACT: date(2026, 3, 3),
        Step.ANSWER: date(2026, 3, 9),
        Step.RETURN: date(2026, 3, 3),
    }
    assert "第20条" in dues[Step.ANSWER].why
    assert Step.CONTACT not in filed(rules=off("20-1")).do(c.Dispatch(), AGENT).ticket.dues
    assert Step.ANSWER not in filed(rules=off("20-2")).do(c.Dispatch(), AGENT).ticket.dues


def test_an_urgent_order_brings_its_own_term() -> None:
    said: dict[str, Any] = {"ordered_until": MONDAY.replace(hour=18), "order_doc": "市应急〔2026〕1号"}
    assert sent(Appeal.COMPLAINT, **said).ticket.dues[Step.ANSWER].until == MONDAY.replace(hour=18)
    assert sent(Appeal.COMPLAINT, rules=off("20-3"), **said).ticket.dues[Step.ANSWER].last_day == date(2026, 4, 14)


def test_another_unit_than_the_catalogues_needs_a_reason() -> None:
    with pytest.raises(MoveRefused, match="要说明理由（第12-1条）"):
        filed().do(c.Dispatch(lead="env"), AGENT)
    assert filed().do(c.Dispatch(lead="env", why="与环境有关"), AGENT).ticket.dispatch_why == "与环境有关"
    assert filed(rules=off("12-1")).do(c.Dispatch(lead="env"), AGENT).ticket.lead == "env"


def test_an_urgent_complaint_goes_to_the_bureau_and_the_place_at_once() -> None:
    said: dict[str, Any] = {"code": "02", "place": "445202", "urgent": True}
    life = filed(Appeal.COMPLAINT, **said).do(c.Dispatch(), AGENT)
    assert (life.ticket.lead, life.ticket.at_once) == ("rc", ("env",))
    assert life.told() == [("dispatched_urgent", "staff:rc"), ("dispatched_urgent", "staff:env")]
    assert filed(Appeal.COMPLAINT, rules=off("12-2"), **said).do(c.Dispatch(), AGENT).ticket.at_once == ()


def test_what_no_one_is_in_charge_of_is_designated_by_the_office_with_its_reason() -> None:
    with pytest.raises(MoveRefused, match="请市政管办指定") as refused:
        filed(code="03").do(c.Dispatch(lead="tax", why="我看是"), AGENT)
    assert refused.value.article == "12-3"
    left = filed(code="03").do(c.LeaveToOffice(why="职责不明"), AGENT)
    with pytest.raises(NotAllowed, match="请由市政管办办理"):
        left.do(c.Designate(lead="tax", why="就近"), AGENT)
    with pytest.raises(MoveRefused, match="指定承办单位要说明理由"):
        left.do(c.Designate(lead="tax", why=" "), OFFICE)
    assert left.do(c.Designate(lead="tax", why="职能就近"), OFFICE).ticket.lead == "tax"


def test_what_happened_elsewhere_is_not_dispatched() -> None:
    with pytest.raises(MoveRefused, match="不在本市行政区域内"):
        filed(place="440100").do(c.Dispatch(), AGENT)
    assert filed(place="440100", rules=off("6-1")).do(c.Dispatch(), AGENT).ticket.lead == "tax"


def test_a_unit_of_the_third_tier_is_reached_through_the_one_above() -> None:
    life = filed(code="0102")
    assert (offer(life.ticket, RULES).lead, "经市税务局转派（第5条）" in offer(life.ticket, RULES).why) == ("tax", True)
    with pytest.raises(MoveRefused, match="请派其上级单位转派"):
        filed().do(c.Dispatch(lead="tax-rc", why="直接"), AGENT)
    assert filed(rules=off("5-1")).do(c.Dispatch(lead="tax-rc", why="直接"), AGENT).ticket.lead == "tax-rc"


def test_neither_the_accused_nor_anybody_below_is_offered_or_given_it() -> None:
    accused = frozenset({"tax"})
    life = filed(Appeal.COMPLAINT, code="0102", accused=accused)
    assert offer(life.ticket, RULES).lead == ""
    for unit in ("tax", "tax-rc"):
        with pytest.raises(MoveRefused):
            filed(Appeal.COMPLAINT, code="02", place="445202", accused=accused).do(c.Dispatch(lead=unit, why="x"), AGENT)
    with pytest.raises(MoveRefused, match="是被反映单位"):
        filed(Appeal.COMPLAINT, code="02", place="445202", accused=accused).do(c.Dispatch(assisting=("tax",)), AGENT)


def test_a_unit_that_is_not_there_or_not_approved_gets_nothing() -> None:
    with pytest.raises(MalformedInput, match="没有单位nobody"):
        filed().do(c.Dispatch(lead="nobody", why="x"), AGENT)
    with pytest.raises(MoveRefused, match="未经市政管办同意"):
        filed(rules=off("5-1")).do(c.Dispatch(lead="tax-new", why="x"), AGENT)


def test_a_units_own_secrecy_rules_raise_the_level_and_name_its_staff() -> None:
    rules = replace(RULES, unit_secrecy=(UnitSecrecy(unit="tax", code="01", level=Secrecy.CONTACT, staff=frozenset({"p-7"})),))
    life = filed(rules=rules).do(c.Dispatch(), AGENT)
    assert (life.ticket.secrecy, life.ticket.staff) == (Secrecy.CONTACT, frozenset({"p-7"}))
    assert {notice.secrecy for notice in life.last.notices} == {1}
    with pytest.raises(NotAllowed, match="指定人员经手（第10-2条）"):
        life.do(c.Receive(), handler("tax"))
    assert life.do(c.Receive(), Actor(id="p-7", roles=frozenset({Role.HANDLER}), unit="tax")).ticket.state is TicketState.RECEIVED
    free = replace(rules, off=frozenset({"10-2b"}))
    assert filed(rules=free).do(c.Dispatch(), AGENT).do(c.Receive(), handler("tax")).ticket.staff == frozenset()


def test_the_designated_people_of_one_unit_shut_no_other_unit_out() -> None:
    tax = UnitSecrecy(unit="tax", code="01", level=Secrecy.CONTACT, staff=frozenset({"p-7"}))
    street = UnitSecrecy(unit="tax-rc", code="01", level=Secrecy.REPORT, staff=frozenset({"p-8"}))
    rc = UnitSecrecy(unit="rc", code="0101", staff=frozenset({"p-9"}))
    rules = replace(RULES, unit_secrecy=(tax, street, rc))
    staff = Actor(id="p-7", roles=frozenset({Role.HANDLER}), unit="tax")
    life = filed(rules=rules).do(c.Dispatch(), AGENT).do(c.Receive(), staff)
    assert life.do(c.AssistReply(text="已到现场核实并劝离"), handler("rc")).ticket.assisted == {"rc"}
    assert life.do(c.SubDispatch(to="tax-rc"), staff).ticket.secrecy is Secrecy.REPORT
    assert [notice.secrecy for notice in life.last.notices] == [Secrecy.REPORT]
    for actor, sees in ((handler("tax-rc"), False), (replace(handler("tax-rc"), id="p-8"), True), (handler("tax"), False)):
        assert visible(life.ticket, actor, rules) is sees
    with pytest.raises(NotAllowed, match="指定人员经手（第10-2条）"):
        life.do(c.SubReport(text="已办"), handler("tax-rc"))
    assert life.do(c.SubReport(text="已办"), replace(handler("tax-rc"), id="p-8")).ticket.sub_reported == {"tax-rc"}


def test_the_secrecy_that_an_assisting_unit_reported_holds_for_the_whole_ticket() -> None:
    rc = UnitSecrecy(unit="rc", code="01", level=Secrecy.CONTACT, staff=frozenset({"p-9"}))
    life = filed(rules=replace(RULES, unit_secrecy=(rc,))).do(c.Dispatch(), AGENT)
    assert (life.ticket.secrecy, life.ticket.staff) == (Secrecy.CONTACT, frozenset())
    assert [visible(life.ticket, each, life.rules) for each in (handler("tax"), handler("rc"))] == [True, False]


def test_a_unit_returns_what_is_not_its_own_within_one_working_day() -> None:
    life = sent().on("2026-03-03T23:59").do(RETURN, handler("tax"))
    assert (life.ticket.state, life.told()) == (TicketState.RETURN_ASKED, [("return_asked", "office")])
    with pytest.raises(MoveRefused, match="退单期限已过") as refused:
        sent().on("2026-03-04T00:00").do(RETURN, handler("tax"))
    assert refused.value.article == "13-3"
    assert sent(rules=off("13-3a")).on("2026-03-04T00:00").do(RETURN, handler("tax")).ticket.returning


@pytest.mark.parametrize("missing", ["facts", "legal_basis", "proposed"])
def test_a_return_names_facts_basis_and_proposal(missing: str) -> None:
    said: dict[str, Any] = {missing: " "}
    bare = replace(RETURN, **said)
    with pytest.raises(MoveRefused, match="列明事实、法律依据和转派建议"):
        sent().do(bare, handler("tax"))
    assert sent(rules=off("13-3b")).do(bare, handler("tax")).ticket.state is TicketState.RETURN_ASKED


def test_whoever_gets_it_next_has_terms_that_begin_anew() -> None:
    def again(life: Life) -> Life:
        return life.do(RETURN, handler("tax")).on("2026-03-06T10:00").do(c.DispatchAgain(lead="water"), OFFICE)

    life = again(sent())
    assert (life.ticket.lead, life.ticket.state, life.ticket.dues[Step.ANSWER].last_day) == ("water", TicketState.SENT, date(2026, 3, 13))
    assert life.told() == [("dispatched", "staff:water")]
    assert again(sent(rules=off("13-3c"))).ticket.dues[Step.ANSWER].last_day == date(2026, 3, 9)


def test_what_the_former_unit_did_is_not_counted_against_the_next_one() -> None:
    life = sent().do(RETURN, handler("tax")).do(c.LogAttempt(reached=False), handler("tax")).on("2026-03-06T10:00").do(c.Urge(), OFFICE)
    assert life.ticket.reminders == {Reminder.URGED}
    life.do(c.DispatchAgain(lead="water"), SUPERVISOR)
    assert (life.ticket.attempts, life.ticket.reminders, life.ticket.received_at) == ((), frozenset(), None)
    with pytest.raises(NotAllowed, match="不能接收"):
        life.do(c.Receive(), handler("tax"))


def test_a_second_objection_is_judged_by_the_office() -> None:
    life = sent().do(RETURN, handler("tax")).do(c.RefuseReturn(why="属贵单位职责"), SUPERVISOR)
    assert (life.ticket.state, life.told()) == (TicketState.RECEIVED, [("return_refused", "staff:tax")])
    life.do(RETURN, handler("tax"))
    for command in (c.RefuseReturn(why="还是"), c.DispatchAgain(lead="water")):
        with pytest.raises(MoveRefused, match="由市政管办核定"):
            life.do(command, SUPERVISOR)
    assert life.do(c.DispatchAgain(lead="water"), OFFICE).ticket.returns_refused == 0


def test_it_is_not_sent_again_to_the_unit_that_returns_it() -> None:
    with pytest.raises(MoveRefused, match="转派的还是原单位"):
        sent().do(RETURN, handler("tax")).do(c.DispatchAgain(lead="tax"), OFFICE)


def test_what_was_sent_by_mistake_is_taken_back_and_designated() -> None:
    life = received().do(c.Withdraw(why="派错"), SUPERVISOR)
    assert (life.ticket.lead, dict(life.ticket.dues), life.ticket.state) == ("", {}, TicketState.TO_DESIGNATE)
    with pytest.raises(NotAllowed, match="请由班长、市政管办办理"):
        received().do(c.Withdraw(why="派错"), AGENT)


def test_what_a_unit_reported_as_secret_as_a_report_is_held_and_not_published() -> None:
    rules = replace(RULES, unit_secrecy=(UnitSecrecy(unit="tax", code="01", level=Secrecy.REPORT),))
    life = filed(rules=rules).do(c.Publish(title="指引", words="可到窗口办理"), OFFICE).do(c.Dispatch(lead="tax", why="x"), AGENT)
    assert (life.ticket.secrecy, life.ticket.hold, life.ticket.published) == (Secrecy.REPORT, True, False)
    life.do(c.Hold(on=False, why="已结案"), OFFICE).do(c.Withdraw(why="派错"), OFFICE).do(c.Designate(lead="tax", why="就近"), OFFICE)
    assert not life.ticket.hold, "released by a person, and not held again by the same level"
