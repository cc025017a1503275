"""What a person, or the clock, can want of a ticket: one frozen value each, in the words of 揭府办〔2015〕4号. They hold what was said;
whether it may be, and what comes of it, says tickets/deciding.py.

`COMMANDS` names them as addresses do ("ask-return"). What only the system itself wants of a ticket stands in tickets/inner_commands.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from tickets.declining import DeclineReason
from tickets.model import Channel
from tickets.terms import Appeal
from tickets.ticket import Citizen, Fault, LinkKind, Satisfaction, Secrecy


@dataclass(frozen=True, kw_only=True)
class Command:
    """Root of them all."""


@dataclass(frozen=True, kw_only=True)
class File(Command):
    """受理 (article 11). `key`: the channel's own id of it, filed once. `repeats`: the ticket whose facts and reasons these are once more.

    `life_at_risk`: a life or property is in danger (article 6): then `transferred_to` says to which number he was transferred at once.
    `answered`: his medium answers him with the number itself; he is not told once more.
    """

    channel: Channel
    appeal: Appeal
    citizen: Citizen = field(default_factory=Citizen)
    key: str = ""
    code: str = ""
    title: str = ""
    content: str = ""
    place: str = ""
    address: str = ""
    happened_at: datetime | None = None
    urgent: bool = False
    life_at_risk: bool = False
    transferred_to: str = ""
    ordered_until: datetime | None = None
    order_doc: str = ""
    secrecy: Secrecy = Secrecy.OPEN
    accused: frozenset[str] = frozenset()
    calls: tuple[str, ...] = ()
    repeats: str = ""
    answered: bool = False


@dataclass(frozen=True, kw_only=True)
class Amend(Command):
    """更正: before it is dispatched, or when it comes back. None leaves a field as it is."""

    appeal: Appeal | None = None
    code: str | None = None
    title: str | None = None
    content: str | None = None
    place: str | None = None
    address: str | None = None
    happened_at: datetime | None = None
    urgent: bool | None = None
    citizen: Citizen | None = None


@dataclass(frozen=True, kw_only=True)
class NoteCall(Command):
    """The citizen called once more about it."""

    call: str


@dataclass(frozen=True, kw_only=True)
class AnswerAtOnce(Command):
    """当场答复 (article 11). `basis`: the knowledge entry and its version; `answer`: what he was told."""

    basis: str
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Decline(Command):
    """不予受理 (articles 6 and 7). `where`: where he was told to go; empty: what tickets/declining.py says."""

    reason: DeclineReason
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class LeaveToOffice(Command):
    """报市政管办指定 (article 12)."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Dispatch(Command):
    """派单 (article 12). `lead` empty, `assisting` None: as the dispatch catalogue suggests. `why`: needed where the lead is another."""

    lead: str = ""
    assisting: tuple[str, ...] | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Designate(Command):
    """指定承办单位 (article 12), by the office, with its reason."""

    lead: str
    assisting: tuple[str, ...] = ()
    why: str


@dataclass(frozen=True, kw_only=True)
class Withdraw(Command):
    """收回: the office designates anew; the terms begin anew then."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Receive(Command):
    """接收 (article 9)."""


@dataclass(frozen=True, kw_only=True)
class SubDispatch(Command):
    """转派三级平台 (article 5)."""

    to: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class SubReport(Command):
    """三级平台向二级平台反馈 (article 5)."""

    text: str


@dataclass(frozen=True, kw_only=True)
class AssistReply(Command):
    """协办单位反馈."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Contact(Command):
    """首次沟通 (article 20): the unit has spoken with the citizen."""

    note: str = ""


@dataclass(frozen=True, kw_only=True)
class LogAttempt(Command):
    """一次联系 (article 14). `at`: when it was; None: now."""

    reached: bool
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AskReturn(Command):
    """申请退单 (article 13-3). `proposed`: whom the unit proposes instead."""

    facts: str
    legal_basis: str
    proposed: str


@dataclass(frozen=True, kw_only=True)
class RefuseReturn(Command):
    """不同意退单."""

    why: str


@dataclass(frozen=True, kw_only=True)
class DispatchAgain(Command):
    """另行转派 (article 13-3): the terms begin anew."""

    lead: str
    assisting: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply(Command):
    """答复 (articles 13-1 and 14). `satisfied` None: he was not asked."""

    text: str
    satisfied: Satisfaction | None
    written_asked: bool = False


@dataclass(frozen=True, kw_only=True)
class AskWritten(Command):
    """诉求人要求书面答复, after he had the other one."""


@dataclass(frozen=True, kw_only=True)
class GiveWritten(Command):
    """书面答复, in the unit's name (article 14). `document`: its number."""

    document: str


@dataclass(frozen=True, kw_only=True)
class ReportClosed(Command):
    """反馈办结 (article 14). `result`: what was done; where the citizen was never reached, the reply that is kept for him."""

    result: str


@dataclass(frozen=True, kw_only=True)
class CallBack(Command):
    """回访 (article 15). `timely`, `sound`: the check of the unit's speed and quality, needed when he was reached."""

    reached: bool
    channel: Channel = Channel.PHONE
    satisfied: Satisfaction | None = None
    timely: bool | None = None
    sound: bool | None = None
    complaint: str = ""


@dataclass(frozen=True, kw_only=True)
class ComplainOf(Command):
    """不满意 (article 16): a person will judge it."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Judge(Command):
    """人工复核 (articles 16 and 17)."""

    fault: Fault
    why: str


@dataclass(frozen=True, kw_only=True)
class ConfirmClosed(Command):
    """确认办结 (articles 17 and 18)."""


@dataclass(frozen=True, kw_only=True)
class Archive(Command):
    """归档 (article 18)."""


@dataclass(frozen=True, kw_only=True)
class AskExtension(Command):
    """申请延期 (article 21)."""

    until: datetime
    legal_term: str
    basis: str
    why: str


@dataclass(frozen=True, kw_only=True)
class DecideExtension(Command):
    """市政管办审核延期."""

    granted: bool
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class TellExtension(Command):
    """告知诉求人延期时限和理由."""

    how: str = "电话"


@dataclass(frozen=True, kw_only=True)
class Explain(Command):
    """报告说明理由 (article 19)."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Urge(Command):
    """催办 (article 19)."""


@dataclass(frozen=True, kw_only=True)
class SendNotice(Command):
    """发出《催办通知书》 (article 19)."""


@dataclass(frozen=True, kw_only=True)
class HandToInspection(Command):
    """移交监察 (articles 19 and 28). `clause`: "28-1" … "28-6" or "19-3"; `evidence`: what proves it; `verified`: 查实 by whom and when."""

    clause: str
    evidence: tuple[str, ...] = ()
    verified: str = ""
    consequence: str = ""


@dataclass(frozen=True, kw_only=True)
class RaiseSecrecy(Command):
    """提高保密级别; it never falls."""

    to: Secrecy
    why: str


@dataclass(frozen=True, kw_only=True)
class MarkAccused(Command):
    """登记被反映单位: it loses sight of the ticket at once."""

    units: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Split(Command):
    """拆分: what of it is a report becomes a ticket of its own; `left` and `left_title` are what stays here."""

    title: str
    content: str
    left: str
    left_title: str = ""
    appeal: Appeal = Appeal.REPORT
    accused: frozenset[str] = frozenset()
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Merge(Command):
    """并单: `into` is handled for both."""

    into: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Separate(Command):
    """拆开并单."""

    why: str


@dataclass(frozen=True, kw_only=True)
class LinkTo(Command):
    """关联."""

    to: str
    how: LinkKind = LinkKind.SAME_CAUSE


@dataclass(frozen=True, kw_only=True)
class Hold(Command):
    """保留: the archive keeps it beyond its time, or no longer (`on` False)."""

    on: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Publish(Command):
    """公开: a text of the house's own, never the citizen's."""

    title: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Unpublish(Command):
    """撤回公开."""


@dataclass(frozen=True, kw_only=True)
class NoteOutside(Command):
    """What the city's own system told about it; the same event twice changes nothing."""

    system: str
    event: str
    state: str
    words: str = ""


_PUBLIC: Final[tuple[type[Command], ...]] = (
    *(File, Amend, NoteCall, AnswerAtOnce, Decline, LeaveToOffice, Dispatch, Designate, Withdraw, Receive, SubDispatch, SubReport),
    *(AssistReply, Contact, LogAttempt, AskReturn, RefuseReturn, DispatchAgain, Reply, AskWritten, GiveWritten, ReportClosed),
    *(CallBack, ComplainOf, Judge, ConfirmClosed, Archive, AskExtension, DecideExtension, TellExtension, Explain, Urge, SendNotice),
    *(HandToInspection, RaiseSecrecy, MarkAccused, Split, Merge, Separate, LinkTo, Hold, Publish, Unpublish, NoteOutside),
)


def address_of(command: type[Command]) -> str:
    """Its name as addresses write it: AskReturn → ask-return."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", command.__name__).lower()


COMMANDS: Final[Mapping[str, type[Command]]] = MappingProxyType({address_of(each): each for each in _PUBLIC})
"""Every command that somebody outside may give, by its address."""
