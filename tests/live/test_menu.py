"""The shipped menu on a real line: every key, every prompt cut short, silence, wrong keys, hours and days by a clock that is set.
What happened is read from the calls' journals (tests/live/menus.py).
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from app.line_book import LineBook
from app.line_call import try_call
from app.settings import Agent
from hotline.line import Priority
from hotline.workdays import CHINA
from runtime.binaries import AsteriskHome
from tests.fakes.fake_clock import MovedClock
from tests.live.carrier import Carrier
from tests.live.cell import LINES, Cell
from tests.live.menus import SHIPPED, Caller, Story, agi_by, publish, without_rehearsals
from tests.live.switch import until
from tests.live.tones import lay_tones

LONG_S = 1.0
"""Prompts so long that a key is in the middle of them for sure."""
DAY = datetime(2026, 12, 1, 10, 0, tzinfo=CHINA)
NIGHT = datetime(2026, 12, 1, 23, 30, tzinfo=CHINA)
SKILLS = ("enterprise", "progress", "social-security", "medical", "housing-fund", "teochew", "english")
NOTICED_S = 1.0
"""The promise: new calls hear a publication within a second."""
IN_THE_LINE = "over handed_over:waiting"
IN_THE_EMERGENCY = "over handed_over:emergency"
PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)


class Desk:
    """The line with the shipped menu, by a clock that a test sets."""

    def __init__(self, cell: Cell, carrier: Carrier, clock: MovedClock) -> None:
        self.cell, self.carrier, self.clock = cell, carrier, clock
        self._numbers = itertools.count(1)

    def caller(self) -> Caller:
        return Caller(self.cell, self.carrier, f"1990000{next(self._numbers):04d}")

    def calls(self, stories: list[Story], at: datetime = DAY) -> list[list[str]]:
        """All of these calls at the same time; what their journals say in the end."""
        self.clock.set(at)
        callers = [self.caller().dial() for _ in stories]
        with ThreadPoolExecutor(len(stories)) as pool:
            tracks = list(pool.map(lambda each: each[0].live(each[1]), zip(callers, stories, strict=True)))
        for caller in callers:
            caller.hang_up()
        return tracks

    def skills(self) -> Counter[str]:
        """What those whom the menu led into the line want of their agents, since the last test; without unreached emergencies."""
        waits = self.cell.ami.seen("UserEvent", UserEvent="CitizenWaits")
        return Counter(event["Skills"] for event in waits if int(event["Rank"]) < Priority.EMERGENCY)


@pytest.fixture(scope="module")
def module_desk(asterisk_home: AsteriskHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    prompts = lay_tones(tmp_path_factory.mktemp("prompts"), LONG_S)
    with (
        Carrier(asterisk_home) as carrier,
        Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), lines=LINES[:1], prompts=prompts) as cell,
    ):
        cell.start()
        carrier.start(cell_port=cell.settings.sip.port, phones=cell.phones())
        publish(cell, SHIPPED, "2026.1", PUBLISHED)
        clock = MovedClock(DAY)
        able = cell.settings.model_copy(update={"agents": (Agent(id="1001", name="坐席1001", skills=SKILLS),)})
        with agi_by(clock, able, cell):
            yield Desk(cell, carrier, clock)


@pytest.fixture
def desk(module_desk: Desk) -> Iterator[Desk]:
    module_desk.cell.ami.mark()
    yield module_desk
    module_desk.carrier.ami.action("Hangup", Channel="/^PJSIP/", Cause="16")
    module_desk.cell.settle()


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def test_every_key_of_the_main_menu_leads_where_the_menu_says(desk: Desk) -> None:
    ways = {"1": "enterprise", "2": "progress", "0": "", "7": "teochew", "8": "english"}
    stories: list[Story] = [[("at line main", key), (f"key main {key}", ""), (IN_THE_LINE, "")] for key in ways]
    stories += [
        [("at line main", "3"), ("at line insurance", "")],
        [("at line main", "9"), ("key main 9", "1"), ("key main 1", ""), (IN_THE_LINE, "")],
        [("at line main", "*"), ("key main *", ""), ("at emergency-key", ""), (IN_THE_EMERGENCY, "")],
        [("at line main", "#"), ("key main -", ""), (IN_THE_LINE, "")],
    ]
    tracks = desk.calls(stories)
    chosen = ["at welcomed enterprise", "at welcomed progress", "at welcomed", "at welcomed teochew", "at welcomed english"]
    assert [next(words for words in track if words.startswith("at welcomed")) for track in tracks[:5]] == chosen
    assert "said language-chosen" in tracks[3]
    assert desk.skills() == Counter({"enterprise": 2, "progress": 1, "": 2, "teochew": 1, "english": 1})


def test_every_key_of_the_second_menu_leads_where_the_menu_says(desk: Desk) -> None:
    to_it = [("at line main", "3")]
    ways = {"1": "social-security", "2": "medical", "3": "housing-fund", "0": ""}
    stories: list[Story] = [[*to_it, ("at line insurance", key), (f"key insurance {key}", ""), (IN_THE_LINE, "")] for key in ways]
    stories += [
        [*to_it, ("at line insurance", "4"), ("said office-hours", ""), ("at line insurance", "")],
        [*to_it, ("at line insurance", "9"), ("key insurance 9", "2"), ("key insurance 2", ""), (IN_THE_LINE, "")],
        [*to_it, ("at line insurance", "*"), ("at emergency-key", ""), (IN_THE_EMERGENCY, "")],
    ]
    desk.calls(stories)
    assert desk.skills() == Counter({"social-security": 1, "medical": 2, "housing-fund": 1, "": 1})


def test_every_key_of_the_night_leads_where_the_menu_says(desk: Desk) -> None:
    stories: list[Story] = [
        [("at line night", "3"), ("said leave-message", ""), ("message night", "")],
        [("at line night", "7"), ("at welcomed teochew", ""), (IN_THE_LINE, "")],
        [("at line night", "8"), ("at welcomed english", ""), (IN_THE_LINE, "")],
        [("at line night", "0"), ("at welcomed", ""), (IN_THE_LINE, "")],
        [("at line night", "*"), ("at emergency-key", ""), (IN_THE_EMERGENCY, "")],
        [("at line night", ""), ("key night -", ""), (IN_THE_LINE, "")],
    ]
    desk.calls(stories, NIGHT)
    assert desk.skills() == Counter({"": 2, "teochew": 1, "english": 1})


def test_silence_is_a_human_and_so_are_three_wrong_keys_and_one_wrong_key_costs_a_try(desk: Desk) -> None:
    silent, lost, mended = desk.calls(
        [
            [("at line main", ""), ("key main -", ""), ("said connecting-to-agent", ""), (IN_THE_LINE, "")],
            [("at line main", "5"), ("key main 5", "6"), ("key main 6", "4"), ("key main 4", ""), (IN_THE_LINE, "")],
            [("at line main", "5"), ("key main 5", "1"), ("key main 1", ""), (IN_THE_LINE, "")],
        ]
    )
    assert [words for words in silent if words.startswith("said")] == ["said greeting", "said recording-notice", "said connecting-to-agent"]
    assert [words for words in lost if words.startswith("key")] == ["key main 5", "key main 6", "key main 4"]
    assert desk.skills() == Counter({"": 2, "enterprise": 1})
    assert "at welcomed enterprise" in mended


# ── barge-in ─────────────────────────────────────────────────────────────────────────────────────


def test_a_key_cuts_every_prompt_short(desk: Desk) -> None:
    """Menus and their second saying are cut by the keys above: their keys come in the middle of them."""
    greeting, notice, office, chosen, connecting, emergency = desk.calls(
        [
            [("at line", "0"), ("said greeting cut", ""), ("said connecting-to-agent recording-notice", ""), (IN_THE_LINE, "")],
            [("said greeting", "3"), ("said recording-notice cut", ""), ("key main 3", ""), ("at line insurance", "")],
            [("at line main", "3"), ("at line insurance", "4"), ("key insurance 4", "1"), ("said office-hours cut", ""), (IN_THE_LINE, "")],
            [("at line main", "7"), ("key main 7", "0"), ("said language-chosen cut", ""), (IN_THE_LINE, "")],
            [("at line main", "1"), ("at welcomed enterprise", "5"), ("said connecting-to-agent cut", ""), (IN_THE_LINE, "")],
            [("said greeting", "*"), ("said recording-notice cut", ""), ("at emergency-key", ""), (IN_THE_EMERGENCY, "")],
        ]
    )
    assert "said recording-notice" not in greeting
    assert not any("connecting-to-agent recording-notice" in words for words in chosen + connecting + emergency)
    assert "key insurance 1" in office
    assert notice.index("key main 3") < notice.index("at line insurance")


def test_a_key_cuts_the_words_before_a_message_short(desk: Desk) -> None:
    human, message = desk.calls(
        [
            [("at line night", "3"), ("key night 3", "0"), ("said leave-message cut", ""), (IN_THE_LINE, "")],
            [("at line night", "3"), ("key night 3", "5"), ("said leave-message cut", ""), ("message night", "")],
        ],
        NIGHT,
    )
    assert "message night" not in human
    assert "said leave-message" not in message


# ── hours and days ───────────────────────────────────────────────────────────────────────────────

MOMENTS = (
    ("2026-12-01T06:59:50", "greeting", "night"),
    ("2026-12-01T07:00:00", "greeting", "main"),
    ("2026-12-01T21:59:50", "greeting", "main"),
    ("2026-12-01T22:00:00", "greeting", "night"),
    ("2026-12-05T12:00:00", "greeting", "main"),  # a Saturday: the line is open every day
    ("2027-02-04T23:59:50", "greeting", "night"),
    ("2027-02-05T12:00:00", "greeting-spring", "main"),
    ("2027-02-12T23:00:00", "greeting-spring", "night"),
    ("2027-02-13T12:00:00", "greeting", "main"),
)


def test_hours_and_greetings_follow_the_clock(desk: Desk) -> None:
    met = _met(desk, [moment for moment, _, _ in MOMENTS])
    assert met == [(f"said {greeting}", f"at line {menu}") for _, greeting, menu in MOMENTS]


def test_holidays_and_made_up_workdays_follow_the_clock_from_a_publication_for_a_date_on(desk: Desk) -> None:
    text = SHIPPED.replace('"2026.1"', '"2026.holidays"').replace('days = "every-day" ', 'days = "workdays" ')
    text = text.replace('outside = "menu:night" ', 'outside = "menu:night"\non_holiday = "menu:insurance" ')
    text = without_rehearsals(text) + '[[holiday]]\nname = "台风停工"\nfirst = 2026-10-20\nlast = 2026-10-20\n'
    desk.clock.set(datetime(2026, 9, 20, tzinfo=CHINA))
    publish(desk.cell, text, "2026.holidays", datetime(2026, 9, 28, tzinfo=CHINA))
    publish(desk.cell, SHIPPED, "2026.1", datetime(2026, 11, 1, tzinfo=CHINA))
    asyncio.run(asyncio.sleep(NOTICED_S))
    menus = {
        "2026-09-26T12:00:00": "main",  # before it counts: a Saturday of the old version
        "2026-09-28T12:00:00": "main",
        "2026-10-01T12:00:00": "insurance",  # 国庆
        "2026-10-10T12:00:00": "main",  # a Saturday on which everybody works (调休)
        "2026-10-17T12:00:00": "night",  # one on which nobody does
        "2026-10-20T12:00:00": "insurance",  # the city's own holiday
        "2026-11-07T12:00:00": "main",  # a Saturday after it counted
    }
    assert [menu for _, menu in _met(desk, list(menus))] == [f"at line {menu}" for menu in menus.values()]


def _met(desk: Desk, moments: list[str]) -> list[tuple[str, str]]:
    """What was said first, and the menu that he came to; the moment of a call is that of its arrival."""
    callers = []
    for moment in moments:
        desk.clock.set(datetime.fromisoformat(moment).replace(tzinfo=CHINA))
        callers.append(desk.caller().dial())
    for caller in callers:
        until(caller.has_come_to_a_menu, within_s=20, what="a menu")
    tracks = [caller.track for caller in callers]
    for caller in callers:
        caller.hang_up()
    return [tuple(next(words for words in track if words.startswith(begin)) for begin in ("said ", "at line ")) for track in tracks]  # type: ignore[misc]


# ── drafts, publications ─────────────────────────────────────────────────────────────────────────


def test_an_agent_s_phone_hears_the_draft_and_nobody_else_does(desk: Desk) -> None:
    text = SHIPPED.replace('"2026.1"', '"2026.2"').replace("timeout_s = 3 ", "timeout_s = 4 ")
    desk.clock.set(DAY)
    book = LineBook(desk.cell.places.line)
    until(lambda: "Avail" in desk.cell.cli("pjsip show aor 1001"), within_s=10, what="the agent's telephone has registered")
    asyncio.run(try_call(text, "2026.2", agent="1001", number="12345", settings=desk.cell.settings, secrets=desk.cell.secrets, book=book))
    journals = desk.cell.var / "journal" / "open"
    until(
        lambda: any("plan=draft-2026.2-" in path.read_text(encoding="utf-8") for path in journals.glob("*.jsonl")),
        what="the draft is heard",
    )
    citizen = desk.caller().dial()
    citizen.live([("at line main", "")])
    assert citizen.plans == {"2026.1"}
