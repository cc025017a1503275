"""通报: what is published, and what a unit is shown."""

from dataclasses import replace
from datetime import timedelta

from assessment.bulletin import Bulletin, as_json, detail, for_unit, heading, meaning, shown
from assessment.model import Measure, RatedCall
from assessment.policy import figures
from tests.assessment.test_policy import DEFINITIONS, END, NOON, NOVEMBER, PLAIN

DONE = replace(
    PLAIN, replied=NOON + timedelta(days=1), closed=NOON + timedelta(days=1), called_back=NOON + timedelta(days=2), satisfied="满意"
)
LATE = replace(PLAIN, ticket="20261110000002", unit="u2", noticed=(NOON + timedelta(days=6),))
CALL = RatedCall(call="hl1-1.1", at=NOON, content=True)
BULLETIN = Bulletin(
    period=NOVEMBER,
    definitions=DEFINITIONS,
    reckoned_at=END,
    figures=tuple(figures([DONE, LATE], [CALL], DEFINITIONS, NOVEMBER, END)),
    units={"u1": "某局", "u2": "某县人民政府"},
)


def test_it_has_a_row_for_each_unit_and_one_for_all_of_them() -> None:
    rows = BULLETIN.rows()
    assert [BULLETIN.name_of(unit) for unit, _ in rows] == ["某县人民政府", "某局", "全部"]
    names = [measure.name for measure in DEFINITIONS.measures]
    late = dict(zip(names, (shown(figure) for figure in rows[0][1]), strict=True))
    assert (late["按时办结率"], late["催办通知书件数"], late["事项满意率"], late["话务满意率"]) == ("0.0%", "1", "—", "—")
    assert dict(zip(names, (shown(figure) for figure in rows[2][1]), strict=True))["话务满意率"] == "100.0%"


def test_its_heading_names_the_days_in_china() -> None:
    assert heading(BULLETIN) == "市民服务热线办理情况通报（2026年11月1日至2026年11月30日）"


def test_every_definition_is_said_in_words() -> None:
    said = {measure.id: meaning(measure) for measure in DEFINITIONS.measures}
    assert said["on_time_rate"].endswith("其中期限届满前答复的所占比例")
    assert "不含期限未到又未答复的" in said["reply_rate"]
    assert said["urged"] == "期内催办的次数"
    assert "话务" in said["service_satisfaction"]
    assert meaning(Measure(id="a", name="甲", moment="urged", appeals=frozenset({"投诉", "举报"}))) == "期内催办的次数（限举报、投诉）"


def test_as_json_it_holds_no_ticket_but_says_what_each_figure_means() -> None:
    said = as_json(BULLETIN)
    assert PLAIN.ticket not in str(said)
    one = next(each for each in said["figures"] if (each["measure"], each["unit"]) == ("on_time_rate", "u1"))
    assert (one["unit_name"], one["base"], one["hits"], one["value"], one["shown"]) == ("某局", 1, 1, 1.0, "100.0%")
    assert len(said["measures"]) == len(DEFINITIONS.measures)


def test_a_unit_is_shown_its_own_figures_alone() -> None:
    mine = for_unit(BULLETIN, "u1")
    assert {figure.unit for figure in mine.figures} == {"u1"}
    assert "某县人民政府" not in str(as_json(mine))


def test_every_figure_s_tickets_stand_in_the_detail_once() -> None:
    rows = list(detail(BULLETIN))
    assert ("按时办结率", "某县人民政府", LATE.ticket, False) in rows
    assert ("按时办结率", "某局", PLAIN.ticket, True) in rows
    assert ("话务满意率", "全部", "hl1-1.1", True) in rows
    assert len(rows) == len(set(rows))
