"""Who may give which command."""

from dataclasses import replace

import pytest

from hotline.access import SYSTEM, UNIT_ROLES, Actor, NotAllowed, Role
from tests.tickets.cases import AGENT, AUDITOR, MONITOR, OFFICE, RULES, filed, handler, off, sent
from tickets import commands as c
from tickets import inner_commands as inner
from tickets.authority import PERMITS, is_kept_from, kept_from, role_for
from tickets.commands import COMMANDS, Command
from tickets.terms import Appeal


def test_every_command_has_a_permit_and_somebody_who_may() -> None:
    known = {each for each in vars(inner).values() if isinstance(each, type) and issubclass(each, Command) and each is not Command}
    assert set(PERMITS) == set(COMMANDS.values()) | known
    assert all(permit.act is not None for command, permit in PERMITS.items() if command in COMMANDS.values())
    assert all(permit.rule.by and permit.rule.article and permit.rule.words for permit in PERMITS.values())


@pytest.mark.parametrize("watcher", [MONITOR, AUDITOR])
def test_who_watches_changes_nothing(watcher: Actor) -> None:
    for command in PERMITS:
        with pytest.raises(NotAllowed):
            role_for(watcher, command, sent().ticket, RULES)


def test_a_refusal_says_who_may_and_by_which_article() -> None:
    with pytest.raises(NotAllowed, match="话务员不能归档（第18条）；请由档案专人办理") as refused:
        role_for(AGENT, c.Archive, sent().ticket, RULES)
    assert refused.value.article == "18"


def test_who_has_several_roles_acts_as_the_one_that_may() -> None:
    both = Actor(id="p-1", roles=frozenset({Role.AGENT, Role.OFFICE}))
    assert role_for(both, c.Designate, filed().ticket, RULES) is Role.OFFICE
    assert role_for(both, c.Dispatch, filed().ticket, RULES) is Role.OFFICE


def test_who_belongs_to_the_office_too_acts_for_the_office() -> None:
    """What only the office may judge (articles 13-3, 16, 17) is not lost by a second role."""
    both = replace(OFFICE, roles=frozenset({Role.SUPERVISOR, Role.OFFICE}))
    for command in (c.Judge, c.RefuseReturn, c.DispatchAgain, c.ConfirmClosed):
        assert role_for(both, command, sent().ticket, RULES) is Role.OFFICE
        assert role_for(replace(both, roles=frozenset({Role.SUPERVISOR})), command, sent().ticket, RULES) is Role.SUPERVISOR


def test_a_units_people_act_only_for_their_unit() -> None:
    for command, permit in PERMITS.items():
        if permit.rule.by <= UNIT_ROLES:
            with pytest.raises(NotAllowed):
                role_for(handler("pn"), command, sent().ticket, RULES)
    assert role_for(handler("tax"), c.Receive, sent().ticket, RULES) is Role.HANDLER


def test_a_token_is_good_for_its_scopes_only() -> None:
    token = replace(OFFICE, id="t-1", scopes=frozenset({"tickets.file"}))
    assert role_for(token, c.File, None, RULES) is Role.OFFICE
    with pytest.raises(NotAllowed, match="令牌"):
        role_for(token, c.Dispatch, filed().ticket, RULES)


def test_the_clock_may_what_the_regulation_lets_run_by_itself() -> None:
    assert role_for(SYSTEM, c.Urge, sent().ticket, RULES) is Role.CLOCK
    with pytest.raises(NotAllowed):
        role_for(SYSTEM, c.Judge, sent().ticket, RULES)


def test_a_complaint_is_kept_from_the_accused_and_all_below() -> None:
    ticket = replace(sent(Appeal.COMPLAINT).ticket, accused=frozenset({"tax", "gone"}))
    assert kept_from(ticket, RULES) == {"tax", "tax-rc", "tax-new", "gone"}
    assert [unit for unit in ("tax", "tax-rc", "rc") if is_kept_from(handler(unit), ticket, RULES)] == ["tax", "tax-rc"]
    assert kept_from(ticket, off("10-1c")) == frozenset()
    assert kept_from(replace(ticket, appeal=Appeal.CONSULTATION), RULES) == frozenset()
