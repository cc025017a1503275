"""The list from the table to routing."""

import logging
import stat
from pathlib import Path

import pytest

from hotline.identity import AgentId
from hotline.staff import Employee
from storage.agent_list import AgentFile, write_agents

FIRST = Employee(id=AgentId("1001"), name="甲", skills=("teochew:3",), after_call_s=9)


def test_what_was_written_is_news_once(tmp_path: Path) -> None:
    file = AgentFile(tmp_path / "agents.json")
    assert file.news() is None
    write_agents(tmp_path / "agents.json", (FIRST,))
    assert stat.S_IMODE((tmp_path / "agents.json").stat().st_mode) == 0o600
    assert file.news() == (FIRST,)
    assert file.news() is None
    write_agents(tmp_path / "agents.json", ())
    assert file.news() == ()


@pytest.mark.parametrize("text", ["{", "[{}]", '[{"id": "x", "skills": []}]'])
def test_a_list_that_cannot_be_read_removes_nobody_and_is_told(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "agents.json").write_text(text)
    with caplog.at_level(logging.ERROR):
        assert AgentFile(tmp_path / "agents.json").news() is None
    assert "坐席名册读不到" in caplog.text
