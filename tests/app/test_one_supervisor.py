"""One supervisor at a time, and whether he died at his post."""

import os
import subprocess
from pathlib import Path

import pytest

from app.one_supervisor import AlreadySupervised, fallen_supervisor, hold_lock
from app.pidfile import claim_for
from app.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    return made


def test_the_lock_is_held_by_one_and_free_again_afterwards(places: Places) -> None:
    with hold_lock(places), pytest.raises(AlreadySupervised, match=str(places.var)):
        hold_lock(places)
    hold_lock(places).close()


def test_who_lives_or_ended_in_order_has_not_fallen(places: Places) -> None:
    assert fallen_supervisor(places) is None
    places.pid_file("supervisor").write_text(claim_for(os.getpid(), "hotline.toml"), encoding="utf-8")
    assert fallen_supervisor(places) is None


def test_who_died_at_his_post_is_known_with_his_settings(places: Places) -> None:
    with subprocess.Popen(["sleep", "60"]) as dying:
        places.pid_file("supervisor").write_text(claim_for(dying.pid, "/etc/hotline.toml"), encoding="utf-8")
        dying.kill()
    fallen = fallen_supervisor(places)
    assert fallen is not None
    assert (fallen.pid, fallen.fingerprint) == (dying.pid, "/etc/hotline.toml")
