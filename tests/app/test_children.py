"""What each process is started from, and how."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from app.children import (
    BUSY_SWITCH_S,
    MUTE_LIMITS_S,
    SERVED,
    STOP_ORDER,
    ChildSpec,
    end,
    fingerprint,
    fingerprint_of_code,
    launch,
    plan,
    redis_argv,
    running,
)
from app.places import Places
from app.settings import Settings, Sip


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(var=tmp_path)
    made.make()
    return made


def specs(places: Places, settings: Settings) -> dict[str, ChildSpec]:
    config = places.var / "hotline.toml"
    return {
        each.name: each for each in plan(settings=settings, config=config, places=places, asterisk=["asterisk"], redis=["redis-server"])
    }


def test_every_process_has_its_place_on_the_way_down(places: Places) -> None:
    assert sorted(specs(places, Settings())) == sorted(STOP_ORDER)
    assert STOP_ORDER[0] == "asterisk"


def test_changed_settings_replace_our_own_processes_and_leave_redis_alone(places: Places) -> None:
    before = specs(places, Settings())
    (places.var / "hotline.toml").write_text("# changed", encoding="utf-8")
    after = specs(places, Settings())
    changed = {name for name in before if before[name].fingerprint != after[name].fingerprint}
    assert changed == set(SERVED)


def test_asterisk_is_replaced_only_for_what_it_reads_at_its_start(places: Places) -> None:
    before, same = specs(places, Settings())["asterisk"], specs(places, Settings(lines=()))["asterisk"]
    moved = specs(places, Settings(sip=Sip(port=5070)))["asterisk"]
    assert before.fingerprint == same.fingerprint != moved.fingerprint
    assert not before.replaceable


def test_every_process_has_its_limit_of_silence_and_only_the_switch_gets_more_while_it_works_hard(places: Places) -> None:
    made = specs(places, Settings())
    assert {name: spec.mute_limit_s for name, spec in made.items()} == MUTE_LIMITS_S
    assert {name: spec.busy_limit_s for name, spec in made.items() if spec.busy_limit_s} == {"asterisk": BUSY_SWITCH_S}
    assert made["agi"].mute_limit_s == 5.0
    assert made["asterisk"].remains == places.asterisk_log


def test_redis_listens_on_its_socket_only_and_keeps_nothing(places: Places) -> None:
    words = redis_argv(["redis-server"], places)
    options = dict(zip(words[1::2], words[2::2], strict=True))
    assert options["--port"] == "0"
    assert options["--save"] == ""
    assert options["--unixsocketperm"] == "700"


def test_parts_of_a_fingerprint_cannot_run_into_each_other() -> None:
    assert fingerprint([b"ab", b"c"]) != fingerprint([b"a", b"bc"])


def test_the_codes_fingerprint_changes_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "ivr").mkdir()
    (tmp_path / "ivr" / "x.py").write_text("a = 1", encoding="utf-8")
    before = fingerprint_of_code(tmp_path)
    (tmp_path / "ivr" / "x.py").write_text("a = 12", encoding="utf-8")
    assert fingerprint_of_code(tmp_path) != before


def test_a_launched_process_has_its_pid_file_before_it_does_anything_and_leads_its_own_session(places: Places) -> None:
    program = "import os, sys, signal; print(os.getpid(), os.getsid(0), oct(os.umask(0)), flush=True); signal.pause()"
    spec = ChildSpec(name="dummy", argv=(sys.executable, "-S", "-c", program), fingerprint="f1")
    pid = launch(spec, places)

    async def watch() -> None:
        while not (places.log / "dummy.out").read_text(encoding="utf-8").endswith("\n"):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.005)
        claim = running(places, "dummy")
        assert claim is not None
        assert claim.pid == pid
        assert claim.fingerprint == "f1"
        await end(claim, 5.0)

    asyncio.run(asyncio.wait_for(watch(), 5.0))
    assert (places.log / "dummy.out").read_text(encoding="utf-8").split() == [str(pid), str(pid), "0o77"]
    assert running(places, "dummy") is None


def test_a_program_that_is_not_there_leaves_words_in_its_output(places: Places) -> None:
    pid = launch(ChildSpec(name="dummy", argv=("/nonexistent/program",), fingerprint=""), places)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 127
    assert "nonexistent" in (places.log / "dummy.out").read_text(encoding="utf-8")


def test_a_large_output_turns_over_at_the_next_start(places: Places) -> None:
    (places.log / "dummy.out").write_bytes(b"x" * 1_000_001)
    os.waitpid(launch(ChildSpec(name="dummy", argv=("true",), fingerprint=""), places), 0)
    assert (places.log / "dummy.out").stat().st_size == 0
    assert (places.log / "dummy.out.1").exists()
