"""第二十二条: 单位对本单位的知识负责."""

from tests.regulation.world import World

KNOWLEDGE = "/api/v1/knowledge"
ENTRY = {"owner": "tax", "title": "个体户减免", "answer": "带营业执照到窗口办理。", "keywords": ["减免"], "code": "01"}


def test_what_the_platform_writes_is_nobodys_answer_until_the_unit_has_confirmed_it(world: World) -> None:
    made = world.ask("POST", KNOWLEDGE, "话务员", ENTRY)
    assert made.status_code == 201, made.text
    item = f"{KNOWLEDGE}/{made.json()['id']}"
    world.ask("POST", f"{item}/submit", "话务员")
    for who in ("话务员", "市政管办", "水利局"):
        assert world.ask("POST", f"{item}/confirm", who, {"valid_until": "2027-03-01"}).status_code in (403, 404), who
    assert world.ask("POST", f"{item}/answered", "话务员", {"ticket": world.file()}).status_code == 409
    assert world.ask("POST", f"{item}/confirm", "税务局", {"valid_until": "2027-03-01"}).json()["valid"] == 1
    told = world.ask("POST", f"{item}/answered", "话务员", {"ticket": world.file()}).json()
    assert told["answer"] == ENTRY["answer"]
