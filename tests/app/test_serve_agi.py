"""The agi process as a whole: settings in, commands on the wire, a journal on disk, and a graceful end."""

import asyncio
import os
import signal
import socket
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from agi import variables
from app.line_book import LineBook
from app.line_judging import PLAIN, plain_plan
from app.places import PROJECT
from app.serve_agi import flows_of, serve, shelf_of, sounds_of
from app.settings import Agi, Line, Secrets, Settings
from hotline.identity import CallId
from ivr.facts import CallArrived, CheckpointKept
from ivr.orders import Checkpoint, FindAgent, Say
from ivr.session import Session
from records.journal import decode
from tests.fakes.fake_clock import NOON, FakeClock
from tests.live.ports import free_port

CALL = "hl1-1764000000.12"
HEAD = f"agi_network: yes\nagi_network_script: waiting\nagi_threadid: 1\nagi_arg_1: {CALL}\nagi_arg_2: 12345\nagi_arg_3: \n\n".encode()
SECRETS = Secrets(ami_password=SecretStr("x" * 24))


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To a process that may still be starting."""
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0)


def settings(port: int) -> Settings:
    return Settings(agi=Agi(port=port), lines=(Line(number="12345", name="热线", greeting="hello"),))


def test_a_visit_is_served_written_down_and_finished_before_the_end(tmp_path: Path) -> None:
    sounds = sounds_of(tmp_path)
    sounds.mkdir(parents=True)
    (sounds / "still-waiting.alaw").write_bytes(b"\xd5" * 800)
    port = free_port(socket.SOCK_STREAM)

    async def story() -> list[bytes]:
        stop, said = asyncio.Event(), []
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            running = group.create_task(serve(settings(port), SECRETS, tmp_path, stop))
            reader, writer = await connect(port)
            writer.write(HEAD)
            said.append(await reader.readline())
            stop.set()
            while said[-1]:
                writer.write(b"200 result=0\n")
                said.append(await reader.readline())
            writer.close()
            await running
        return said

    assert asyncio.run(story()) == [
        b'EXEC "MSet" "TIMEOUT(absolute)=6"\n',
        f'STREAM FILE "{sounds}/still-waiting" "0123456789*#"\n'.encode(),
        b'EXEC "MSet" "AGI_DONE=1,TIMEOUT(absolute)=0"\n',
        b"",
    ]
    journal = decode((tmp_path / "journal" / "open" / f"{CALL}.jsonl").read_bytes())
    assert [line.kind for line in journal.lines] == ["visit_began", "said", "visit_ended"]
    assert {line.writer.partition("-")[0] for line in journal.lines} == {"agi"}


def arrival(**more: str) -> CallArrived:
    return CallArrived(call=CallId(CALL), called="12345", caller="", trunk="t", now=NOON, values=more)


def test_without_a_menu_each_line_is_greeted_as_its_settings_say() -> None:
    plans = {"": plain_plan(settings(4573))}
    session = Session(flows_of(settings(4573), lambda _called, version: plans.get(version))["welcome"], arrival())
    assert session.start() == Checkpoint(name="line", values={"plan": PLAIN})
    assert session.receive(CheckpointKept()) == Say(prompts=("hello",))


def test_the_dialplan_finds_its_flows_by_name() -> None:
    named = {variables.WELCOME_FLOW, variables.WAITING_FLOW, variables.PARTED_FLOW, variables.RESUME_FLOW, variables.OFFER_EMERGENCY_FLOW}
    assert set(flows_of(settings(4573), lambda _called, _version: None)) == named


def test_a_published_menu_is_heard_from_the_first_call_on(tmp_path: Path) -> None:
    text = (PROJECT / "config" / "line.toml").read_text(encoding="utf-8")
    book = LineBook(tmp_path / "line")
    book.keep("2026.1", text)
    book.publish("2026.1", since=NOON, by="clerk", now=NOON)
    known = Settings(lines=(Line(number="12345", name="揭阳市12345市民服务热线"),))
    flows = flows_of(known, shelf_of(known, tmp_path, FakeClock()).plan)
    assert Session(flows["welcome"], arrival()).start() == Checkpoint(name="line", values={"plan": "2026.1"})
    again = Session(flows["resume"], replace(arrival(plan="2026.1", menu="insurance"), checkpoint="line"))
    assert again.start() == Checkpoint(name="line", values={"plan": "2026.1", "menu": "insurance"})


def test_whom_we_cut_off_goes_first_when_he_calls_again() -> None:
    plans = {"": plain_plan(settings(4573))}
    flows = flows_of(settings(4573), lambda _called, version: plans.get(version), first=lambda caller: caller == "19900001234")
    session = Session(flows["resume"], replace(arrival(), caller="19900001234", checkpoint="welcomed"))
    assert isinstance(session.start(), Checkpoint)
    assert session.receive(CheckpointKept()) == FindAgent(priority=60)


def test_sigterm_is_a_graceful_end(tmp_path: Path) -> None:
    """As app/serve.py runs it: the signal sets `stop`."""

    async def story() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        port = free_port(socket.SOCK_STREAM)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(serve(settings(port), SECRETS, tmp_path, stop))
            _, writer = await connect(port)
            os.kill(os.getpid(), signal.SIGTERM)
            await stop.wait()
            writer.close()
        loop.remove_signal_handler(signal.SIGTERM)

    asyncio.run(story())
