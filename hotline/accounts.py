"""帐号与单位: people, tokens and units as values, valid from birth (揭府办〔2015〕4号 articles 4, 5, 9-7, 10). No password stands here.

A 工号 belongs to one person for ever: who leaves is disabled, for his id stands in old histories. Who manages accounts does no business and
audits nothing; who watches changes nothing; who works for a unit does not work for the platform.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from hotline.access import MOST_SECRET, UNIT_ROLES, Actor, Role
from hotline.errors import MalformedInput
from hotline.gate import Act, Subject, require
from hotline.unit_secrecy import secrecy_lines

WATCHERS: Final = frozenset({Role.AUDITOR, Role.MONITOR})
SCOPES: Final = frozenset(act.value for act in Act) | frozenset(act.group for act in Act)
"""What a token may be for: an act, or a whole group of them."""

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_UNIT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PHONE: Final = re.compile(r"(\+?[0-9-]{5,20})?")
_MEMBER: Final = 2
_BELOW: Final = 3


def is_login(text: str) -> bool:
    """True if somebody could be called so."""
    return bool(_LOGIN.fullmatch(text))


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who signs in. `login`: 工号 or another short name, lower case. Raises `MalformedInput` for what cannot be."""

    login: str
    roles: frozenset[Role]
    unit: str = ""
    cleared: int = 0
    name: str = ""
    enabled: bool = True
    must_change_password: bool = False

    def __post_init__(self) -> None:
        if not is_login(self.login):
            raise MalformedInput("工号应为2到32位小写字母、数字或._- a login is 2 to 32 lower-case letters, digits or ._-")
        if len(self.name) > 32 or not self.name.isprintable():
            raise MalformedInput(f"{self.login}: 姓名最多32个字 a name has at most 32 characters")
        _check_roles(self.login, self.roles, self.unit, self.cleared)

    @property
    def id(self) -> str:
        """As histories and logs name him."""
        return f"p-{self.login}"

    @property
    def actor(self) -> Actor:
        """Him, when he is proved."""
        return Actor(id=self.id, roles=self.roles, unit=self.unit, cleared=self.cleared)


@dataclass(frozen=True, kw_only=True, repr=False)
class SignedIn:
    """Who he is, and the secret that proves it from now on. It is told once; `repr` does not show it."""

    person: Person
    session: str


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """接口令牌: another system that asks for something. `scopes` (`SCOPES`) say what it is for; a scope gives no role. `expires`: aware."""

    id: str
    name: str
    roles: frozenset[Role]
    scopes: frozenset[str]
    expires: datetime
    unit: str = ""
    cleared: int = 0
    enabled: bool = True

    def __post_init__(self) -> None:
        if not self.scopes or (strange := sorted(self.scopes - SCOPES)):
            raise MalformedInput(f"令牌用途不对 not what a token can be for: {'、'.join(strange) if self.scopes else '—'}")
        if Role.ADMINISTRATOR in self.roles:
            raise MalformedInput("令牌不能管理帐号 a token manages no accounts")
        if not 0 < len(self.name) <= 64 or not self.name.isprintable():
            raise MalformedInput("令牌要有名称，最多64个字 a token needs a name of at most 64 characters")
        _check_roles(self.id, self.roles, self.unit, self.cleared)

    @property
    def actor(self) -> Actor:
        """It, when it is proved."""
        return Actor(id=self.id, roles=self.roles, unit=self.unit, cleared=self.cleared, scopes=self.scopes)


def _check_roles(whose: str, roles: frozenset[Role], unit: str, cleared: int) -> None:
    if not roles or Role.CLOCK in roles:
        raise MalformedInput(f"{whose}: 至少要有一个角色，“系统”不能授予 at least one role, and not the clock's")
    if not 0 <= cleared <= MOST_SECRET:
        raise MalformedInput(f"{whose}: 涉密级别应为0到{MOST_SECRET} a secrecy level is 0 to {MOST_SECRET}")
    if unit and not _UNIT.fullmatch(unit):
        raise MalformedInput(f"{whose}: 单位编号不对 not a unit's id")
    if roles & UNIT_ROLES and (not unit or roles - UNIT_ROLES):
        raise MalformedInput(f"{whose}: 承办单位人员要有单位，且不能兼任其他角色 who works for a unit needs one, and no other role")
    if unit and not roles & UNIT_ROLES:
        raise MalformedInput(f"{whose}: 热线平台的角色不属于承办单位 a role of the platform belongs to no unit")
    if Role.ADMINISTRATOR in roles and len(roles) > 1:
        raise MalformedInput(f"{whose}: 管理员不能兼任其他角色 an administrator has no other role")
    if roles & WATCHERS and roles - WATCHERS:
        raise MalformedInput(f"{whose}: 审计、监察不能兼任其他角色 who watches has no other role")


class UnitState(StrEnum):
    """Where a unit stands (article 9-7: 报市政管办同意)."""

    PROPOSED = "proposed"
    """申报中: nothing can be sent to it."""
    APPROVED = "approved"
    """已同意."""
    REFUSED = "refused"
    """未同意."""
    CLOSED = "closed"
    """已停用: its tickets and their history stay."""


@dataclass(frozen=True, kw_only=True)
class OrgUnit:
    """单位, of one of three tiers (article 5): 1 热线平台, 2 成员单位, 3 its parts and the offices below it.

    `place`: code of the district whose government it is; `duties`: 组成、职责和任务 (9-7); `secrecy_rules`: 保密要求 as reported to the
    platform (10-2, hotline/unit_secrecy.py). The telephones are of duty desks: who is on duty (article 11) and 分管领导 (article 19) get
    their SMS there.
    """

    id: str
    name: str
    tier: int = _MEMBER
    place: str = ""
    above: str = ""
    staff_phone: str = ""
    leader_phone: str = ""
    duties: str = ""
    secrecy_rules: str = ""
    state: UnitState = UnitState.APPROVED
    proposed_by: str = ""
    decided_by: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        if not _UNIT.fullmatch(self.id) or not 0 < len(self.name) <= 64:
            raise MalformedInput("单位要有编号（字母、数字、._-）和名称 a unit needs an id (letters, digits, ._-) and a name")
        if self.tier not in (1, _MEMBER, _BELOW) or (self.tier == _BELOW) is not bool(self.above):
            raise MalformedInput(f"{self.id}: 平台为1至3级，三级单位要写明上级 tiers are 1 to 3; one of the third has one above it")
        if any("\0" in words for words in (self.name, self.place, self.duties, self.secrecy_rules, self.why)):
            raise MalformedInput("文字里有空字符 a text holds a null character")
        if len(self.place) > 32 or max(len(self.duties), len(self.secrecy_rules)) > 4000:
            raise MalformedInput(f"{self.id}: 区划编码最多32位，职责、保密要求最多4000字 too long")
        secrecy_lines(self.secrecy_rules)  # what begins like a rule must be one
        if not all(_PHONE.fullmatch(phone) for phone in (self.staff_phone, self.leader_phone)):
            raise MalformedInput(f"{self.id}: 电话号码不对 not a telephone number")


# ── the third tier: added by the unit, approved by the office (article 9-7) ──────────────────────


def proposed(unit: OrgUnit, above: OrgUnit | None, *, by: Actor) -> OrgUnit:
    """The same, waiting for the office. `above`: its unit of the second tier. Raises `NotAllowed`, `MalformedInput`."""
    require(by, Act.UNIT_PROPOSE, Subject(units=frozenset({unit.above})))
    if unit.tier != _BELOW or above is None or above.id != unit.above or above.tier != _MEMBER or above.state is not UnitState.APPROVED:
        raise MalformedInput(f"{unit.id}: 只能在已同意的二级单位下申报三级单位 the third tier hangs on an approved unit of the second")
    if not unit.duties.strip():
        raise MalformedInput(f"{unit.id}: 请写明组成、职责和任务（第9条第7项） say what it consists of and what it does")
    return replace(unit, state=UnitState.PROPOSED, proposed_by=by.id, decided_by="", why="")


def decided(unit: OrgUnit, *, yes: bool, why: str = "", by: Actor) -> OrgUnit:
    """同意 or not, by the office; a no needs its reason. Raises `NotAllowed`, `MalformedInput`."""
    require(by, Act.UNIT_APPROVE, Subject(units=frozenset({unit.id})))
    if unit.state is not UnitState.PROPOSED:
        raise MalformedInput(f"{unit.id}: 没有待审核的申报 it waits for no decision")
    if not yes and not why.strip():
        raise MalformedInput(f"{unit.id}: 不同意要写明理由 a refusal needs its reason")
    return replace(unit, state=UnitState.APPROVED if yes else UnitState.REFUSED, decided_by=by.id, why=why)


def with_secrecy_rules(unit: OrgUnit, rules: str, *, by: Actor) -> OrgUnit:
    """报备保密要求 (article 10-2), by the unit itself or the one above it. Raises `NotAllowed`."""
    require(by, Act.UNIT_PROPOSE, Subject(units=frozenset({unit.id, unit.above} - {""})))
    return replace(unit, secrecy_rules=rules)


def managed(unit: OrgUnit, *, by: Actor) -> OrgUnit:
    """A unit as the office keeps it, approved or closed by its word. Raises `NotAllowed`, `MalformedInput`."""
    require(by, Act.UNIT_MANAGE, Subject(units=frozenset({unit.id})))
    if unit.state not in (UnitState.APPROVED, UnitState.CLOSED):
        raise MalformedInput(f"{unit.id}: 申报的单位请审核 a proposed unit is decided, not kept")
    return replace(unit, decided_by=by.id)
