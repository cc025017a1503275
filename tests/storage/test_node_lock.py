"""The office as one machine knows it."""

import os
from math import inf
from pathlib import Path

import pytest

from storage.node_lock import NodeLock, leader


def test_one_of_two_has_the_lock_until_he_gives_it_back(tmp_path: Path) -> None:
    first, second = NodeLock(tmp_path), NodeLock(tmp_path)
    assert first.take()
    assert first.take(), "and again"
    assert not second.take()
    first.release()
    assert second.take()
    second.shut()
    assert first.take(), "the kernel takes it from the dead"
    first.shut()


def test_the_newest_term_is_known_to_everybody(tmp_path: Path) -> None:
    first, second = NodeLock(tmp_path), NodeLock(tmp_path)
    assert first.epoch() == second.epoch() == 0
    for epoch in range(1, 30):
        (first if epoch % 2 else second).begin(epoch)
        assert first.epoch() == second.epoch() == epoch
    first.begin(28)
    assert second.epoch() == 29, "one that was frozen while it wrote takes nothing back"


def test_a_number_that_was_torn_by_a_full_disk_does_no_harm(tmp_path: Path) -> None:
    lock = NodeLock(tmp_path)
    lock.begin(7)
    with (tmp_path / "leader.terms").open("ab") as file:
        file.write(b"\n1")
    assert lock.epoch() == 7
    lock.begin(8)
    assert lock.epoch() == 8


def test_whoever_looks_sees_who_leads(tmp_path: Path) -> None:
    assert leader(tmp_path) == (0, 0)
    NodeLock(tmp_path).begin(12)
    assert leader(tmp_path) == (12, os.getpid())


def test_a_leader_who_has_not_lived_for_a_while_is_known_and_one_of_an_earlier_start_counts_as_dead(tmp_path: Path) -> None:
    lock = NodeLock(tmp_path)
    assert lock.silent_s(5.0) == inf
    lock.beat(100.0)
    assert lock.silent_s(101.5) == 1.5
    assert NodeLock(tmp_path).silent_s(100.0) == 0
    assert lock.silent_s(3.0) == inf


def test_the_lock_of_a_leader_who_had_it_is_left_by_him_and_that_of_one_who_had_it_not_is_none(tmp_path: Path) -> None:
    first, second = NodeLock(tmp_path), NodeLock(tmp_path)
    assert not first.is_left()
    first.take()
    first.beat(1.0)
    assert not second.is_left()
    first.shut()
    assert second.take()
    assert second.is_left()
    third = NodeLock(tmp_path)
    third.beat(2.0)
    assert not second.is_left()


def test_a_full_disk_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lock = NodeLock(tmp_path)
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - what the lock writes into from now on
    lock._terms = lock._beat = full.fileno()
    lock.begin(3)
    lock.beat(1.0)
    full.close()
    assert "cannot be written (No space left on device)" in caplog.text
