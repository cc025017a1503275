"""第十三条: 答复、知识、退单、不得推诿."""

import pytest

from tests.regulation.world import ANSWER, World

RETURN = {"facts": "不在本辖区", "legal_basis": "三定方案", "proposed": "市水利局"}


@pytest.mark.guards("13-1")
@pytest.mark.parametrize("text", ["根据《税收征收管理法》第三条、第五条的规定。", "您好，已收悉，正在处理中。"])
def test_a_reply_is_whole_and_to_the_point(world: World, text: str) -> None:
    number = world.received()
    assert world.refused(number, "reply", "税务局", text=text, satisfied="满意") == "13-1"
    assert world.do(number, "reply", "税务局", text=ANSWER, satisfied="满意")["reply"]["text"] == ANSWER


@pytest.mark.guards("13-2")
def test_an_answered_consultation_goes_into_the_knowledge_base(world: World) -> None:
    number = world.closed("咨询")
    assert ("knowledge_draft", "staff:tax") in world.told(number)
    assert ("knowledge_draft", "staff:tax") not in world.told(world.closed("投诉"))


@pytest.mark.guards("13-3a")
def test_it_is_returned_within_one_working_day(world: World) -> None:
    world.on("2026-02-14T09:00")  # a worked Saturday before 春节: the term ends on 24 February
    late, early = world.sent(), world.sent()
    assert world.last_day(early, "return") == "2026-02-24"
    world.on("2026-02-24T23:59").do(early, "ask-return", "税务局", **RETURN)
    assert world.on("2026-02-25T00:00").refused(late, "ask-return", "税务局", **RETURN) == "13-3"


@pytest.mark.guards("13-3b")
@pytest.mark.parametrize("missing", ["facts", "legal_basis", "proposed"])
def test_a_return_names_facts_basis_and_proposal(world: World, missing: str) -> None:
    number = world.sent()
    assert world.refused(number, "ask-return", "税务局", **RETURN | {missing: " "}) == "13-3"
    world.do(number, "ask-return", "税务局", **RETURN)
    assert ("return_asked", "office") in world.told(number)


@pytest.mark.guards("13-3c")
def test_another_dispatch_begins_the_terms_anew(world: World) -> None:
    number = world.sent()
    world.do(number, "ask-return", "税务局", **RETURN)
    world.on("2026-03-06T10:00").do(number, "dispatch-again", "班长", lead="water")
    assert (world.last_day(number, "answer"), world.ticket(number)["lead"]) == ("2026-03-13", "water")
    assert world.sees(number, "税务局") == ""


@pytest.mark.guards("13-3d")
def test_a_second_objection_is_judged_by_the_office(world: World) -> None:
    number = world.sent()
    world.do(number, "ask-return", "税务局", **RETURN)
    world.do(number, "refuse-return", "班长", why="属贵单位职责")
    world.do(number, "ask-return", "税务局", **RETURN)
    assert world.refused(number, "refuse-return", "班长", why="还是") == "13-3"
    world.do(number, "dispatch-again", "市政管办", lead="water")


@pytest.mark.guards("13-4")
def test_until_another_one_has_it_the_unit_goes_on_and_its_term_runs(world: World) -> None:
    number = world.received("投诉", urgent=True)
    world.do(number, "ask-return", "税务局", **RETURN)
    world.do(number, "contact", "税务局")
    world.sweep("2026-04-15T00:00")
    assert world.history(number)[-1] == "noticed"
    world.do(number, "reply", "税务局", text=ANSWER, satisfied="满意")
