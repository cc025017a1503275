"""Canaries: names, numbers and words planted in confidential tickets, and everything that anybody is told, scanned for them.

Every endpoint × every role and unit; lists, searches and their counts; error pages; notices; the access log and the process' own log.
Who may know what is written here once more by hand, not asked of tickets/views.py.
"""

import itertools
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from console.api_tickets import BASE
from hotline.access import UNIT_ROLES, Role
from tests.console.ticket_house import WHO, TicketHouse
from tickets.commands import COMMANDS

UNITS = {name: actor.unit for name, actor in WHO.items() if actor.roles <= UNIT_ROLES and actor.unit}
NOBODY = ("", "nothing", "administrator")


@dataclass(frozen=True, kw_only=True)
class Canary:
    """One planted ticket. `reader`: who may read its words; `knows`: who may know who reported it; the others may not know its number."""

    number: str
    words: str
    name: str
    phone: str
    account: str
    reader: frozenset[str]
    knows: frozenset[str]

    @property
    def ending(self) -> str:
        return self.phone[-8:]

    def forbidden_to(self, name: str) -> tuple[str, ...]:
        """Texts that must never reach him."""
        him = (self.name, self.phone, self.ending, self.account)
        if name in self.knows:
            return ()
        return him if name in self.reader else (*him, self.words, self.number)


PLATFORM = frozenset(WHO) - frozenset(UNITS) - frozenset(NOBODY)
READERS = frozenset({"auditor", "monitor", "archivist"})
"""They read, and need no citizen for it."""
WITH_TAX = frozenset({"tax", "tax-leader", "rc"})


@dataclass(frozen=True, kw_only=True)
class Aviary:
    """A house with its canaries."""

    house: TicketHouse
    canaries: tuple[Canary, ...]


def planted(house: TicketHouse, index: int, reader: frozenset[str], knows: frozenset[str], **body: Any) -> Canary:  # noqa: ANN401 - JSON
    """A ticket that is with the tax office, whose words name its citizen, too."""
    name, phone, account, words = f"金丝雀{index}号", f"1990000777{index}", f"wechat:oCanary{index}", f"翠羽暗号{index}"
    text = f"{words}，我是{name}，电话{phone}"
    whole = {"title": text, "content": f"{text}。请回电。", "address": f"{words}路8号", "calls": [f"hl1-{index}"], **body}
    record = {"call": f"hl1-{index}", "caller": phone, "words": words}
    house.calls.kept[f"hl1-{index}"] = {
        **dict.fromkeys(("key", "revision", "channel", "called", "received_at"), ""),
        "contact_phone": phone,
        "record": record,
    }
    number = house.filed("cleared", citizen={"name": name, "phone": phone, "account": account}, **whole)
    house.done(number, "dispatch", "cleared", why=f"{words}，{name}反映")
    return Canary(number=number, words=words, name=name, phone=phone, account=account, reader=reader, knows=knows)


@pytest.fixture
def aviary() -> Aviary:
    house = TicketHouse()
    one = planted(house, 1, PLATFORM | WITH_TAX, PLATFORM - READERS, secrecy=1)
    two = planted(house, 2, PLATFORM | WITH_TAX - {"rc"}, frozenset({"cleared"}), accused=["env"], appeal="举报")
    house.done(two.number, "mark-accused", "cleared", units=["rc"])  # it has had the ticket until then
    three = planted(house, 3, frozenset({"cleared"}), frozenset({"cleared"}), secrecy=3)
    return Aviary(house=house, canaries=(one, two, three))


def told(aviary: Aviary, name: str) -> Iterator[tuple[str, str]]:
    """(what was asked, everything that came back) for one who asks for everything."""
    house = aviary.house
    for canary in aviary.canaries:
        for path in (
            f"{BASE}/{canary.number}",
            f"{BASE}/{canary.number}/history",
            f"{BASE}/{canary.number}/alike",
            f"{BASE}/{canary.number}/calls",
        ):
            yield path, _all(house.get(path, name))
        for ask in ({"words": [canary.words]}, {"phone": canary.phone}, {"words": [canary.name]}, {"words": [canary.ending]}):
            yield f"search {ask}", _all(house.post(f"{BASE}/search", name, ask))
        for command in COMMANDS:
            yield command, _all(house.post(f"{BASE}/{canary.number}/{command}", name, {"why": "x"}))
        yield "progress", _all(house.get("/api/v1/progress", params={"number": canary.number, "last4": canary.phone[-4:]}))
        yield "progress", _all(house.post("/api/v1/progress", "", {"number": canary.number, "contact": canary.phone}))
        yield "open311", _all(house.get(f"/open311/v2/requests/{canary.number}.json"))
    for path in (
        BASE,
        f"{BASE}?limit=1",
        f"{BASE}?unit=tax",
        f"{BASE}?code=01",
        "/open311/v2/requests.json",
        "/open311/v2/services.json",
        "/api/v1/drafts",
    ):
        yield path, _all(house.get(path, name))
    yield "openapi", json.dumps(house.app.openapi(), ensure_ascii=False)


def _all(answer: object) -> str:
    return f"{answer.status_code} {dict(answer.headers)} {answer.text}"  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*WHO, ""])
def test_nobody_is_told_what_is_not_for_him(aviary: Aviary, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for what, text in told(aviary, name):
        for canary in aviary.canaries:
            found = [word for word in canary.forbidden_to(name) if word in text]
            assert not found, f"{name or 'nobody'} asked {what} and was told {found}: {text[:400]}"
    spoken = " ".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert not [word for canary in aviary.canaries for word in (canary.name, canary.phone, canary.words, canary.account) if word in spoken]


@pytest.mark.parametrize("name", [name for name in WHO if name not in NOBODY and name != "cleared"])
def test_the_count_of_a_search_tells_nothing_either(aviary: Aviary, name: str) -> None:
    """Word for word the same answer as for something that nobody ever wrote."""
    house = aviary.house
    nothing = house.post(f"{BASE}/search", name, {"words": ["从未写过"]})
    for canary in aviary.canaries:
        asked = [{"phone": canary.phone}, {"words": [canary.name]}, {"words": [canary.account]}] if name not in canary.knows else []
        asked += [{"words": [canary.words]}] if name not in canary.reader else []
        for ask in asked:
            assert house.post(f"{BASE}/search", name, ask).content == nothing.content, (name, ask)


def test_who_may_know_does_know_so_that_this_test_can_fail(aviary: Aviary) -> None:
    for canary, name in itertools.product(aviary.canaries, WHO):
        text = aviary.house.get(f"{BASE}/{canary.number}", name).text
        assert (canary.words in text) is (name in canary.reader), (canary.number, name)
        assert (canary.phone in text) is (name in canary.knows), (canary.number, name)


UNCLEARED = [name for name in WHO if name not in (*NOBODY, "cleared")]


@pytest.mark.parametrize("name", UNCLEARED)
def test_no_two_answers_together_tell_who_reported_it(name: str) -> None:
    """An open ticket shows its citizen. Whatever leads from it to his report, or back, names him."""
    house = TicketHouse()
    whole: dict[str, Any] = {
        "citizen": {"name": "金丝雀九号", "phone": "19900007779"},
        "place": "445202",
        "title": "翠羽九号",
        "content": "翠羽九号噪声",
    }
    mixed, report = house.filed(**whole), house.filed(appeal="举报", **whole)
    house.done(mixed, "split", "agent", title="受贿", content="局长受贿", left="噪声")
    house.done(mixed, "link-to", "agent", to=report, how="重复诉求")
    again = house.filed(**{**whole, "repeats": report})
    reports = {report, *house.tickets.kept} - {mixed, again}
    assert len(reports) == 2
    for number in (mixed, again):
        texts = [house.get(f"{BASE}/{number}{path}", name).text for path in ("", "/history")]
        assert not [each for each in reports for text in texts if each in text], texts
    for number in reports:
        texts = [house.get(f"{BASE}/{number}{path}", name).text for path in ("", "/history")]
        assert not [each for each in (mixed, again) for text in texts if each in text], texts
    for number in (mixed, again, *reports):
        found = house.get(f"{BASE}/{number}/alike", name)
        told = found.json()["candidates"] if found.status_code == 200 else []
        across = [each for each in told if (each["number"] in reports) is not (number in reports)]
        assert not [each for each in across if each["repeat"] or "同一诉求人" in each["reasons"]], across


def test_no_notice_and_no_line_of_the_access_log_holds_a_canary(aviary: Aviary) -> None:
    texts = [repr(aviary.house.tickets.notices), repr(aviary.house.log.lines)]
    for canary in aviary.canaries:
        assert not [word for word in (canary.name, canary.phone, canary.words, canary.account) for text in texts if word in text]


def test_every_role_and_an_accused_unit_are_among_those_who_ask() -> None:
    assert {role for actor in WHO.values() for role in actor.roles} == set(Role) - {Role.CLOCK}
    assert "env" in UNITS.values()
