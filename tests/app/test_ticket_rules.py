from datetime import date
from pathlib import Path

import pytest

from app.settings import Tickets
from app.ticket_rules import SHIPPED, read_catalogue, ticket_rules
from hotline.errors import BadSettings
from tickets.dispatch import BY_PLACE, Unit

TAX = {"shuiwu": Unit(id="shuiwu", name="市税务局")}


def _file(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(f'version = "1"\nsince = 2026-01-01\n{text}', encoding="utf-8")
    return path


def test_a_new_system_without_units_leaves_every_matter_to_its_place_or_the_office() -> None:
    rules = ticket_rules(Tickets(), {})
    assert rules.catalogue.units == {}
    assert {entry.lead for entry in rules.catalogue.entries} == {BY_PLACE, ""}
    assert rules.follow[0].name == "jieyang-2015"
    assert rules.off == frozenset()


def test_a_unit_gets_its_matters_once_it_is_registered() -> None:
    entry = read_catalogue(SHIPPED / "example.toml", TAX).entry("0302")
    assert entry is not None
    assert entry.lead == "shuiwu"


def test_of_a_line_only_what_is_registered_counts(tmp_path: Path) -> None:
    text = '[[entries]]\ncode = "03"\nname = "税务"\nlead = "nobody"\nbureau = "shuiwu"\nassisting = ["shuiwu", "nobody"]\n'
    catalogue = read_catalogue(_file(tmp_path, text), TAX)
    assert (catalogue.version, catalogue.since) == ("1", date(2026, 1, 1))
    assert [(entry.lead, entry.bureau, entry.assisting) for entry in catalogue.entries] == [("", "shuiwu", ("shuiwu",))]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[entries]]\n", "code"),
        ('[[entries]]\ncode = "税"\nname = "税务"\n', "code"),
        ('[[entries]]\ncode = "1"\nname = "a"\n[[entries]]\ncode = "1"\nname = "b"\n', "重复"),
        ("[[entries]\n", "TOML"),
        ("colour = 1\n", "colour"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadSettings, match=says) as raised:
        read_catalogue(_file(tmp_path, text), {})
    assert "own.toml" in str(raised.value)


def test_a_file_that_is_not_there_says_so() -> None:
    with pytest.raises(BadSettings, match=r"no-such\.toml"):
        ticket_rules(Tickets(catalogue="no-such"), {})
