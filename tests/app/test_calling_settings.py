import pytest

from app.calling_settings import OutCalls, Transfers, calling
from app.settings import Emergency, EmergencyService, Settings, Trunk
from hotline.dialling import EMERGENCY

TRUNKS = (Trunk(name="telecom", host="192.0.2.1", max_calls=10), Trunk(name="narrow", host="192.0.2.2", max_calls=1))


def test_the_last_calls_of_each_trunk_are_kept_for_citizens_and_a_trunk_with_no_more_is_never_used() -> None:
    out = calling(OutCalls(kept_for_incoming=2), Transfers(), trunks=TRUNKS, line="12345", centres=())
    assert dict(out.trunks) == {"telecom": 8}
    assert out.shown == "12345"


def test_the_operator_says_which_trunks_come_first_and_what_is_shown() -> None:
    out = calling(
        OutCalls(trunks=("narrow", "telecom"), kept_for_incoming=0, shown="06630012345"), Transfers(), trunks=TRUNKS, line="1", centres=()
    )
    assert list(out.trunks) == ["narrow", "telecom"]
    assert out.shown == "06630012345"


def test_emergency_centres_of_the_settings_are_nobodys_to_dial() -> None:
    plan = Emergency(services=(EmergencyService(id="110", targets=("telecom/06630000911",)),))
    assert Settings(trunks=TRUNKS, emergency=plan).calling.dialling.refusal("06630000911") == EMERGENCY


def test_a_trunk_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no trunk gone"):
        Settings(trunks=TRUNKS, out_calls=OutCalls(trunks=("gone",)))


def test_a_shortcut_leads_to_something_that_exists_in_our_words() -> None:
    assert Transfers(shortcuts={"1": "skill:teochew", "9": "queue"}).shortcuts["1"] == "skill:teochew"
    with pytest.raises(ValueError, match="shortcuts"):
        Transfers(shortcuts={"1": "nowhere"})
