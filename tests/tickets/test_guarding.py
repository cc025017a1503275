"""保密级别、被反映单位、拆分 (article 10)."""

from dataclasses import replace

import pytest

from hotline.access import Actor, NotAllowed
from hotline.errors import MalformedInput
from tests.tickets.cases import AGENT, CLEARED, OFFICE, SUPERVISOR, THE_CLOCK, Life, closed, filed, handler, off, received, sent
from tickets import commands as c
from tickets.inner_commands import OpenSplit
from tickets.moves import MoveRefused, TicketState
from tickets.terms import Appeal
from tickets.ticket import LinkKind, Secrecy

TAX = handler("tax")
SPLIT = c.Split(title="受贿", content="局长受贿", left="噪声扰民", accused=frozenset({"env"}))


def test_secrecy_rises_and_never_falls() -> None:
    life = sent().do(c.RaiseSecrecy(to=Secrecy.REPORT, why="实为举报"), TAX)
    assert (life.ticket.secrecy, life.ticket.hold) == (Secrecy.REPORT, True)
    for lower in (Secrecy.REPORT, Secrecy.OPEN):
        with pytest.raises(MoveRefused, match="只能提高"):
            life.do(c.RaiseSecrecy(to=lower, why="x"), OFFICE)
    with pytest.raises(MalformedInput, match="请填写理由"):
        life.do(c.RaiseSecrecy(to=Secrecy.SECRET, why=" "), CLEARED)


@pytest.mark.parametrize("by", [AGENT, SUPERVISOR, OFFICE, TAX, replace(TAX, cleared=3)])
def test_nobody_makes_it_so_secret_that_neither_he_nor_the_office_sees_it_again(by: Actor) -> None:
    life = sent()
    with pytest.raises(NotAllowed, match="第10-2条"):
        life.do(c.RaiseSecrecy(to=Secrecy.SECRET, why="涉密"), by)
    assert life.do(c.RaiseSecrecy(to=Secrecy.REPORT, why="实为举报"), by).told() == [("secrecy_raised", "office")]
    assert life.do(c.RaiseSecrecy(to=Secrecy.SECRET, why="涉密"), CLEARED).ticket.secrecy is Secrecy.SECRET
    assert [notice.secrecy for notice in life.last.notices] == [Secrecy.SECRET]


def test_without_the_clause_anybody_raises_it_to_the_top() -> None:
    life = sent(rules=off("10-2a"))
    assert life.do(c.RaiseSecrecy(to=Secrecy.SECRET, why="涉密"), TAX).ticket.secrecy is Secrecy.SECRET


def test_what_is_secret_is_handled_only_by_who_is_cleared() -> None:
    life = filed(secrecy=Secrecy.SECRET)
    with pytest.raises(NotAllowed):
        life.do(c.Dispatch(), OFFICE)
    assert life.do(c.Dispatch(), CLEARED).ticket.state is TicketState.SENT
    assert filed(secrecy=Secrecy.SECRET, rules=off("10-2a")).do(c.Dispatch(), AGENT).ticket.state is TicketState.SENT


def test_an_accused_lead_loses_it_at_once_and_the_office_designates() -> None:
    life = received(Appeal.COMPLAINT).do(c.MarkAccused(units=frozenset({"tax"})), AGENT)
    assert (life.ticket.state, life.ticket.lead, life.told()) == (TicketState.TO_DESIGNATE, "", [("to_designate", "office")])
    with pytest.raises(NotAllowed):
        life.do(c.Contact(), TAX)
    with pytest.raises(MoveRefused, match="是被反映单位"):
        life.do(c.Designate(lead="tax", why="x"), OFFICE)
    assert life.do(c.Designate(lead="rc", why="回避"), OFFICE).ticket.lead == "rc"


def test_an_accused_assistant_is_taken_out_and_the_lead_goes_on() -> None:
    life = filed(Appeal.COMPLAINT).do(c.Dispatch(), AGENT).do(c.MarkAccused(units=frozenset({"rc"})), AGENT)
    assert (life.ticket.lead, life.ticket.assisting, life.ticket.state) == ("tax", (), TicketState.SENT)
    assert life.do(c.MarkAccused(units=frozenset({"rc"})), AGENT).whats() == []


def test_after_the_units_part_is_done_the_mark_moves_nothing() -> None:
    life = closed(Appeal.COMPLAINT).do(c.MarkAccused(units=frozenset({"tax"})), AGENT)
    assert (life.whats(), life.ticket.state) == (["accused_marked"], TicketState.CLOSED)


def test_who_is_only_asked_about_is_not_accused() -> None:
    assert sent(Appeal.CONSULTATION).do(c.MarkAccused(units=frozenset({"tax"})), AGENT).ticket.lead == "tax"
    assert sent(Appeal.COMPLAINT, rules=off("10-1c")).do(c.MarkAccused(units=frozenset({"tax"})), AGENT).ticket.lead == "tax"


def test_an_unknown_or_missing_unit_is_refused() -> None:
    for units in (frozenset({"nobody"}), frozenset[str]()):
        with pytest.raises(MalformedInput):
            sent().do(c.MarkAccused(units=units), AGENT)


def split(life: Life) -> Life:
    """The ticket that is taken out."""
    [follow_up] = life.do(SPLIT, AGENT).last.follow_ups
    assert isinstance(follow_up.command, OpenSplit)
    return Life(life.rules, number=follow_up.number, at=life.at).do(follow_up.command, THE_CLOCK)


def test_a_report_is_taken_out_of_a_complaint_with_a_secrecy_of_its_own() -> None:
    life = filed(Appeal.COMPLAINT, content="噪声扰民，局长受贿")
    part = split(life)
    assert (life.ticket.content, life.ticket.secrecy) == ("噪声扰民", Secrecy.OPEN)
    assert (part.ticket.content, part.ticket.appeal, part.ticket.secrecy) == ("局长受贿", Appeal.REPORT, Secrecy.REPORT)
    assert (part.ticket.accused, part.ticket.hold, part.ticket.state) == (frozenset({"env"}), True, TicketState.OPEN)
    assert [(link.to, link.how) for link in life.ticket.links] == [(part.number, LinkKind.SPLIT)]
    assert [(link.to, link.how) for link in part.ticket.links] == [(life.number, LinkKind.SPLIT)]
    assert part.ticket.citizen == life.ticket.citizen


def test_a_split_needs_words_on_both_sides() -> None:
    for bare in (c.Split(title="x", content=" ", left="y"), c.Split(title="x", content="y", left=" ")):
        with pytest.raises(MalformedInput):
            filed(Appeal.COMPLAINT).do(bare, AGENT)
