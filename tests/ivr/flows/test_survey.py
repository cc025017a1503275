"""一次一评, as the citizen hears it."""

from ivr.flows.survey import survey
from ivr.line_plan import SurveyPlan
from ivr.orders import FindAgent, FlowFunction, HangUp, LeaveTo
from ivr.rehearsal import Rehearsal, rehearse

PLAN = SurveyPlan(label="服务评价", prompts=("survey-service",), grades={"1": "满意", "2": "不满意"}, thanks=("survey-thanks",))


def asked(flow: FlowFunction | None = None) -> Rehearsal:
    return rehearse(flow or survey("service", PLAN)).hears("survey-service")


def test_a_grade_is_thanked_for() -> None:
    asked().keys("1").keeps("rated", survey="service", grade="1").hears("survey-thanks").asks(HangUp()).ends()


def test_silence_is_no_grade_and_nobody_is_pressed() -> None:
    asked().silent().keeps("rated", survey="service").hears("survey-thanks").asks(HangUp()).ends()


def test_a_wrong_key_is_asked_once_more_and_not_a_third_time() -> None:
    late = asked().keys("7").hears("survey-service").keys("2").keeps("rated", survey="service", grade="2")
    late.hears("survey-thanks").asks(HangUp()).ends()
    asked().keys("7").hears("survey-service").keys("7").keeps("rated", survey="service").hears("survey-thanks").asks(HangUp()).ends()


def test_a_human_and_the_emergency_are_one_key_away_here_too() -> None:
    asked().keys("0").asks(FindAgent()).ends()
    asked().keys("*").keeps("emergency-key").asks(LeaveTo()).ends()


def test_he_may_hang_up() -> None:
    asked().hangs_up().ends()
