"""`scripts/agents`: what is refused, what the switch is asked for, and how often."""

import asyncio
import time
from pathlib import Path

import pytest

from app import agents_command
from app.agents_command import (
    READ_EVERY_S,
    adding,
    as_text,
    change_staff,
    changing,
    checked,
    known,
    read_csv,
    tell_switch,
)
from app.places import Places
from app.settings import Agent, Settings, read_secrets
from app.staff import staffed
from app.switch import Switch
from hotline.errors import LinkLost, MalformedInput
from hotline.identity import AgentId
from hotline.staff import Employee
from runtime.binaries import AsteriskHome, Program

SETTINGS = Settings(agents=(Agent(id="1001", name="甲"),))
NEW = Employee(id=AgentId("1005"), name="新", skills=("tax:3",))


class Console(Switch):
    """A switch whose console writes down what it is asked."""

    def __init__(self, *, there: bool = True) -> None:
        super().__init__(asterisk=(), conf=Path())
        self.asked: list[str] = []
        self.there = there

    async def ask(self, command: str, *, within_s: float = 5.0) -> str:
        if not self.there:
            raise LinkLost("nobody")
        self.asked.append(command)
        return ""


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    home = AsteriskHome(program=Program(argv=("asterisk",), version="22.10.1", origin="system"), module_dir=tmp_path, data_dir=tmp_path)
    monkeypatch.setattr(agents_command, "find_asterisk", lambda _var: home)
    places = Places(var=tmp_path)
    places.make()
    places.secrets.write_text('ami_password = "of-a-test-and-24-signs-long"\n[agent_passwords]\n"1001" = "first"\n')
    return places


def passwords(places: Places) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in read_secrets(places.secrets).agent_passwords.items()}


def told(places: Places, switch: Console) -> str:
    return asyncio.run(tell_switch(settings=SETTINGS, places=places, switch=switch))


def test_a_new_agent_has_a_password_of_his_own_and_nobody_elses_changes(places: Places) -> None:
    change_staff(adding((NEW,), SETTINGS), settings=SETTINGS, places=places)
    first = passwords(places)
    assert (first["1001"], len(first["1005"]) >= 24) == ("first", True)
    assert [agent.id for agent in staffed(SETTINGS, places).agents] == ["1001", "1005"]
    change_staff(known(AgentId("1005")), settings=SETTINGS, places=places, fresh=[AgentId("1005")])
    assert passwords(places)["1005"] != first["1005"]
    assert passwords(places)["1001"] == "first"
    assert places.secrets.stat().st_mode & 0o777 == 0o600


def test_what_is_refused_leaves_everything_as_it_was(places: Places) -> None:
    change_staff(known(AgentId("1001")), settings=SETTINGS, places=places)
    (places.run / "agents.pending").unlink()
    for wrong in (
        adding((NEW, Employee(id=AgentId("1001"), name="甲")), SETTINGS),
        changing(AgentId("1005"), {"name": "谁"}, SETTINGS),
        changing(AgentId("1001"), {"after_call_s": -1}, SETTINGS),
        known(AgentId("1005")),
    ):
        with pytest.raises(MalformedInput):
            change_staff(wrong, settings=SETTINGS, places=places)
    assert staffed(SETTINGS, places).agents == SETTINGS.agents
    assert not (places.run / "agents.pending").exists()


def test_an_agent_is_what_the_settings_could_say(places: Places) -> None:
    assert checked(NEW, SETTINGS) == NEW
    for wrong in (Employee(id=AgentId("00")), Employee(id=AgentId("1005"), kept_for="tax"), Employee(id=AgentId("1005"), skills=("a b",))):
        with pytest.raises(MalformedInput, match=wrong.id):
            checked(wrong, SETTINGS)
    with pytest.raises(MalformedInput, match="重复"):
        adding((NEW, NEW), SETTINGS)


def test_the_switch_reads_its_files_at_most_once_a_second_and_changes_that_come_together_share_one(places: Places) -> None:
    switch = Console()
    (places.var / "asterisk" / "run").mkdir(parents=True, exist_ok=True)
    (places.var / "asterisk" / "run" / "asterisk.ctl").touch()
    change_staff(adding((NEW,), SETTINGS), settings=SETTINGS, places=places)
    change_staff(changing(NEW.id, {"name": "丁"}, SETTINGS), settings=SETTINGS, places=places)
    assert told(places, switch) == "已生效 in force"
    assert told(places, switch) == "已随另一改动生效 done with another change"
    first = {"module reload res_pjsip.so", "queue reload all", "dialplan set global HL_LIFELINE_QUEUES 1"}
    assert set(switch.asked) == first
    began = time.monotonic()
    change_staff(known(NEW.id), settings=SETTINGS, places=places, fresh=[NEW.id])
    assert told(places, switch) == "已生效 in force"
    assert time.monotonic() - began > READ_EVERY_S / 2
    assert switch.asked[len(first) :] == ["module reload res_pjsip.so"], "a password is no matter of the queues"


def test_a_switch_that_does_not_answer_is_told_again_by_whoever_comes_next(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents_command, "READ_EVERY_S", 0.0)
    change_staff(adding((NEW,), SETTINGS), settings=SETTINGS, places=places)
    assert "没有运行" in told(places, Console(there=False))
    (places.var / "asterisk" / "run" / "asterisk.ctl").touch()
    change_staff(changing(NEW.id, {"name": "丁"}, SETTINGS), settings=SETTINGS, places=places, fresh=[NEW.id])
    with pytest.raises(LinkLost):
        told(places, Console(there=False))
    switch = Console()
    assert told(places, switch) == "已生效 in force"
    assert set(switch.asked) == {"module reload res_pjsip.so", "queue reload all", "dialplan set global HL_LIFELINE_QUEUES 1"}
    assert "已随另一改动" in told(places, switch)


def test_a_csv_file_becomes_agents_and_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("﻿id,name,skills,supervisor,after_call_seconds\n1005,新,tax:3;teochew,是,9\n1006,,,,\n", encoding="utf-8")
    first, second = read_csv(path)
    assert first == Employee(id=AgentId("1005"), name="新", skills=("tax:3", "teochew"), supervisor=True, after_call_s=9)
    assert second == Employee(id=AgentId("1006"), name="1006")
    for text, where in (("name\n甲\n", ":1"), ("id,phone\n1005,x\n", "phone"), ("id,after_call_seconds\n1005,soon\n", ":2")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(MalformedInput, match=where):
            read_csv(path)


def test_the_list_shows_who_is_disabled_and_no_password() -> None:
    assert as_text([(NEW, True), (Employee(id=AgentId("1001"), name="甲", supervisor=True), False)]) == (
        "1005  新  tax:3\n1001  甲  —  班长 supervisor  已停用 disabled"
    )
    assert as_text([]) == "没有坐席 no agents"
