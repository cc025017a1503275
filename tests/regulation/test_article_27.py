"""第二十五至二十七条: 考核、通报、实时监控."""

from tests.regulation.world import World

ASSESSMENT = "/api/v1/assessment"
MARCH = "month=2026-03"


def test_the_inspection_sees_every_figure_and_the_tickets_behind_it(world: World) -> None:
    number = world.closed("投诉")
    seen = world.ask("GET", f"{ASSESSMENT}?{MARCH}", "监察")
    assert seen.status_code == 200, seen.text
    assert {"reply_rate", "on_time_rate", "matter_satisfaction", "urged"} <= {each["measure"] for each in seen.json()["figures"]}
    behind = world.ask("GET", f"{ASSESSMENT}/figures/reply_rate/tickets?{MARCH}&unit=tax", "监察").json()
    assert number in behind["based_on"]
    assert number in behind["counted"]


def test_a_unit_that_was_urged_finds_it_in_its_figures(world: World) -> None:
    number = world.sent()
    world.sweep("2026-03-06T09:00")
    behind = world.ask("GET", f"{ASSESSMENT}/figures/urged/tickets?{MARCH}&unit=tax", "税务局").json()
    assert number in behind["counted"]


def test_the_office_publishes_a_month_that_is_over_and_an_agent_does_not(world: World) -> None:
    world.closed("投诉")
    world.on("2026-04-01T09:00")
    assert world.ask("POST", f"{ASSESSMENT}/bulletins", "话务员", {"month": "2026-03"}).status_code == 403
    assert world.ask("POST", f"{ASSESSMENT}/bulletins", "市政管办", {"month": "2026-04"}).status_code == 409
    assert world.ask("POST", f"{ASSESSMENT}/bulletins", "市政管办", {"month": "2026-03"}).status_code == 201
