"""派单目录: whom a matter is offered to, and why (揭府办〔2015〕4号 articles 5, 12, 13). Pure; a person confirms every suggestion.

谁主管、谁负责: what a vertical bureau is in charge of goes to the bureau, everything else to the government of the place. An urgent
complaint or report goes to both at once. Where several units are in charge, or nobody can tell, 市政管办 designates: then a suggestion
says so instead of guessing. A unit is never offered a report or a complaint about itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Final

from hotline.errors import MalformedInput
from tickets.terms import Appeal

BY_PLACE: Final = "place"
"""Instead of a unit: the government of the place where it happened (属地)."""
ACCUSING: Final = frozenset({Appeal.COMPLAINT, Appeal.REPORT, Appeal.RIGHTS})
"""申诉举报: these speak against somebody."""


class Tier(IntEnum):
    """三级平台 (article 5)."""

    PLATFORM = 1
    MEMBER = 2
    BELOW = 3


@dataclass(frozen=True, kw_only=True)
class Unit:
    """承办单位. `place`: the district whose government it is, else empty. `above`: the unit that it reports to.

    `approved`: 市政管办 agrees with it; a unit of the third tier that its superior only proposes is offered nothing (article 9-7).
    """

    id: str
    name: str
    tier: Tier = Tier.MEMBER
    place: str = ""
    above: str = ""
    approved: bool = True


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: this category and all below it, unless a longer code says otherwise. `lead`: a unit's id, `BY_PLACE`, or empty: the office
    designates. `bureau`: who shares an urgent matter that is led by its place."""

    code: str
    name: str
    lead: str = ""
    bureau: str = ""
    assisting: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """一版派单目录, in force from `since` on."""

    version: str
    since: date
    units: Mapping[str, Unit]
    entries: tuple[Entry, ...]
    _by_code: Mapping[str, Entry] = field(init=False, repr=False, compare=False)
    _governments: Mapping[str, Unit] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {entry.code: entry for entry in self.entries}
        if len(by_code) != len(self.entries):
            raise MalformedInput(f"派单目录{self.version}: 有重复的事项编码 a code stands twice; keep one")
        for entry in self.entries:
            for unit in (entry.lead, entry.bureau, *entry.assisting):
                if unit and unit != BY_PLACE and unit not in self.units:
                    raise MalformedInput(f"派单目录{self.version} {entry.code}: 没有单位 {unit} no such unit; add it, or name another")
        object.__setattr__(self, "_by_code", by_code)
        object.__setattr__(self, "_governments", {unit.place: unit for unit in self.units.values() if unit.place})

    def entry(self, code: str) -> Entry | None:
        """The line with the longest code that this one begins with."""
        return next((found for end in range(len(code), 0, -1) if (found := self._by_code.get(code[:end]))), None)

    def government(self, place: str) -> Unit | None:
        """属地: of the district, or of the one that it lies in (codes of places begin with the code of the larger one)."""
        return next((found for end in range(len(place), 0, -1) if (found := self._governments.get(place[:end]))), None)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is known when it is dispatched."""

    code: str
    appeal: Appeal
    place: str = ""
    urgent: bool = False
    accused: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Whom to offer it to. `lead` empty: 市政管办 designates. `why` is shown to the clerk and kept on the ticket."""

    lead: str
    assisting: tuple[str, ...] = ()
    at_once: tuple[str, ...] = ()
    """紧急: these get it together with the lead."""
    why: str


def suggest(matter: Matter, catalogue: Catalogue) -> Suggestion:
    """Never raises: what cannot be told is left to the office, with the reason."""
    entry = catalogue.entry(matter.code)
    if entry is None:
        return _to_office(f"派单目录{catalogue.version}没有事项{matter.code or '（未分类）'}")
    if not entry.lead:
        return _to_office(f"事项“{entry.name}”涉及多个部门或职责不明")
    lead, why = _lead(matter, entry, catalogue)
    if lead is None:
        return _to_office(why)
    lead, why = _not_himself(lead, matter, catalogue, why)
    if lead is None:
        return _to_office(why)
    beside = _beside(matter, entry, catalogue) if matter.urgent and matter.appeal in ACCUSING else ()
    at_once = tuple(_others(beside, lead, matter))
    if at_once:
        why += f"；紧急申诉举报，同时发{'、'.join(catalogue.units[unit].name for unit in at_once)}（第12条）"
    assisting = tuple(unit for unit in _others(entry.assisting, lead, matter) if unit not in at_once)
    return Suggestion(lead=lead.id, assisting=assisting, at_once=at_once, why=why)


def _lead(matter: Matter, entry: Entry, catalogue: Catalogue) -> tuple[Unit | None, str]:
    if entry.lead != BY_PLACE:
        unit = catalogue.units[entry.lead]
        return unit, f"事项“{entry.name}”由{unit.name}主管（派单目录{catalogue.version}）"
    place = catalogue.government(matter.place)
    if place is None:
        return None, f"事项“{entry.name}”由属地负责，但不知道发生在哪个县（市、区）"
    return place, f"事项“{entry.name}”由属地{place.name}负责（派单目录{catalogue.version}）"


def _not_himself(unit: Unit, matter: Matter, catalogue: Catalogue, why: str) -> tuple[Unit | None, str]:
    """The unit above one that is complained of; None where there is none that is not complained of itself."""
    above: Unit | None = unit
    while above is not None and matter.appeal in ACCUSING and above.id in matter.accused:
        above = catalogue.units.get(above.above)
    if above is unit:
        return unit, why
    if above is None:
        return None, f"{unit.name}是被反映单位，没有上级单位可以承办"
    return above, f"{unit.name}是被反映单位，改派其上级{above.name}"


def _beside(matter: Matter, entry: Entry, catalogue: Catalogue) -> Iterable[str]:
    place = catalogue.government(matter.place)
    return tuple(unit for unit in (entry.bureau, entry.lead if entry.lead != BY_PLACE else "", place.id if place else "") if unit)


def _others(units: Iterable[str], lead: Unit, matter: Matter) -> Iterable[str]:
    accused = matter.accused if matter.appeal in ACCUSING else frozenset()
    return (unit for unit in dict.fromkeys(units) if unit != lead.id and unit not in accused)


def _to_office(why: str) -> Suggestion:
    return Suggestion(lead="", why=f"{why}；请市政管办指定（第12条）")
