"""`scripts/ledger reconcile-pushes` and `replay` against a real backend: what is missing there is found, named and pushed again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.cli import main
from hotline.messages import Receipt
from records.model import CallRecord, to_json
from storage.engine import open_for_writing
from storage.layout import Layout
from storage.ledger import LedgerBook
from storage.migrate import migrate
from storage.outbox import Outbox
from tests.storage.city_backend import CityBackend, running
from tickets.policy import draft_of

SECRET = "a-secret-for-this-test-only"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
CALLS = tuple(f"hl1-1764000000.{place}" for place in range(4))


@dataclass(kw_only=True)
class House:
    """Four calls of a day; all were delivered to the city."""

    var: Path
    config: Path
    city: CityBackend
    engine: Engine

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.engine)

    def run(self, *words: str) -> int:
        return main(["ledger", *words, "--var", str(self.var), "--config", str(self.config)])

    def due(self) -> set[str]:
        return {call for call, _, _ in self.outbox.due(datetime.now(UTC))}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    layout = Layout(var=tmp_path)
    layout.make()
    migrate(layout.ledger)
    engine = open_for_writing(layout.ledger)
    with running(CityBackend(secret=SECRET)) as city:
        (tmp_path / "secrets.toml").write_text(
            f'ami_password = "{"x" * 24}"\nticket_token = "a-token"\nticket_secret = "{SECRET}"\n', encoding="utf-8"
        )
        config = tmp_path / "hotline.toml"
        config.write_text(f'[tickets]\nsink = "http"\nurl = "{city.url}"\n', encoding="utf-8")
        house = House(var=tmp_path, config=config, city=city, engine=engine)
        for call in CALLS:
            deliver(house, call)
        yield house
    engine.dispose()


def deliver(house: House, call: str) -> None:
    book = LedgerBook(house.engine)
    revision = book.keep_record(to_json(CallRecord(call=call, arrived=NOON)), now=NOON)
    draft = draft_of(book.revision_of(call, revision))
    said = house.city.file({**draft.__dict__})
    house.outbox.delivered(call, revision, Receipt(reference=said["reference"], fresh=True))


def test_two_sides_that_agree_are_no_trouble(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert house.run("reconcile-pushes", "--day", "2026-11-23") == 0
    assert capsys.readouterr().out == "2026-11-23：4 次通话 calls：两边一致 both sides agree\n"


@pytest.mark.parametrize("lists_days", [True, False])
def test_what_the_backend_lost_is_named_and_on_demand_pushed_again(
    house: House, capsys: pytest.CaptureFixture[str], lists_days: bool
) -> None:
    house.city.lists_days = lists_days
    house.city.lose(CALLS[2])
    assert house.run("reconcile-pushes", "--day", "2026-11-23") == 1
    assert f"{CALLS[2]}/1  对方没有 missing" in capsys.readouterr().out
    assert house.due() == set(), "without --requeue nothing is changed"
    assert house.run("reconcile-pushes", "--day", "2026-11-23", "--requeue") == 0
    assert "pushed again 1" in capsys.readouterr().out
    assert house.due() == {CALLS[2]}


def test_what_only_a_person_can_mend_is_listed_with_its_reason_and_not_pushed(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.city.knows_keys = False
    draft = house.city.held(CALLS[0])[0]["draft"]
    house.city.file(draft)
    house.city.file({**draft, "key": "hl9-1.1"})
    house.outbox.refused(CALLS[3], 1, "400: no such district")
    assert house.run("reconcile-pushes", "--day", "2026-11-23", "--requeue") == 1
    out = capsys.readouterr().out
    assert f"{CALLS[0]}/1  对方有多份 doubled there  city/1、city/5" in out
    assert "hl9-1.1/1  本机没有这次通话 no such call here  city/6" in out
    assert f"{CALLS[3]}/1  推送不成功 could not be delivered  400: no such district" in out
    assert house.due() == set()


def test_a_call_that_the_backend_counts_to_another_day_is_not_missing(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.city.held(CALLS[1])[0]["draft"]["received_at"] = "2026-11-23T16:00:00.000000Z"
    assert house.run("reconcile-pushes", "--day", "2026-11-23") == 0
    assert "两边一致" in capsys.readouterr().out


def test_a_day_or_a_call_is_pushed_once_more(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert house.run("replay", "--call", CALLS[1]) == 0
    assert house.due() == {CALLS[1]}
    assert house.run("replay", "--day", "2026-11-23") == 0
    assert "3 份" in capsys.readouterr().out, "what waits already is left alone"
    assert house.due() == set(CALLS) - {CALLS[1]}


@pytest.mark.parametrize("words", [(), ("--day", "2026-11-23", "--call", CALLS[0]), ("--day", "23.11.2026"), ("--call", "hl1-9.9")])
def test_what_cannot_be_meant_is_refused_in_words(house: House, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert house.run("replay", *words) == 1
    assert capsys.readouterr().err


def test_drafts_that_stay_in_the_house_need_no_reconciliation(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.config.write_text("", encoding="utf-8")
    assert house.run("reconcile-pushes") == 0
    assert "无需对账" in capsys.readouterr().out


def test_a_backend_that_says_no_stops_the_reconciliation(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.city.secret = "another"
    assert house.run("reconcile-pushes", "--day", "2026-11-23", "--requeue") == 1
    assert "401" in capsys.readouterr().err
    assert house.due() == set()
