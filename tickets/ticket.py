"""业务单: everything that is known about one matter, and what has happened to it (揭府办〔2015〕4号). Values only.

A `Ticket` is the sum of its entries: `tickets.evolving.evolve` makes it out of them, and nothing else changes it. All times carry a zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from hotline.access import Role
from tickets.contact import Attempt
from tickets.declining import DeclineReason
from tickets.kinds import EntryKind
from tickets.model import Channel
from tickets.moves import TicketState
from tickets.terms import Appeal, Due, Step
from tickets.urging import Reminder


class Secrecy(IntEnum):
    """保密级别 (article 10)."""

    OPEN = 0
    """公开."""
    CONTACT = 1
    """联系方式保密: units see neither name nor number."""
    REPORT = 2
    """举报保密: nothing that names who reported it."""
    SECRET = 3
    """涉密专渠: only people who are cleared for it see that it exists."""


class CitizenKind(StrEnum):
    """诉求人 (article 6)."""

    PERSON = "个人"
    COMPANY = "企业"


class Satisfaction(StrEnum):
    """满意度: of the matter, not of the agent's manners."""

    CONTENT = "满意"
    FAIRLY = "基本满意"
    NOT = "不满意"
    SILENT = "未表态"


class Fault(StrEnum):
    """Why he is not content, as a person judged it (article 16)."""

    SUBJECTIVE = "主观原因"
    OBJECTIVE = "客观原因"
    UNREASONABLE = "诉求不合理"


class LinkKind(StrEnum):
    """How two tickets belong together."""

    REDO = "重办"
    SPLIT = "拆分"
    REPEAT = "重复诉求"
    SAME_CAUSE = "同一原因"
    MERGED = "并单"


@dataclass(frozen=True, kw_only=True)
class Citizen:
    """诉求人. `phone`: the kept form of hotline/phone.py; empty for one who gave none."""

    name: str = ""
    phone: str = ""
    anonymous: bool = False
    kind: CitizenKind = CitizenKind.PERSON
    account: str = ""
    """How to write back on his medium ("wechat:…"); as personal as the number."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """The other ticket, and why."""

    to: str
    how: LinkKind


@dataclass(frozen=True, kw_only=True)
class Extension:
    """延期 (article 21). `granted` None: 市政管办 has not decided yet. `told_at`: when the citizen was told."""

    asked_at: datetime
    until: datetime
    legal_term: str
    basis: str
    why: str
    granted: bool | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    """答复 (articles 13-1 and 14). `flags`: what a reader should look at (tickets/substance.py)."""

    at: datetime
    by_unit: str
    text: str
    satisfied: Satisfaction | None = None
    written_asked: bool = False
    written: str = ""
    """书面答复: the document that was given in the unit's name."""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReturnAsked:
    """申请退单 (article 13-3)."""

    at: datetime
    facts: str
    legal_basis: str
    proposed: str


@dataclass(frozen=True, kw_only=True)
class Callback:
    """回访 (article 15): each one, the vain ones too."""

    at: datetime
    reached: bool
    channel: str
    satisfied: Satisfaction | None = None
    timely: bool | None = None
    sound: bool | None = None
    """质量: the answer is complete, clear and true, as the citizen tells it."""


@dataclass(frozen=True, kw_only=True)
class Declined:
    """不予受理 (articles 6, 7 and 17): why, and where he was told to go."""

    reason: DeclineReason
    where: str


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """移交监察 (articles 19 and 28)."""

    at: datetime
    clause: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One 业务单. `version`: how many entries it is made of. Units are named by their id, tickets by their number (受理编号)."""

    number: str
    version: int
    channel: Channel
    appeal: Appeal
    state: TicketState
    filed_at: datetime
    citizen: Citizen = field(default_factory=Citizen)
    key: str = ""
    """What the channel calls it: the same key is filed once."""
    code: str = ""
    """事项 of the dispatch catalogue."""
    title: str = ""
    content: str = ""
    place: str = ""
    """行政区划代码: where it happened."""
    address: str = ""
    happened_at: datetime | None = None
    urgent: bool = False
    """突发紧急."""
    life_at_risk: bool = False
    ordered_until: datetime | None = None
    """急办: by when, as the order says (article 20)."""
    order_doc: str = ""
    secrecy: Secrecy = Secrecy.OPEN
    accused: frozenset[str] = frozenset()
    """被反映单位."""
    staff: frozenset[str] = frozenset()
    """专门工作人员 (article 10-2): only these of the lead handle it; empty: all of it."""
    lead: str = ""
    assisting: tuple[str, ...] = ()
    at_once: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    """三级: to whom the lead has passed it on."""
    sub_reported: frozenset[str] = frozenset()
    assisted: frozenset[str] = frozenset()
    dispatch_why: str = ""
    dispatched_at: datetime | None = None
    received_at: datetime | None = None
    contacted_at: datetime | None = None
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    confirmed_at: datetime | None = None
    dues: Mapping[Step, Due] = field(default_factory=dict)
    """The terms that run, or ran, for whoever has it now; each says by which rules."""
    late: frozenset[Step] = frozenset()
    """Terms that whoever has it now did not keep."""
    explained: bool = False
    """已报告说明理由 (article 19)."""
    reminders: frozenset[Reminder] = frozenset()
    noticed_at: datetime | None = None
    """催办通知书: when it went out, in the term that runs."""
    extension: Extension | None = None
    returning: ReturnAsked | None = None
    returns_refused: int = 0
    attempts: tuple[Attempt, ...] = ()
    reply: Reply | None = None
    deemed: bool = False
    """视为已答复 (article 14)."""
    callbacks: tuple[Callback, ...] = ()
    satisfied: Satisfaction | None = None
    """As the hotline's own callback found it."""
    complaint: str = ""
    fault: Fault | None = None
    redo_of: str = ""
    redo_count: int = 0
    repeats: str = ""
    """The ticket whose facts and reasons these are once more."""
    repeats_final: bool = False
    final: bool = False
    """终结 (article 17): redone and confirmed by 市政管办; the same facts and reasons are not accepted again."""
    calls: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    merged_into: str = ""
    merged: tuple[str, ...] = ()
    basis: str = ""
    """知识库: by what it was answered at once."""
    declined: Declined | None = None
    kept_until: date | None = None
    hold: bool = False
    """Kept whatever `kept_until` says: a report follows the rules for cases (article 5)."""
    inspections: tuple[Inspection, ...] = ()
    published: bool = False
    public_title: str = ""
    public_words: str = ""
    outside_events: tuple[str, ...] = ()
    """Events of the city's own system that are written down already."""

    @property
    def units(self) -> frozenset[str]:
        """Everybody who has it."""
        return frozenset({self.lead, *self.assisting, *self.at_once, *self.below} - {""})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a ticket's history, never changed. `seq` counts from 1; `values` is plain JSON, enough to make the ticket out of it."""

    number: str
    seq: int
    at: datetime
    by: str
    role: Role
    what: EntryKind
    values: Mapping[str, Any] = field(default_factory=dict)
