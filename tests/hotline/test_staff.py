"""What is known of an agent."""

from dataclasses import fields

from app.settings import Agent
from app.staff import employee
from hotline.staff import Employee


def test_all_that_the_settings_can_say_of_an_agent_is_known_of_him_and_no_password() -> None:
    assert len(fields(Employee)) == len(Agent.model_fields)
    assert not [each.name for each in fields(Employee) if "password" in each.name]
    assert employee(Agent(id="1001", name="甲", skills=("tax:2",))).skills == ("tax:2",)
