"""A small city for the tests of the tickets: units, people, rules, and a ticket that is led through its life by commands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.term_tables import shipped
from hotline.access import SYSTEM, Actor, Role
from hotline.national_days import national
from hotline.notices import Notice
from hotline.workdays import CHINA
from tickets import commands as c
from tickets.deciding import carried_out, decide
from tickets.decision import Decision
from tickets.dispatch import BY_PLACE, Catalogue, Entry, Tier, Unit
from tickets.evolving import replay
from tickets.model import Channel
from tickets.rules import Rules
from tickets.terms import Appeal
from tickets.ticket import Citizen, Satisfaction, Ticket
from tickets.ticket import Entry as Line

UNITS: Final = (
    Unit(id="tax", name="市税务局"),
    Unit(id="tax-rc", name="榕城区税务局", tier=Tier.BELOW, above="tax"),
    Unit(id="tax-new", name="空港税务所", tier=Tier.BELOW, above="tax", approved=False),
    Unit(id="env", name="市生态环境局"),
    Unit(id="water", name="市水利局"),
    Unit(id="rc", name="榕城区人民政府", place="445202"),
    Unit(id="rc-street", name="榕华街道办事处", tier=Tier.BELOW, above="rc"),
    Unit(id="pn", name="普宁市人民政府", place="445281"),
)
ENTRIES: Final = (
    Entry(code="01", name="税务", lead="tax", assisting=("rc",)),
    Entry(code="0102", name="个体户税务", lead="tax-rc"),
    Entry(code="02", name="环境噪声", lead=BY_PLACE, bureau="env"),
    Entry(code="03", name="综合执法争议"),
)
CATALOGUE: Final = Catalogue(version="2026.1", since=date(2026, 1, 1), units={unit.id: unit for unit in UNITS}, entries=ENTRIES)
RULES: Final = Rules(follow=(shipped("jieyang-2015"),), calendar=national(), catalogue=CATALOGUE, place="4452")

AGENT: Final = Actor(id="p-1001", roles=frozenset({Role.AGENT}))
SUPERVISOR: Final = Actor(id="p-1002", roles=frozenset({Role.SUPERVISOR}))
OFFICE: Final = Actor(id="p-1003", roles=frozenset({Role.OFFICE}))
CALLER: Final = Actor(id="p-1004", roles=frozenset({Role.CALLBACK_STAFF}))
ARCHIVIST: Final = Actor(id="p-1005", roles=frozenset({Role.ARCHIVIST}))
MONITOR: Final = Actor(id="p-1006", roles=frozenset({Role.MONITOR}))
AUDITOR: Final = Actor(id="p-1007", roles=frozenset({Role.AUDITOR}))
CLEARED: Final = Actor(id="p-1008", roles=frozenset({Role.OFFICE}), cleared=3)

NAME, PHONE, ACCOUNT = "诉求人庚", "19900001234", "wechat:oTest-77"
CITIZEN: Final = Citizen(name=NAME, phone=PHONE, account=ACCOUNT)
GOOD: Final = "您反映的个体户减免问题，可在三月底前带营业执照到市局二楼七号窗口当场办理，不用预约。"
MONDAY: Final = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)


def handler(unit: str) -> Actor:
    """承办人 of that unit."""
    return Actor(id=f"p-{unit}", roles=frozenset({Role.HANDLER}), unit=unit)


def off(*clauses: str) -> Rules:
    """The rules without these clauses."""
    return replace(RULES, off=frozenset(clauses))


class Life:
    """One ticket and its history. Each `do` is decided, kept and checked: what is replayed is what stands."""

    def __init__(self, rules: Rules = RULES, *, number: str = "20260302000001", at: datetime = MONDAY) -> None:
        self.rules = rules
        self.number = number
        self.at = at
        self.history: list[Line] = []
        self.notices: list[Notice] = []
        self.last = Decision(entries=())
        self._ticket: Ticket | None = None

    @property
    def ticket(self) -> Ticket:
        assert self._ticket is not None
        return self._ticket

    def do(self, command: c.Command, by: Actor, *, fresh: str = "20260302000099", others: tuple[Ticket, ...] = ()) -> "Life":
        """Raises what `decide` raises, and has changed nothing then."""
        number = self.number if self._ticket is None else fresh
        known = {other.number: other for other in others}
        self.last = decide(self._ticket, command, by=by, at=self.at, rules=self.rules, others=known, fresh=number)
        self._ticket = carried_out(self._ticket, self.last)
        self.history += self.last.entries
        self.notices += self.last.notices
        assert replay(self.history) == self._ticket
        return self

    def later(self, **span: float) -> "Life":
        """Some time goes by."""
        self.at += timedelta(**span)
        return self

    def on(self, text: str) -> "Life":
        """The clock of China says so: `2026-03-09T17:00`."""
        self.at = datetime.fromisoformat(text).replace(tzinfo=CHINA)
        return self

    def told(self) -> list[tuple[str, str]]:
        """Kind and recipient of the notices of the last command."""
        return [(notice.kind, notice.to) for notice in self.last.notices]

    def whats(self) -> list[str]:
        """What the last command wrote down."""
        return [entry.what.value for entry in self.last.entries]


def filed(appeal: Appeal = Appeal.CONSULTATION, *, rules: Rules = RULES, at: datetime = MONDAY, **said: object) -> Life:
    """受理."""
    told: dict[str, Any] = {
        "channel": Channel.PHONE,
        "code": "01",
        "title": "咨询减免",
        "content": "想问个体户减免怎么办理",
        "citizen": CITIZEN,
    } | said
    return Life(rules, at=at).do(c.File(appeal=appeal, **told), AGENT)


def sent(appeal: Appeal = Appeal.CONSULTATION, *, rules: Rules = RULES, at: datetime = MONDAY, **said: object) -> Life:
    """已派单 to the tax office."""
    told: dict[str, Any] = said
    return filed(appeal, rules=rules, at=at, **told).do(c.Dispatch(lead="tax", why="测试"), AGENT)


def received(appeal: Appeal = Appeal.CONSULTATION, *, rules: Rules = RULES, **said: object) -> Life:
    """已签收."""
    told: dict[str, Any] = said
    return sent(appeal, rules=rules, **told).do(c.Receive(), handler("tax"))


def replied(appeal: Appeal = Appeal.CONSULTATION, *, rules: Rules = RULES, **said: object) -> Life:
    """已答复."""
    return received(appeal, rules=rules, **said).do(c.Reply(text=GOOD, satisfied=Satisfaction.CONTENT), handler("tax"))


def closed(appeal: Appeal = Appeal.CONSULTATION, *, rules: Rules = RULES, **said: object) -> Life:
    """已办结."""
    return replied(appeal, rules=rules, **said).do(c.ReportClosed(result="已当面办理"), handler("tax"))


def called_back(appeal: Appeal = Appeal.CONSULTATION, *, rules: Rules = RULES, **said: object) -> Life:
    """已回访, content."""
    call = c.CallBack(reached=True, satisfied=Satisfaction.CONTENT, timely=True, sound=True)
    return closed(appeal, rules=rules, **said).do(call, CALLER)


def in_review(appeal: Appeal = Appeal.CONSULTATION, *, rules: Rules = RULES, **said: object) -> Life:
    """不满意, to be judged."""
    return closed(appeal, rules=rules, **said).do(c.ComplainOf(words="没有解决"), CALLER)


Step = Callable[[Life], Life]
THE_CLOCK: Final = SYSTEM
