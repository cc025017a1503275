"""The gate: may this actor do this to that? One table for tickets, knowledge, accounts, recordings, campaigns and the desks. Pure.

What stands here is who; what is possible now is the business of each room's own table (tickets/moves.py). Nobody may what the table does
not say. The page for staff is made of the same table (docs/staff/roles.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hotline.access import MOST_SECRET, UNIT_ROLES, Actor, NotAllowed, Role


class Act(StrEnum):
    """What somebody wants to do. The word before the dot is its group: a token's scope may name either."""

    TICKET_LIST = "tickets.list"
    TICKET_READ = "tickets.read"
    TICKET_REPORTER = "tickets.reporter"
    TICKET_FILE = "tickets.file"
    TICKET_DISPATCH = "tickets.dispatch"
    TICKET_DESIGNATE = "tickets.designate"
    TICKET_HANDLE = "tickets.handle"
    TICKET_REVIEW = "tickets.review"
    TICKET_EXTEND = "tickets.extend"
    TICKET_URGE = "tickets.urge"
    TICKET_INSPECT = "tickets.inspect"
    TICKET_CALL_BACK = "tickets.call_back"
    TICKET_ARCHIVE = "tickets.archive"
    TICKET_HOLD = "tickets.hold"
    TICKET_SECRECY = "tickets.secrecy"
    TICKET_PUBLISH = "tickets.publish"
    TICKET_OUTSIDE = "tickets.outside"
    TICKET_EXPORT = "tickets.export"
    RULES_CHANGE = "rules.change"
    KNOWLEDGE_READ = "knowledge.read"
    KNOWLEDGE_EDIT = "knowledge.edit"
    KNOWLEDGE_REVIEW = "knowledge.review"
    KNOWLEDGE_CONSENT = "knowledge.consent"
    ASSESSMENT_READ = "assessment.read"
    ASSESSMENT_PUBLISH = "assessment.publish"
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    TOKENS_MANAGE = "tokens.manage"
    UNIT_READ = "units.read"
    UNIT_PROPOSE = "units.propose"
    UNIT_APPROVE = "units.approve"
    UNIT_MANAGE = "units.manage"
    AUDIT_READ = "audit.read"
    RECORDING_LISTEN = "recordings.listen"
    CAMPAIGN_MANAGE = "campaigns.manage"
    CAMPAIGN_ANSWERS = "campaigns.answers"
    DESK_WORK = "desk.work"
    DESK_SUPERVISE = "desk.supervise"
    BOARD_READ = "board.read"

    @property
    def group(self) -> str:
        """The word before the dot."""
        return self.value.partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One line of the table. `anywhere`: these roles may, whatever it is about; `own`: only where it is their own unit's (or their own).

    `reads`: it changes nothing. `article`: of 揭府办〔2015〕4号; empty = a rule of the house.
    """

    words: str
    anywhere: frozenset[Role]
    own: frozenset[Role] = frozenset()
    reads: bool = False
    article: str = ""


def _grant(words: str, *anywhere: Role, own: frozenset[Role] = frozenset(), reads: bool = False, article: str = "") -> Grant:
    return Grant(words=words, anywhere=frozenset(anywhere), own=own, reads=reads, article=article)


_R = Role
_PLATFORM: Final = (_R.AGENT, _R.SUPERVISOR, _R.OFFICE)
_BACK_OFFICE: Final = (_R.CALLBACK_STAFF, _R.ARCHIVIST)
_WATCHERS: Final = (_R.AUDITOR, _R.MONITOR)
_LEADER: Final = frozenset({_R.UNIT_LEADER})

GRANTS: Final[Mapping[Act, Grant]] = MappingProxyType(
    {
        Act.TICKET_LIST: _grant(
            "业务单列表与查询", *_PLATFORM, *_BACK_OFFICE, *_WATCHERS, _R.CLOCK, own=UNIT_ROLES, reads=True, article="8"
        ),
        Act.TICKET_READ: _grant("查看业务单", *_PLATFORM, *_BACK_OFFICE, *_WATCHERS, _R.CLOCK, own=UNIT_ROLES, reads=True, article="8"),
        Act.TICKET_REPORTER: _grant("查看诉求人身份与联系方式", *_PLATFORM, _R.CALLBACK_STAFF, own=UNIT_ROLES, reads=True, article="10-1"),
        Act.TICKET_FILE: _grant("受理、当场答复、不予受理", *_PLATFORM, article="11"),
        Act.TICKET_DISPATCH: _grant("派发业务单", *_PLATFORM, article="12"),
        Act.TICKET_DESIGNATE: _grant("指定承办单位", _R.OFFICE, article="12"),
        Act.TICKET_HANDLE: _grant("接收、沟通、答复、退单和延期申请、反馈", own=UNIT_ROLES, article="13"),
        Act.TICKET_REVIEW: _grant("退单核定、复核、确认办结", _R.SUPERVISOR, _R.OFFICE, article="13、16、17、18"),
        Act.TICKET_EXTEND: _grant("延期审核", _R.OFFICE, article="21"),
        Act.TICKET_URGE: _grant("催办", *_PLATFORM, _R.CLOCK, article="19"),
        Act.TICKET_INSPECT: _grant("发催办通知书、移交监察", _R.OFFICE, _R.CLOCK, article="19、28"),
        Act.TICKET_CALL_BACK: _grant("回访", _R.CALLBACK_STAFF, _R.AGENT, _R.CLOCK, article="15"),
        Act.TICKET_ARCHIVE: _grant("归档", _R.ARCHIVIST, article="18"),
        Act.TICKET_HOLD: _grant("暂停销毁", _R.ARCHIVIST, _R.OFFICE, article="5"),
        Act.TICKET_SECRECY: _grant("提高保密级别、标注被反映单位", *_PLATFORM, own=UNIT_ROLES, article="10-2"),
        Act.TICKET_PUBLISH: _grant("公开办理情况", _R.SUPERVISOR, _R.OFFICE, article="10-1"),
        Act.TICKET_OUTSIDE: _grant("外部系统回传状态", _R.OFFICE),
        Act.TICKET_EXPORT: _grant("导出", _R.OFFICE, _R.ARCHIVIST, _R.AUDITOR, reads=True, article="10-1"),
        Act.RULES_CHANGE: _grant("时限规则、派单目录", _R.OFFICE, article="20"),
        Act.KNOWLEDGE_READ: _grant("查阅知识库", *_PLATFORM, *_BACK_OFFICE, *_WATCHERS, *UNIT_ROLES, reads=True, article="10-3"),
        Act.KNOWLEDGE_EDIT: _grant("采编知识条目", *_PLATFORM, own=UNIT_ROLES, article="22、23"),
        Act.KNOWLEDGE_REVIEW: _grant("审核知识条目", own=UNIT_ROLES, article="9-3、23"),
        Act.KNOWLEDGE_CONSENT: _grant("同意知识库另作他用", _R.OFFICE, own=_LEADER, article="10-3"),
        Act.ASSESSMENT_READ: _grant("查看考核数据", _R.SUPERVISOR, _R.OFFICE, *_WATCHERS, own=UNIT_ROLES, reads=True, article="25、27"),
        Act.ASSESSMENT_PUBLISH: _grant("发布通报", _R.OFFICE, article="26"),
        Act.PEOPLE_READ: _grant("查看帐号", _R.ADMINISTRATOR, _R.AUDITOR, own=_LEADER, reads=True),
        Act.PEOPLE_MANAGE: _grant("管理帐号", _R.ADMINISTRATOR, article="4"),
        Act.TOKENS_MANAGE: _grant("管理接口令牌", _R.ADMINISTRATOR, article="10-4"),
        Act.UNIT_READ: _grant("查看单位", *_PLATFORM, *_BACK_OFFICE, *_WATCHERS, *UNIT_ROLES, _R.ADMINISTRATOR, reads=True, article="5"),
        Act.UNIT_PROPOSE: _grant("申报三级平台单位、报备保密要求", own=_LEADER, article="9-7、10-2"),
        Act.UNIT_APPROVE: _grant("审核三级平台单位", _R.OFFICE, article="9-7"),
        Act.UNIT_MANAGE: _grant("管理成员单位", _R.OFFICE, article="4、5"),
        Act.AUDIT_READ: _grant("查看访问日志", _R.AUDITOR, reads=True, article="10-4"),
        Act.RECORDING_LISTEN: _grant(
            "听取录音", _R.SUPERVISOR, _R.OFFICE, _R.AUDITOR, own=frozenset({_R.AGENT}), reads=True, article="10-1"
        ),
        Act.CAMPAIGN_MANAGE: _grant("外呼任务", _R.SUPERVISOR, _R.OFFICE),
        Act.CAMPAIGN_ANSWERS: _grant("登记外呼结果", _R.CALLBACK_STAFF, _R.AGENT),
        Act.DESK_WORK: _grant("台席操作", own=frozenset({_R.AGENT, _R.SUPERVISOR, _R.CALLBACK_STAFF})),
        Act.DESK_SUPERVISE: _grant("监听、接管、强制状态", _R.SUPERVISOR),
        Act.BOARD_READ: _grant("看板", *_PLATFORM, _R.CALLBACK_STAFF, *_WATCHERS, reads=True),
    }
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What it is about. `units`: whose it is (lead, assisting and at-once units; an entry's owner; a person's unit); `people`: ids of
    whose own it is (his desk, his call). `secrecy`: 0 公开 … 3 涉密专渠. `kept_from`: units that must not learn that it exists (the
    accused of a report)."""

    units: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    secrecy: int = 0
    kept_from: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the gate says. `hidden`: to him it must look as if it did not exist (404, not 403). `why` is empty when he may."""

    ok: bool
    why: str = ""
    article: str = ""
    hidden: bool = False


_YES: Final = Verdict(ok=True)


def may(actor: Actor, act: Act, subject: Subject | None = None) -> Verdict:
    """May he? Without a subject: is there anything of this kind that he may do (a list, a button)? Never raises."""
    grant = GRANTS[act]
    if actor.scopes is not None and not actor.scopes & {act.value, act.group}:
        return Verdict(ok=False, why=f"此令牌不能用于{grant.words} not in this token's scopes: {act}", article=grant.article)
    if not actor.has(*grant.anywhere, *grant.own):
        return Verdict(ok=False, why=_instead(actor, grant), article=grant.article)
    return _YES if subject is None else _about(actor, act, grant, subject)


def require(actor: Actor, act: Act, subject: Subject | None = None) -> None:
    """Raises `NotAllowed` with the verdict's words when he may not."""
    verdict = may(actor, act, subject)
    if not verdict.ok:
        raise NotAllowed(verdict.why, article=verdict.article)


def _about(actor: Actor, act: Act, grant: Grant, subject: Subject) -> Verdict:
    if actor.unit and actor.unit in subject.kept_from:
        return Verdict(ok=False, why="没有这项内容 no such thing", article="10-1", hidden=True)
    if subject.secrecy >= MOST_SECRET and actor.cleared < subject.secrecy:
        return Verdict(ok=False, why="没有这项内容 no such thing", article="10-2", hidden=True)
    if act is Act.TICKET_REPORTER and _names_are_kept(actor, subject.secrecy):
        return Verdict(ok=False, why="诉求人身份保密，只有指定的工作人员可以查看 kept from everybody but designated staff", article="10-2")
    if actor.has(*grant.anywhere) or _own(actor, subject):
        return _YES
    return Verdict(ok=False, why=f"不是本单位或本人的，不能{grant.words} not his own", article=grant.article, hidden=grant.reads)


def _names_are_kept(actor: Actor, secrecy: int) -> bool:
    """联系方式保密 keeps them from units; 举报保密 and above from everybody who is not cleared for it, too (article 10-2)."""
    return bool(actor.unit and secrecy) or (secrecy > 1 and actor.cleared < secrecy)


def _own(actor: Actor, subject: Subject) -> bool:
    return bool(actor.unit and actor.unit in subject.units) or actor.id in subject.people


def _instead(actor: Actor, grant: Grant) -> str:
    allowed = "、".join(role for role in Role if role in grant.anywhere | grant.own and role is not Role.CLOCK)
    return f"{'、'.join(sorted(actor.roles)) or '没有角色的帐号'}不能{grant.words}；请由{allowed}办理 not by this role"
