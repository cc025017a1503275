"""Who works here: the settings first, then the table."""

import logging
from pathlib import Path

import pytest

from app.places import Places
from app.settings import Agent, Settings
from app.staff import as_told, employee, staff_book, staffed
from hotline.identity import AgentId
from storage.layout import Layout
from storage.migrate import prepare_ledger
from tests.fakes.fake_clock import NOON

TOLD = Agent(id="1001", name="甲", skills=("tax:3",), supervisor=True, after_call_seconds=7)
SETTINGS = Settings(agents=(TOLD, Agent(id="1002", name="乙")))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(var=tmp_path)
    places.make()
    prepare_ledger(Layout(var=tmp_path))
    return places


def test_an_agent_of_the_settings_is_the_same_one_in_the_table() -> None:
    assert as_told(employee(TOLD)) == TOLD


def test_a_system_that_keeps_no_list_yet_has_the_settings_agents(places: Places) -> None:
    assert staffed(SETTINGS, places) == SETTINGS


def test_from_then_on_the_table_says_who_works_here(places: Places) -> None:
    with staff_book(SETTINGS, places):
        pass
    assert staffed(Settings(), places).agents == SETTINGS.agents
    with staff_book(SETTINGS, places) as book:
        book.enable(AgentId("1001"), False, NOON)
    assert [agent.id for agent in staffed(SETTINGS, places).agents] == ["1002"]


def test_who_was_written_down_in_a_form_that_is_none_any_more_is_left_out_alone(places: Places, caplog: pytest.LogCaptureFixture) -> None:
    with staff_book(SETTINGS, places):
        pass
    listed = Layout(var=places.var).agent_list
    listed.write_text(listed.read_text(encoding="utf-8").replace("tax:3", "not a skill!"), encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert [agent.id for agent in staffed(SETTINGS, places).agents] == ["1002"]
    assert "坐席 1001" in caplog.text
