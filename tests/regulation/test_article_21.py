"""第二十一条: 延期."""

import pytest

from tests.regulation.world import ANSWER, World

ASK = {"until": "2026-03-21T00:00:00+08:00", "legal_term": "30日", "basis": "《行政许可法》第四十二条", "why": "需现场鉴定"}


@pytest.mark.guards("21-1")
def test_it_is_asked_before_the_term_is_over_and_with_all_its_reasons(world: World) -> None:
    late, early = world.received(), world.received()
    for missing in ("legal_term", "basis", "why"):
        assert world.refused(early, "ask-extension", "税务局", **ASK | {missing: " "}) == "21-1"
    world.on("2026-03-09T23:59").do(early, "ask-extension", "税务局", **ASK)
    assert ("extension_asked", "office") in world.told(early)
    assert world.on("2026-03-10T00:00").refused(late, "ask-extension", "税务局", **ASK) == "21-1"


@pytest.mark.guards("21-2")
def test_the_office_agrees_and_then_he_is_told(world: World) -> None:
    number = world.received()
    world.do(number, "ask-extension", "税务局", **ASK)
    assert world.refused(number, "tell-extension", "税务局") == "21-2"
    assert world.attempt(number, "decide-extension", "班长", granted=True).status_code == 403
    world.do(number, "decide-extension", "市政管办", granted=True)
    assert world.last_day(number, "answer") == "2026-03-20"
    assert world.refused(number, "reply", "税务局", text=ANSWER, satisfied="满意") == "21-2"
    world.do(number, "tell-extension", "税务局", how="短信")
    assert ("extended", "citizen") in world.told(number)
    world.do(number, "reply", "税务局", text=ANSWER, satisfied="满意")
