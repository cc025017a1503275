"""The gate: what the table says is what it answers, for every act and every role; and the rules that hold for everybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.access import SYSTEM, UNIT_ROLES, Actor, NotAllowed, Role
from hotline.gate import GRANTS, Act, Subject, may, require
from tickets.authority import PERMITS

MINE = Subject(units=frozenset({"u1"}), people=frozenset({"p-1001"}))
FOREIGN = Subject(units=frozenset({"u2"}), people=frozenset({"p-1002"}))


def somebody(*roles: Role, unit: str = "", cleared: int = 0, scopes: frozenset[str] | None = None) -> Actor:
    return Actor(id="p-1001", roles=frozenset(roles), unit=unit, cleared=cleared, scopes=scopes)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_the_gate_answers_what_the_table_says(act: Act, role: Role) -> None:
    grant, actor = GRANTS[act], somebody(role, unit="u1" if role in UNIT_ROLES else "")

    assert may(actor, act).ok is (role in grant.anywhere | grant.own)
    assert may(actor, act, MINE).ok is (role in grant.anywhere | grant.own)
    assert may(actor, act, FOREIGN).ok is (role in grant.anywhere)


@given(st.frozensets(st.sampled_from(Role)), st.sampled_from(Act))
def test_who_has_several_roles_may_what_one_of_them_may(roles: frozenset[Role], act: Act) -> None:
    one_by_one = any(may(somebody(role), act, FOREIGN).ok for role in roles)
    assert may(somebody(*roles), act, FOREIGN).ok is one_by_one


@pytest.mark.parametrize("act", Act)
def test_nobody_without_a_role_may_anything(act: Act) -> None:
    assert not may(somebody(), act).ok


@pytest.mark.parametrize("role", [Role.MONITOR, Role.AUDITOR])
def test_who_watches_changes_nothing(role: Role) -> None:
    assert all(GRANTS[act].reads for act in Act if may(somebody(role), act).ok)


def test_who_manages_accounts_sees_no_ticket_and_no_audit() -> None:
    groups = {act.group for act in Act if may(somebody(Role.ADMINISTRATOR), act).ok}
    assert groups == {"people", "tokens", "units"}


def test_a_unit_may_nothing_everywhere_but_look_things_up() -> None:
    anywhere = {act for act in Act for role in UNIT_ROLES if role in GRANTS[act].anywhere}
    assert anywhere == {Act.KNOWLEDGE_READ, Act.UNIT_READ}


@pytest.mark.parametrize("act", sorted({permit.act for permit in PERMITS.values() if permit.act}))
def test_the_gate_and_the_tickets_own_table_know_the_same_roles(act: Act) -> None:
    """The clock is nobody who comes to the gate."""
    theirs = {role for permit in PERMITS.values() if permit.act is act for role in permit.rule.by}
    assert theirs - {Role.CLOCK} == (GRANTS[act].anywhere | GRANTS[act].own) - {Role.CLOCK}


@pytest.mark.parametrize("act", [act for act in Act if act.group == "tickets"])
@pytest.mark.parametrize("role", Role)
def test_an_accused_unit_never_learns_that_there_is_a_report(act: Act, role: Role) -> None:
    verdict = may(somebody(role, unit="u1"), act, Subject(units=frozenset({"u1"}), kept_from=frozenset({"u1"})))
    assert not verdict.ok
    assert verdict.hidden or role not in GRANTS[act].anywhere | GRANTS[act].own


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLOCK])
def test_the_secret_channel_exists_for_designated_staff_only(role: Role) -> None:
    secret = Subject(units=frozenset({"u1"}), secrecy=3)
    unit = "u1" if role in UNIT_ROLES else ""

    assert not may(somebody(role, unit=unit, cleared=2), Act.TICKET_READ, secret).ok
    assert may(somebody(role, unit=unit, cleared=3), Act.TICKET_READ, secret).ok is may(somebody(role), Act.TICKET_READ).ok


def test_the_clock_passes_the_secret_channel() -> None:
    assert may(SYSTEM, Act.TICKET_URGE, Subject(secrecy=3)).ok


@pytest.mark.parametrize(("level", "agent", "cleared", "unit"), [(0, True, True, True), (1, True, True, False), (2, False, True, False)])
def test_a_citizens_name_is_kept_from_whoever_need_not_know_it(level: int, agent: bool, cleared: bool, unit: bool) -> None:
    about = Subject(units=frozenset({"u1"}), secrecy=level)

    assert may(somebody(Role.AGENT), Act.TICKET_REPORTER, about).ok is agent
    assert may(somebody(Role.AGENT, cleared=2), Act.TICKET_REPORTER, about).ok is cleared
    assert may(somebody(Role.HANDLER, unit="u1", cleared=2), Act.TICKET_REPORTER, about).ok is unit


def test_a_foreign_ticket_does_not_exist_for_a_unit() -> None:
    assert may(somebody(Role.HANDLER, unit="u1"), Act.TICKET_READ, FOREIGN).hidden
    assert not may(somebody(Role.HANDLER, unit="u1"), Act.TICKET_HANDLE, FOREIGN).hidden


@pytest.mark.parametrize("scopes", [frozenset({"tickets.file"}), frozenset({"tickets"})])
def test_a_token_may_what_it_is_for_and_no_more(scopes: frozenset[str]) -> None:
    token = somebody(Role.AGENT, scopes=scopes)

    assert may(token, Act.TICKET_FILE).ok
    assert not may(token, Act.KNOWLEDGE_READ).ok
    assert may(token, Act.TICKET_DISPATCH).ok is ("tickets" in scopes)
    assert not may(token, Act.TICKET_ARCHIVE).ok  # a scope gives no role


def test_a_token_for_nothing_may_nothing() -> None:
    assert not any(may(somebody(*Role, scopes=frozenset()), act).ok for act in Act)


def test_a_refusal_names_who_may_and_the_article() -> None:
    with pytest.raises(NotAllowed, match="话务员不能指定承办单位；请由市政管办办理") as refused:
        require(somebody(Role.AGENT), Act.TICKET_DESIGNATE)

    assert refused.value.article == "12"
    require(somebody(Role.OFFICE), Act.TICKET_DESIGNATE)
