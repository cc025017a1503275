"""话务服务一次一评: one question right after the call. What counts is in the journal as checkpoint `rated` (survey, grade; silence is no
grade); the keys themselves are there as the answers to `survey-NAME`."""

from ivr.facts import CallArrived, Keyed
from ivr.line_plan import HUMAN_KEY, SurveyPlan
from ivr.orders import Checkpoint, Collect, FindAgent, Flow, FlowFunction, HangUp, Say

TRIES = 2
RATED = "rated"
TIMEOUT_S = 5.0


def survey(name: str, plan: SurveyPlan, *, language: str = "") -> FlowFunction:
    """Ask, thank, hang up. A wrong key is asked once more; 0 is a human here, too."""

    def survey_citizen(_arrival: CallArrived) -> Flow:
        question = Collect(question=f"survey-{name}", prompts=plan.prompts, timeout_s=TIMEOUT_S, language=language)
        grade = ""
        for _ in range(TRIES):
            answer = yield question
            digits = answer.digits if isinstance(answer, Keyed) else ""
            if digits == HUMAN_KEY:
                yield FindAgent()
            grade = digits if digits in plan.grades else ""
            if grade or not digits:
                break
        yield Checkpoint(name=RATED, values={"survey": name, **({"grade": grade} if grade else {})})
        yield Say(prompts=plan.thanks, language=language)
        yield HangUp()

    return survey_citizen
