"""What somebody may see (article 10): nobody is shown a name, a number or a report that is not for him."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.access import SYSTEM, Actor, Role
from hotline.workdays import CHINA
from tests.tickets.cases import (
    ACCOUNT,
    AGENT,
    ARCHIVIST,
    AUDITOR,
    CALLER,
    CITIZEN,
    CLEARED,
    GOOD,
    MONITOR,
    NAME,
    OFFICE,
    PHONE,
    RULES,
    SUPERVISOR,
    Life,
    closed,
    filed,
    handler,
    off,
    received,
    replied,
    sent,
)
from tickets import commands as c
from tickets.rules import Rules
from tickets.snapshot import entry_to_json, to_json
from tickets.terms import Appeal
from tickets.ticket import Link, LinkKind, Satisfaction, Secrecy
from tickets.views import STATE_WORDS, View, named_by, progress, seen_by, visible

TAX = handler("tax")
EVERYBODY = (AGENT, SUPERVISOR, OFFICE, CALLER, ARCHIVIST, AUDITOR, MONITOR, TAX, handler("rc"), handler("pn"), handler("tax-rc"))
TOLD = f"我是{NAME}，电话199 0000 1234或{PHONE}，微信{ACCOUNT}，证人电话13800000000"


def seen(life: Life, actor: Actor) -> View | None:
    return seen_by(life.ticket, life.history, actor, life.rules)


def text_of(view: View | None) -> str:
    assert view is not None
    return repr((to_json(view.ticket), [entry_to_json(entry) for entry in view.history], view))


def telling(appeal: Appeal, secrecy: Secrecy = Secrecy.OPEN, *, rules: Rules = RULES) -> Life:
    """A ticket that is full of what names its citizen, wherever words can stand."""
    words: dict[str, Any] = {
        "title": f"{NAME}反映",
        "content": TOLD,
        "address": f"榕城区，{PHONE}",
        "calls": ("hl1-1.1",),
        "key": "wechat:m-1",
    }
    life = received(appeal, rules=rules, secrecy=secrecy, **words)
    life.do(c.Contact(note=TOLD), TAX).do(c.NoteCall(call="hl1-2.2"), AGENT)
    life.do(c.AskExtension(until=life.at + timedelta(days=90), legal_term=TOLD, basis=TOLD, why=TOLD), TAX)
    life.do(c.AskReturn(facts=TOLD, legal_basis="x", proposed=TOLD), TAX)
    life.do(c.Reply(text=GOOD + TOLD, satisfied=Satisfaction.NOT), TAX).do(c.ReportClosed(result=TOLD), TAX)
    return life.do(c.ComplainOf(words=TOLD), CALLER)


def test_a_unit_sees_its_own_tickets_and_no_others() -> None:
    life = sent()
    assert [actor.id for actor in EVERYBODY if not visible(life.ticket, actor, RULES)] == ["p-pn", "p-tax-rc"]
    assert seen(life, handler("pn")) is None
    life.do(c.Receive(), TAX).do(c.SubDispatch(to="tax-rc"), TAX)
    assert seen(life, handler("tax-rc"))


def test_who_has_no_part_in_tickets_sees_none() -> None:
    life = sent()
    for actor in (
        Actor(id="p-9", roles=frozenset({Role.ADMINISTRATOR})),
        replace(TAX, unit=""),
        replace(AGENT, scopes=frozenset({"board"})),
    ):
        assert seen(life, actor) is None


def test_an_open_ticket_is_shown_whole_to_who_works_on_it() -> None:
    for actor in (AGENT, TAX, SYSTEM):
        view = seen(sent(), actor)
        assert view
        assert view.ticket.citizen == CITIZEN


@pytest.mark.parametrize("actor", [MONITOR, AUDITOR, ARCHIVIST])
def test_who_watches_or_archives_needs_no_number(actor: Actor) -> None:
    view = seen(sent(), actor)
    assert view
    assert (view.ticket.citizen.phone, view.ticket.citizen.name) == ("199****1234", "诉**")
    assert PHONE not in text_of(view)


def test_a_secret_contact_is_hidden_from_units_wherever_it_stands() -> None:
    shown = text_of(seen(telling(Appeal.COMPLAINT, Secrecy.CONTACT), TAX))
    for canary in (NAME, PHONE, ACCOUNT, "199 0000 1234", "hl1-"):
        assert canary not in shown
    assert "199****1234" in shown
    assert PHONE in text_of(seen(telling(Appeal.COMPLAINT, Secrecy.CONTACT), CALLER))
    assert PHONE in text_of(seen(telling(Appeal.COMPLAINT, Secrecy.CONTACT, rules=off("10-1a")), TAX))


@pytest.mark.parametrize("actor", [TAX, AGENT, CALLER, MONITOR, replace(TAX, cleared=3)])
def test_who_reported_it_is_hidden_from_everybody_who_is_not_cleared(actor: Actor) -> None:
    view = seen(telling(Appeal.REPORT), actor)
    shown = text_of(view)
    for canary in (NAME, PHONE, ACCOUNT, "199", "13800000000", "hl1-", "wechat"):
        assert canary not in shown
    assert view
    assert "citizen" in view.hidden
    assert PHONE in text_of(seen(telling(Appeal.REPORT, rules=off("10-1b")), actor)) or actor is MONITOR


def test_who_is_cleared_and_belongs_to_the_platform_sees_it() -> None:
    assert PHONE in text_of(seen(telling(Appeal.REPORT), CLEARED))


def test_what_is_secret_exists_only_for_who_is_cleared() -> None:
    life = filed(secrecy=Secrecy.SECRET)
    assert [actor.id for actor in (*EVERYBODY, CLEARED) if visible(life.ticket, actor, RULES)] == [CLEARED.id]
    assert visible(life.ticket, AGENT, off("10-2a"))


def test_the_accused_and_all_below_them_never_see_it() -> None:
    life = sent(Appeal.COMPLAINT)
    assert seen(life, TAX)
    marked = life.do(c.MarkAccused(units=frozenset({"tax"})), AGENT)
    assert marked.whats() == ["accused_marked", "withdrawn"]
    still = replace(life.ticket, lead="tax", below=("tax-rc",))
    assert [unit for unit in ("tax", "tax-rc") if visible(still, handler(unit), RULES)] == []
    assert visible(still, TAX, off("10-1c"))


def test_a_unit_with_designated_staff_shows_it_to_them_alone() -> None:
    ticket = replace(sent().ticket, staff=frozenset({"p-7"}))
    assert not visible(ticket, TAX, RULES)
    assert visible(ticket, replace(TAX, id="p-7"), RULES)


def test_a_report_that_was_split_off_leaves_no_trace_for_the_unit() -> None:
    life = sent(Appeal.COMPLAINT, title="噪声和受贿", content="噪声；局长受贿")
    life.do(c.Split(title="受贿", content="局长受贿", left="噪声", left_title="噪声"), AGENT)
    shown = text_of(seen(life, TAX))
    assert "受贿" not in shown
    assert "20260302000099" not in shown
    assert "20260302000099" not in text_of(seen(life, AGENT))
    assert "20260302000099" in text_of(seen(life, CLEARED))


def test_no_unit_sees_what_was_handed_to_the_inspection() -> None:
    life = received().do(c.HandToInspection(clause="28-6", evidence=("同事反映",)), OFFICE)
    assert "同事反映" not in text_of(seen(life, TAX))
    assert "同事反映" in text_of(seen(life, MONITOR))


def test_links_to_other_citizens_are_hidden_from_units() -> None:
    life = sent()
    ticket = replace(life.ticket, links=(Link(to="1", how=LinkKind.REDO), Link(to="2", how=LinkKind.REPEAT)))
    beside = {"1": Secrecy.OPEN, "2": Secrecy.OPEN}
    view = seen_by(ticket, life.history, TAX, RULES, beside=beside)
    assert view
    assert [link.to for link in view.ticket.links] == ["1"]


def test_another_ticket_of_which_nothing_is_known_is_named_to_the_cleared_alone() -> None:
    ticket = replace(sent().ticket, links=(Link(to="1", how=LinkKind.REDO),), repeats="2", merged_into="3", merged=("4",), redo_of="5")
    assert named_by(ticket, ()) == {"1", "2", "3", "4", "5"}
    for actor, shown in ((AGENT, 0), (CLEARED, 5)):
        view = seen_by(ticket, (), actor, RULES)
        assert view
        assert len(named_by(view.ticket, ())) == shown


def test_the_buttons_are_those_that_he_may_press_now() -> None:
    view, platform, watcher = seen(sent(), TAX), seen(sent(), OFFICE), seen(sent(), MONITOR)
    assert view
    assert {"receive", "ask-return"} <= set(view.possible)
    assert not {"report-closed", "archive", "dispatch", "judge"} & set(view.possible)
    assert platform
    assert "withdraw" in platform.possible
    assert watcher
    assert watcher.possible == ()


def test_progress_is_state_and_dates_and_nothing_else() -> None:
    life = replied()
    told = progress(life.ticket, life.history)
    assert told
    assert (told.number, told.state) == (life.number, "已答复")
    assert told.dates == {"受理": date(2026, 3, 2), "派单": date(2026, 3, 2), "答复": date(2026, 3, 2)}
    waiting = progress(sent().ticket, ())
    assert waiting
    assert waiting.dates["办理期限"] == date(2026, 3, 9)
    assert PHONE not in repr(told)


def test_progress_tells_chinas_day() -> None:
    life = filed()
    told = progress(replace(life.ticket, filed_at=life.at.replace(hour=0, minute=30).astimezone(tz=None)), ())
    assert told
    assert told.dates["受理"] == life.at.astimezone(CHINA).date()


@pytest.mark.parametrize("life", [0, 1, 2])
def test_nobody_learns_the_progress_of_what_is_secret(life: int) -> None:
    secret = (filed(Appeal.REPORT), filed(secrecy=Secrecy.CONTACT), filed(secrecy=Secrecy.SECRET))[life]
    assert progress(secret.ticket, secret.history) is None


def test_every_state_that_a_citizen_may_ask_for_has_words() -> None:
    assert {state.value for state in set(type(closed().ticket.state)) - set(STATE_WORDS)} == {"draft"}


@settings(max_examples=25)
@given(words=st.text("欧阳诸葛司马上官", min_size=2, max_size=4), digits=st.integers(0, 9999))
def test_whatever_a_reporter_is_called_no_unit_reads_it(words: str, digits: int) -> None:
    phone = f"1990000{digits:04d}"
    citizen = replace(CITIZEN, name=words, phone=phone, account="")
    told: dict[str, Any] = {"citizen": citizen, "title": "举报", "content": f"甲乙丙{words}丁{phone}", "code": "01"}
    life = filed(Appeal.REPORT, **told).do(c.Dispatch(lead="tax", why="x"), AGENT)
    shown = seen(life, TAX)
    assert shown
    assert words not in shown.ticket.content
    assert phone not in text_of(shown)
