"""单位: kept by the office, the third tier by the units themselves and agreed to by the office (article 9-7)."""

from dataclasses import replace

import pytest

from hotline.access import Actor, NotAllowed, Role
from hotline.accounts import OrgUnit, UnitState
from hotline.errors import MalformedInput
from storage.access_log import AccessLogTable
from storage.units import Units
from tests.storage.account_database import NOON, OFFICE, Engines, engines, fresh
from tickets.dispatch import Tier, Unit
from tickets.rules import UnitSecrecy
from tickets.ticket import Secrecy

__all__ = ["engines", "fresh"]

U1 = OrgUnit(id="u1", name="市人社局", staff_phone="0663-0000001", leader_phone="0663-0000002")
COUNTY = OrgUnit(id="rc", name="榕城区人民政府", place="445202")
BELOW = OrgUnit(id="u1-1", name="劳动监察科", tier=3, above="u1", duties="受理劳动监察事项")
LEADER = Actor(id="p-2001", roles=frozenset({Role.UNIT_LEADER}), unit="u1")


@pytest.fixture
def table(engines: Engines) -> Units:
    units = Units(*engines)
    units.keep(U1, by=OFFICE, at=NOON)
    return units


def test_a_unit_is_kept_with_its_duty_telephones(table: Units) -> None:
    known = table.unit("u1")
    assert known == replace(U1, decided_by="p-3001")
    assert table.unit("u2") is None


def test_the_catalogue_gets_those_in_force(table: Units) -> None:
    table.keep(COUNTY, by=OFFICE, at=NOON)
    table.keep(replace(U1, state=UnitState.CLOSED), by=OFFICE, at=NOON)
    assert table.in_force() == {"rc": Unit(id="rc", name="榕城区人民政府", tier=Tier.MEMBER, place="445202")}


def test_a_third_tier_waits_for_the_office(table: Units, engines: Engines) -> None:
    table.propose(BELOW, by=LEADER, at=NOON)
    assert "u1-1" not in table.in_force()

    assert table.decide("u1-1", yes=True, by=OFFICE, at=NOON).state is UnitState.APPROVED
    assert table.in_force()["u1-1"] == Unit(id="u1-1", name="劳动监察科", tier=Tier.BELOW, above="u1")
    lines = [(line["actor"], line["act"], line["ticket"], line["why"]) for line in AccessLogTable(engines[0]).lines(count=2)]
    assert lines == [("p-3001", "units.approve", "u1-1", "同意"), ("p-2001", "units.propose", "u1-1", "申报")]


def test_one_that_was_refused_may_be_proposed_again(table: Units) -> None:
    table.propose(BELOW, by=LEADER, at=NOON)
    with pytest.raises(MalformedInput, match="已有这个单位编号"):
        table.propose(BELOW, by=LEADER, at=NOON)
    table.decide("u1-1", yes=False, why="职责不清", by=OFFICE, at=NOON)
    assert table.propose(BELOW, by=LEADER, at=NOON).state is UnitState.PROPOSED


def test_what_a_unit_may_not_do_changes_nothing(table: Units, engines: Engines) -> None:
    with pytest.raises(NotAllowed):
        table.keep(replace(U1, name="别的名字"), by=LEADER, at=NOON)
    with pytest.raises(NotAllowed):
        table.propose(replace(BELOW, above="rc"), by=LEADER, at=NOON)
    assert table.all() == (replace(U1, decided_by="p-3001"),)
    assert len(AccessLogTable(engines[0]).lines()) == 1


def test_a_unit_reports_its_rules_of_secrecy(table: Units) -> None:
    table.report_secrecy("u1", "举报件由专人办理", by=LEADER, at=NOON)
    known = table.unit("u1")
    assert known is not None
    assert known.secrecy_rules == "举报件由专人办理"


def test_what_the_platform_follows_of_it_is_told_while_the_unit_is_in_force(table: Units) -> None:
    table.report_secrecy("u1", "须当面交接\n事项 0102：级别 2，专人 2001", by=LEADER, at=NOON)
    assert table.secrecy() == (UnitSecrecy(unit="u1", code="0102", level=Secrecy.REPORT, staff=frozenset({"p-2001"})),)
    with pytest.raises(MalformedInput, match="第1行"):
        table.report_secrecy("u1", "事项 0102：级别二", by=LEADER, at=NOON)

    table.keep(replace(U1, state=UnitState.CLOSED), by=OFFICE, at=NOON)
    assert table.secrecy() == ()


def test_what_is_not_there_is_said_to_be_not_there(table: Units) -> None:
    with pytest.raises(MalformedInput, match="没有这个单位"):
        table.decide("u9", yes=True, by=OFFICE, at=NOON)
    with pytest.raises(MalformedInput, match="没有上级单位"):
        table.keep(replace(BELOW, above="u9"), by=OFFICE, at=NOON)


def test_all_of_a_list_are_brought_or_none(table: Units) -> None:
    with pytest.raises(MalformedInput, match="没有上级单位"):
        table.bring([COUNTY, replace(BELOW, above="u9")], by=OFFICE, at=NOON)
    assert table.unit("rc") is None
    table.bring([BELOW, COUNTY, replace(U1, name="市人力资源和社会保障局")], by=OFFICE, at=NOON)
    assert [(each.id, each.name) for each in table.all()] == [
        ("rc", "榕城区人民政府"),
        ("u1", "市人力资源和社会保障局"),
        ("u1-1", "劳动监察科"),
    ]
