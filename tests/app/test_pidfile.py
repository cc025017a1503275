"""Who is alive: a recycled pid must not be taken for the process that had it before."""

import dataclasses
import os
import subprocess
from pathlib import Path

from app.pidfile import claim_for, is_alive, read_claim, start_and_state, worked_s


def claim_of_this_process(tmp_path: Path) -> Path:
    path = tmp_path / "x.pid"
    path.write_text(claim_for(os.getpid(), "abc"), encoding="utf-8")
    return path


def test_a_running_process_is_alive(tmp_path: Path) -> None:
    claim = read_claim(claim_of_this_process(tmp_path))
    assert claim is not None
    assert claim.pid == os.getpid()
    assert claim.fingerprint == "abc"
    assert is_alive(claim)


def test_a_recycled_pid_is_another_process(tmp_path: Path) -> None:
    claim = read_claim(claim_of_this_process(tmp_path))
    assert claim is not None
    assert not is_alive(dataclasses.replace(claim, start=claim.start - 1))


def test_the_same_pid_and_tick_after_a_reboot_is_another_process(tmp_path: Path) -> None:
    claim = read_claim(claim_of_this_process(tmp_path))
    assert claim is not None
    assert not is_alive(dataclasses.replace(claim, boot="another"))


def test_a_zombie_is_dead(tmp_path: Path) -> None:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        path = tmp_path / "x.pid"
        path.write_text(claim_for(child.pid, ""), encoding="utf-8")
        claim = read_claim(path)
        assert claim is not None
        assert is_alive(claim)
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.close()
        child.stdout.read()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not is_alive(claim)


def test_what_is_no_pid_file_claims_nothing(tmp_path: Path) -> None:
    for text in ("", "12", "x\ny\nz\nw\n", "1\n1 (a) S\nboot\nprint\n"):
        (tmp_path / "x.pid").write_text(text, encoding="utf-8")
        assert read_claim(tmp_path / "x.pid") is None
    assert read_claim(tmp_path / "absent") is None


def test_a_name_with_brackets_and_blanks_does_not_shift_the_fields() -> None:
    stat = "7 (a) S (b) S " + " ".join(str(number) for number in range(4, 53))
    assert start_and_state(stat) == (22, "S")


def test_the_processor_time_of_a_process_is_that_of_the_kernel() -> None:
    assert worked_s(os.getpid()) <= sum(os.times()[:2]) + 0.02
    assert worked_s(os.getpid()) > 0
    assert worked_s(2**22 + 1) == 0
