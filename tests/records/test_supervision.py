"""Who was at a talk, and whether the recording has him."""

from datetime import datetime, timedelta

from hotline.call_facts import SupervisorJoined, SupervisorLeft
from records.model import Supervised
from records.supervision import supervised
from tests.fakes.fake_clock import NOON

LISTEN = SupervisorJoined(supervisor="1009", mode="listen", agent="1001")
WHISPER = SupervisorJoined(supervisor="1009", mode="whisper", agent="1001")
BARGE = SupervisorJoined(supervisor="1009", mode="barge", agent="1001")
LEFT = SupervisorLeft(supervisor="1009")


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def stretch(mode: str, began: float, ended: float | None, *, supervisor: str = "1009") -> Supervised:
    over = None if ended is None else at(ended)
    return Supervised(supervisor=supervisor, agent="1001", mode=mode, began=at(began), ended=over, recorded=mode == "barge")


def test_each_mode_is_a_stretch_of_its_own_and_only_a_barge_is_on_the_recording() -> None:
    found = supervised([(at(0), LISTEN), (at(2), WHISPER), (at(5), BARGE), (at(9), LEFT)], ended=at(20))
    assert found == (stretch("listen", 0, 2), stretch("whisper", 2, 5), stretch("barge", 5, 9))


def test_two_supervisors_do_not_end_each_other() -> None:
    other = SupervisorJoined(supervisor="1008", mode="listen", agent="1001")
    found = supervised([(at(0), LISTEN), (at(1), other), (at(4), LEFT)], ended=None)
    assert found == (stretch("listen", 0, 4), stretch("listen", 1, None, supervisor="1008"))


def test_the_end_of_the_call_ends_it() -> None:
    assert supervised([(at(0), LISTEN)], ended=at(3)) == (stretch("listen", 0, 3),)
    assert supervised([(at(0), LISTEN), (at(3.2), LEFT)], ended=at(3)) == (stretch("listen", 0, 3),)


def test_a_leaving_that_nobody_saw_come_is_nothing() -> None:
    assert supervised([(at(1), LEFT)], ended=None) == ()
