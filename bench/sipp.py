"""SIPp as the citizens of a bench: scenarios, a run at a rate, and what became of the calls."""

import asyncio
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="citizen">
<send retrans="500" start_rtd="1"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:1990000[call_number]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:citizen@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=citizen 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rtd="1" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:1990000[call_number]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
"""
_KEY = """<pause milliseconds="{after}"/>
<send retrans="500"><![CDATA[
INFO [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:1990000[call_number]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: {sequence} INFO
Max-Forwards: 70
Content-Type: application/dtmf-relay
Content-Length: [len]

Signal={key}
Duration=100
]]></send>
<recv response="200"/>
"""
_THEIR_WORD = """<recv request="MESSAGE" timeout="{patience}"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
"""
_THEIR_BYE = """<recv request="BYE" timeout="{patience}"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
"""
_OUR_BYE = """<pause milliseconds="{after}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:1990000[call_number]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 9 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
"""


def menu_scenario(keys: Sequence[tuple[int, str]]) -> str:
    """A citizen who presses keys, each so many ms after the step before, and is then told good-bye by the other side."""
    parts = [_HEAD]
    parts += [_KEY.format(after=after, key=key, sequence=number + 2) for number, (after, key) in enumerate(keys)]
    return "".join([*parts, _THEIR_BYE.format(patience=10000), "</scenario>\n"])


def told_scenario(key: str, *, patience_ms: int) -> str:
    """A citizen who presses this key when he is told to (by a SIP MESSAGE in his call), and stays until the other side hangs up."""
    parts = [_HEAD, _THEIR_WORD.format(patience=patience_ms), _KEY.format(after=0, key=key, sequence=2)]
    return "".join([*parts, _THEIR_BYE.format(patience=patience_ms), "</scenario>\n"])


def waiting_scenario() -> str:
    """A citizen who listens until the other side has said good-bye, however long that takes."""
    return "".join([_HEAD, _THEIR_BYE.format(patience=900_000), "</scenario>\n"])


def holding_scenario(milliseconds: int, keys: Sequence[tuple[int, str]] = ()) -> str:
    """A citizen who presses these keys, each so many ms after the step before, listens for so long and hangs up."""
    pressed = [_KEY.format(after=after, key=key, sequence=number + 2) for number, (after, key) in enumerate(keys)]
    return "".join([_HEAD, *pressed, _OUR_BYE.format(after=milliseconds), "</scenario>\n"])


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a run's calls. `answer_ms`: mean from INVITE to 200."""

    good: int
    failed: int
    seconds: float
    answer_ms: float

    @property
    def per_second(self) -> float:
        """Calls that came to their end per second."""
        return self.good / self.seconds if self.seconds else 0.0


class Citizens:
    """Runs SIPp against one switch. `address`: where the citizens stand, any address of loopback. `echo`: they send back what they hear."""

    def __init__(self, argv: Sequence[str], *, switch_port: int, folder: Path, address: str = "127.0.0.1", echo: bool = False) -> None:
        self._argv = tuple(argv)
        self._switch = f"127.0.0.1:{switch_port}"
        self._folder = folder
        self._address = address
        self._sound = ("-rtp_echo",) if echo else ()
        self._runs = 0

    async def call(
        self, number: str, scenario: str, *, rate: float, calls: int, at_once: int = 5000, patience_s: float = 120, silence_s: float = 15
    ) -> Outcome:
        """Place so many calls at this rate and wait for their end. Raises TimeoutError, and leaves no SIPp behind.

        `silence_s`: a citizen who is told nothing for so long gives up; a longer `timeout` in the scenario does not count (measured).
        """
        self._runs += 1
        file = self._folder / f"sipp-{self._runs}.xml"
        statistics = file.with_suffix(".csv")
        file.write_text(scenario, encoding="utf-8")
        period = 1000 if rate >= 1 else round(1000 / rate)
        words = [self._switch, "-sf", str(file), "-s", number, "-i", self._address, "-mi", self._address, *self._sound]
        words += [
            "-r",
            str(max(1, round(rate))),
            "-rp",
            str(period),
            "-m",
            str(calls),
            "-l",
            str(at_once),
            "-nostdin",
            "-recv_timeout",
            str(round(silence_s * 1000)),
        ]
        words += ["-trace_stat", "-stf", str(statistics), "-fd", "1", "-trace_err", "-error_file", str(file.with_suffix(".err"))]
        await self._run(words, file.with_suffix(".out"), patience_s)
        return read_statistics(statistics)

    async def _run(self, words: Sequence[str], output: Path, patience_s: float) -> None:
        with output.open("wb") as out:
            sipp = await asyncio.create_subprocess_exec(
                *self._argv, *words, cwd=self._folder, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
            )
            try:
                async with asyncio.timeout(patience_s):
                    await sipp.wait()
            finally:
                if sipp.returncode is None:
                    sipp.kill()
                    await sipp.wait()


def read_statistics(path: Path) -> Outcome:
    """The last line of SIPp's statistics file. Raises ValueError when SIPp never came so far."""
    if not path.exists():
        raise ValueError(f"SIPp placed no call; its words are in {path.with_suffix('.out')}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    if not rows:
        raise ValueError(f"SIPp counted nothing; its words are in {path.with_suffix('.out')}")
    last = rows[-1]
    return Outcome(
        good=int(last["SuccessfulCall(C)"]),
        failed=int(last["FailedCall(C)"]),
        seconds=_seconds(last["ElapsedTime(C)"]),
        answer_ms=_seconds(last["ResponseTime1(C)"]) * 1000,
    )


def _seconds(clock: str) -> float:
    """SIPp writes 00:00:01:234567 (hours:minutes:seconds:microseconds), for some columns without the last."""
    hours, minutes, seconds, micro = (int(part) for part in [*clock.split(":"), "0"][:4])
    return hours * 3600 + minutes * 60 + seconds + micro / 1e6
