"""People, tokens and units: what cannot be is refused at birth; the third tier is the unit's wish and the office's word."""

from datetime import UTC, datetime

import pytest

from hotline.access import Actor, NotAllowed, Role
from hotline.accounts import ApiToken, OrgUnit, Person, UnitState, decided, managed, proposed, with_secrecy_rules
from hotline.errors import MalformedInput

LEADER = Actor(id="p-2001", roles=frozenset({Role.UNIT_LEADER}), unit="u1")
HANDLER = Actor(id="p-2002", roles=frozenset({Role.HANDLER}), unit="u1")
OFFICE = Actor(id="p-3001", roles=frozenset({Role.OFFICE}))
U1 = OrgUnit(id="u1", name="市人社局")
BELOW = OrgUnit(id="u1-1", name="劳动监察科", tier=3, above="u1", duties="科室一个，受理劳动监察事项")


def test_a_person_is_known_by_his_number_for_ever() -> None:
    person = Person(login="1001", roles=frozenset({Role.AGENT}), cleared=1)
    assert person.actor == Actor(id="p-1001", roles=frozenset({Role.AGENT}), cleared=1)


@pytest.mark.parametrize("login", ["", "1", "Admin", "张三", "a b", "x" * 33, "1001\n"])
def test_a_login_is_short_plain_and_lower_case(login: str) -> None:
    with pytest.raises(MalformedInput):
        Person(login=login, roles=frozenset({Role.AGENT}))


@pytest.mark.parametrize(
    ("roles", "unit", "said"),
    [
        ({Role.ADMINISTRATOR, Role.AGENT}, "", "管理员不能兼任"),
        ({Role.AUDITOR, Role.OFFICE}, "", "审计、监察不能兼任"),
        ({Role.HANDLER}, "", "要有单位"),
        ({Role.HANDLER, Role.AGENT}, "u1", "不能兼任其他角色"),
        ({Role.OFFICE}, "u1", "不属于承办单位"),
        ({Role.CLOCK}, "", "不能授予"),
        (set(), "", "至少要有一个角色"),
    ],
)
def test_roles_that_do_not_go_together_are_refused(roles: set[Role], unit: str, said: str) -> None:
    with pytest.raises(MalformedInput, match=said):
        Person(login="1001", roles=frozenset(roles), unit=unit)


def token(*, roles: frozenset[Role] = frozenset({Role.AGENT}), scopes: frozenset[str] = frozenset({"tickets.file"})) -> ApiToken:
    return ApiToken(id="t-1", name="短信网关", roles=roles, scopes=scopes, expires=datetime(2027, 1, 1, tzinfo=UTC))


def test_a_token_acts_within_its_scopes() -> None:
    assert token().actor == Actor(id="t-1", roles=frozenset({Role.AGENT}), scopes=frozenset({"tickets.file"}))


@pytest.mark.parametrize(("scopes", "said"), [(set(), "令牌用途不对"), ({"tickets.everything"}, "tickets.everything")])
def test_a_token_is_for_something_that_there_is(scopes: set[str], said: str) -> None:
    with pytest.raises(MalformedInput, match=said):
        token(scopes=frozenset(scopes))


def test_a_token_manages_no_accounts() -> None:
    with pytest.raises(MalformedInput, match="不能管理帐号"):
        token(roles=frozenset({Role.ADMINISTRATOR}))


def test_a_unit_adds_a_third_tier_and_the_office_agrees() -> None:
    waiting = proposed(BELOW, U1, by=LEADER)
    assert (waiting.state, waiting.proposed_by) == (UnitState.PROPOSED, "p-2001")

    there = decided(waiting, yes=True, by=OFFICE)
    assert (there.state, there.decided_by) == (UnitState.APPROVED, "p-3001")


def test_a_handler_adds_no_unit_and_a_leader_none_to_another() -> None:
    with pytest.raises(NotAllowed) as refused:
        proposed(BELOW, U1, by=HANDLER)
    assert refused.value.article == "9-7、10-2"
    with pytest.raises(NotAllowed):
        proposed(OrgUnit(id="u2-1", name="某科", tier=3, above="u2", duties="…"), OrgUnit(id="u2", name="市教育局"), by=LEADER)


def test_a_unit_does_not_agree_to_its_own_proposal() -> None:
    with pytest.raises(NotAllowed, match="请由市政管办办理"):
        decided(proposed(BELOW, U1, by=LEADER), yes=True, by=LEADER)


@pytest.mark.parametrize("above", [None, OrgUnit(id="u1", name="市人社局", state=UnitState.CLOSED), OrgUnit(id="u1", name="平台", tier=1)])
def test_a_third_tier_hangs_on_an_approved_unit_of_the_second(above: OrgUnit | None) -> None:
    with pytest.raises(MalformedInput, match="二级单位"):
        proposed(BELOW, above, by=LEADER)


def test_a_proposal_says_what_the_unit_does() -> None:
    with pytest.raises(MalformedInput, match="职责"):
        proposed(OrgUnit(id="u1-1", name="某科", tier=3, above="u1"), U1, by=LEADER)


def test_the_office_decides_once_and_refuses_with_a_reason() -> None:
    waiting = proposed(BELOW, U1, by=LEADER)
    with pytest.raises(MalformedInput, match="理由"):
        decided(waiting, yes=False, by=OFFICE)
    refused = decided(waiting, yes=False, why="与现有科室重复", by=OFFICE)
    assert (refused.state, refused.why) == (UnitState.REFUSED, "与现有科室重复")
    with pytest.raises(MalformedInput, match="没有待审核"):
        decided(refused, yes=True, by=OFFICE)


def test_a_unit_reports_its_own_rules_of_secrecy_and_those_below_it() -> None:
    assert with_secrecy_rules(U1, "举报件由专人办理", by=LEADER).secrecy_rules == "举报件由专人办理"
    assert with_secrecy_rules(BELOW, "同上级", by=LEADER).secrecy_rules == "同上级"
    with pytest.raises(NotAllowed):
        with_secrecy_rules(OrgUnit(id="u2", name="市教育局"), "无", by=LEADER)


def test_the_office_keeps_members_and_a_unit_does_not() -> None:
    assert managed(U1, by=OFFICE).decided_by == "p-3001"
    with pytest.raises(NotAllowed):
        managed(U1, by=LEADER)
    with pytest.raises(MalformedInput, match="请审核"):
        managed(proposed(BELOW, U1, by=LEADER), by=OFFICE)


@pytest.mark.parametrize("wrong", [{"id": "市人社局"}, {"name": ""}, {"tier": 4}, {"tier": 3}, {"above": "u2"}, {"staff_phone": "电话"}])
def test_a_unit_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(MalformedInput):
        OrgUnit(**{"id": "u1", "name": "市人社局", **wrong})  # type: ignore[arg-type]
