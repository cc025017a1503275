"""话务服务一次一评: one question right after the call. The grade is in the journal as the answer to `survey-NAME`; silence is no grade."""

from ivr.facts import CallArrived, Keyed
from ivr.line_plan import SurveyPlan
from ivr.menu import EMERGENCY_KEY, HUMAN_KEY
from ivr.orders import Collect, FindAgent, Flow, FlowFunction, HandOver, HangUp, Say

TRIES = 2
TIMEOUT_S = 5.0


def survey(name: str, plan: SurveyPlan, *, emergency: FlowFunction, language: str = "") -> FlowFunction:
    """Ask, thank, hang up. A wrong key is asked once more; 0 is a human here, too, and `*` the emergency key."""

    def survey_citizen(_arrival: CallArrived) -> Flow:
        question = Collect(question=f"survey-{name}", prompts=plan.prompts, timeout_s=TIMEOUT_S, language=language)
        for _ in range(TRIES):
            answer = yield question
            digits = answer.digits if isinstance(answer, Keyed) else ""
            if EMERGENCY_KEY in digits:
                yield HandOver(flow=emergency)
            if digits == HUMAN_KEY:
                yield FindAgent()
            if digits in plan.grades or not digits:
                break
        yield Say(prompts=plan.thanks, language=language)
        yield HangUp()

    return survey_citizen
