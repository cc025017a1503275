"""The knowledge desk on the real database, with the regulation's term."""

from datetime import datetime

from sqlalchemy import Engine

from app.knowledge_desk import knowledge_desk
from hotline.workdays import CHINA
from knowledge.model import Words
from storage.notices import Notices
from tests.storage.conftest import engine as engine
from tests.storage.conftest import layout as layout
from tests.tickets.cases import AGENT, RULES


def test_what_is_submitted_on_a_monday_is_due_when_thursday_is_over_and_its_unit_is_told(engine: Engine) -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=CHINA)
    desk = knowledge_desk(engine, lambda: RULES)
    item = desk.write("tax", Words(title="个体户减免", answer="带营业执照到市局办理"), by=AGENT, at=at)
    item = desk.submit(item.id, by=AGENT, at=at)
    assert item.newest.review_due == datetime(2026, 3, 6, tzinfo=CHINA)
    (told,) = Notices(engine).of(item.id)
    assert told["details"] == {"entry": item.id, "unit": "市税务局", "due": "2026年3月5日"}
