"""The switch of a trial is that of the settings, but leads nowhere; it is booted in tests/live/test_emergency_try.py."""

from pathlib import Path

from app.emergency_trial import TrialSwitch, trial_settings
from app.settings import Emergency, EmergencyService, Settings, Sip, Storage, Trunk
from runtime.binaries import AsteriskHome, Program

REAL = Settings(
    sip=Sip(bind="0.0.0.0", area_code="020"),
    trunks=(
        Trunk(name="telecom", host="192.0.2.10", match=("192.0.2.0/28",)),
        Trunk(name="mobile", kind="register", host="sip.example", user="line"),
    ),
    emergency=Emergency(key="9", services=(EmergencyService(id="110", targets=("telecom/06630000110",)),)),
    storage=Storage(second_volume="/mnt/second"),
)
HOME = AsteriskHome(program=Program(argv=("asterisk",), version="22.10.1", origin="system"), module_dir=Path("/m"), data_dir=Path("/d"))
CENTRES = {"telecom": ("127.0.0.61", 5081), "mobile": ("127.0.0.62", 5082)}


def test_every_trunk_leads_to_its_stand_in_and_no_real_address_is_left() -> None:
    trial = trial_settings(REAL, CENTRES)
    assert [(trunk.host, trunk.port, trunk.match) for trunk in trial.trunks] == [("127.0.0.61", 5081, ()), ("127.0.0.62", 5082, ())]
    assert "192.0.2" not in trial.model_dump_json()
    assert "sip.example" not in trial.model_dump_json()


def test_it_takes_nothing_from_the_line_beside_it() -> None:
    trial = trial_settings(REAL, CENTRES)
    assert trial.sip.bind == "127.0.0.1"
    assert not {trial.sip.port, trial.asterisk.ami_port, trial.agi.port} & {REAL.sip.port, REAL.asterisk.ami_port, REAL.agi.port}
    assert trial.storage.second_volume == ""


def test_what_is_tried_is_what_is_set() -> None:
    trial = trial_settings(REAL, CENTRES)
    assert trial.emergency == REAL.emergency
    assert (trial.sip.area_code, [trunk.kind for trunk in trial.trunks]) == ("020", ["ip", "register"])


def test_its_passwords_are_its_own() -> None:
    one, other = TrialSwitch(REAL, HOME), TrialSwitch(REAL, HOME)
    try:
        assert one.secrets.ami_password.get_secret_value() != other.secrets.ami_password.get_secret_value()
        assert one.password != other.password
        assert set(one.secrets.trunk_passwords) == {"telecom", "mobile"}
    finally:
        one.places.var.rmdir()
        other.places.var.rmdir()
