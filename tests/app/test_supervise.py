"""The supervisor as a process; beginning anew and taking over for real is in tests/live/test_up.py."""

import sys
from pathlib import Path

import pytest

import app.supervise
from app.one_supervisor import AlreadySupervised, hold_lock
from app.places import Places
from app.supervise import begin_anew, supervise


def test_a_second_supervisor_of_a_directory_is_refused_before_it_touches_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.supervise, "to_file", lambda _path: None)
    places = Places(var=tmp_path)
    places.make()
    with hold_lock(places), pytest.raises(AlreadySupervised, match=str(tmp_path)):
        supervise(config=tmp_path / "hotline.toml", places=places)
    assert not places.pid_file("supervisor").exists()


def test_beginning_anew_keeps_the_pid_and_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr("os.execv", lambda *words: said.extend(words))
    monkeypatch.setattr("os.chdir", lambda _place: None)
    begin_anew(config=tmp_path / "h.toml", places=Places(var=tmp_path))
    words = [sys.executable, "-m", "app.cli", "supervise", "--config", str(tmp_path / "h.toml"), "--var", str(tmp_path)]
    assert said == [sys.executable, words]


def test_who_comes_instead_of_a_dead_supervisor_does_nothing_when_the_system_was_stopped_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.supervise, "to_file", lambda _path: None)
    places = Places(var=tmp_path)
    places.make()
    assert supervise(config=tmp_path / "hotline.toml", places=places, instead_of=4321) == 0
    assert not places.pid_file("supervisor").exists()
    hold_lock(places).close()
