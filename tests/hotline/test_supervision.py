"""The modes are those of the dialplan."""

import re
from pathlib import Path

from hotline.supervision import Mode

DIALPLAN = (Path(__file__).resolve().parents[2] / "asterisk-conf" / "supervision.dialplan.j2").read_text(encoding="utf-8")


def test_every_mode_has_its_place_and_its_code_in_the_dialplan() -> None:
    assert set(re.findall(r'"[0-9]", "([a-z_]+)"', DIALPLAN)) == set(Mode)
    assert set(Mode) <= set(re.findall(r"^exten => ([a-z_]+),1", DIALPLAN, re.MULTILINE))
