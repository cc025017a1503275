"""The body of a softphone: `python -m phones.body`, one process around pjsua2, driven by JSON lines.

pjsua2 crashes when it is touched from several Python threads (pjproject #3125, #4283, #3616), so everything happens in one:
it polls SIP for 10 ms, then looks at stdin. Orders come as `{"id": 7, "do": "dial", …}` and are answered by
`{"event": "done", "id": 7}` or `{"event": "failed", "id": 7, "why": …}`; what happens on the line comes as further events.
The end of stdin is the order to quit. The driving side is `phones.softphone.Softphone`.
"""

import json
import os
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pjsua2 as pj

BUSY, DECLINED, RINGING, OK = 486, 603, 180, 200
POLL_MS = 10
Order = dict[str, Any]


class _Line:
    """Half lines from stdin become whole orders."""

    def __init__(self) -> None:
        self._rest = b""
        self.open = True

    def orders(self) -> list[Order]:
        """Whatever arrived since the last look; never waits."""
        while self.open and select.select([0], [], [], 0)[0]:
            chunk = os.read(0, 65536)
            self.open = bool(chunk)
            self._rest += chunk
        *lines, self._rest = self._rest.split(b"\n")
        return [json.loads(line) for line in lines if line.strip()]


def say(event: str, **fields: object) -> None:
    """One event to the driving side; a reader that is gone ends us with SIGPIPE's exception, which is right."""
    line = json.dumps({"event": event, "at": time.time(), **fields}, ensure_ascii=False)
    os.write(1, line.encode() + b"\n")


class _Player(pj.AudioMediaPlayer):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self.createPlayer(path, pj.PJMEDIA_FILE_NO_LOOP)

    def onEof2(self) -> None:  # noqa: N802 - pjsua2's name
        say("played", file=self._path)


class _Account(pj.Account):
    body: "Body"

    def onRegState(self, prm: pj.OnRegStateParam) -> None:  # noqa: N802
        say("registered" if prm.code == OK and prm.expiration else "unregistered", code=prm.code, why=prm.reason)

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:  # noqa: N802
        self.body.rung(prm.callId)


class _Call(pj.Call):
    body: "Body"
    ours = False

    def onCallState(self, prm: pj.OnCallStateParam) -> None:  # noqa: N802
        self.body.call_changed(self)

    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:  # noqa: N802
        self.body.media_changed(self)

    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:  # noqa: N802
        say("key", digit=prm.digit, way="info" if prm.method == pj.PJSUA_DTMF_METHOD_SIP_INFO else "rfc4733")


def make_endpoint(log: str, address: str) -> tuple[pj.Endpoint, int]:
    """A running pjsua2 endpoint on loopback and its SIP port: A-law only, no sound card, no echo canceller, no silence suppression."""
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.maxCalls = 4
    config.logConfig.consoleLevel = 0
    config.logConfig.level = 3
    config.logConfig.filename = log
    media = config.medConfig
    media.clockRate, media.sndClockRate, media.ecTailLen, media.noVad = 8000, 8000, 0, True
    endpoint.libInit(config)
    endpoint.audDevManager().setNullDev()
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith("PCMA") else 0)
    transport = pj.TransportConfig()
    transport.boundAddress = address
    number = endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    return endpoint, int(endpoint.transportGetInfo(number).localName.rpartition(":")[2])


class Body:
    """One phone with one line: a second caller hears busy."""

    def __init__(self, settings: Order) -> None:
        self._settings = settings
        self._folder = Path(settings["folder"])
        self._endpoint, self.sip_port = make_endpoint(str(self._folder / f"{settings['name']}.log"), settings["address"])
        self._account = _Account()
        self._account.body = self
        self._account.create(self._account_config())
        self._call: _Call | None = None
        self._player: _Player | None = None
        self._recorder: pj.AudioMediaRecorder | None = None
        self._recorded = 0
        self._policy: Order = settings
        self._answer_at = 0.0
        self._over: list[Order] = []
        self._quitting = False

    def _account_config(self) -> pj.AccountConfig:
        wish = self._settings
        config = pj.AccountConfig()
        config.idUri = f"sip:{wish['user']}@{wish['server']}"
        if wish["register"]:
            config.regConfig.registrarUri = f"sip:{wish['server']}:{wish['port']}"
            config.regConfig.retryIntervalSec = 2
        if wish["password"]:
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", wish["user"], 0, wish["password"]))
        config.natConfig.contactRewriteUse = 0
        config.natConfig.sdpNatRewriteUse = 0
        config.mediaConfig.transportConfig.boundAddress = wish["address"]
        config.mediaConfig.transportConfig.port = wish["rtp_port"]
        config.mediaConfig.transportConfig.portRange = 400
        return config

    # ── what pjsua2 tells us ────────────────────────────────────────────────────────────────────

    def rung(self, call_id: int) -> None:
        """Somebody calls us."""
        call = self._adopt(_Call(self._account, call_id))
        if call is None:
            return
        say("ringing", caller=call.getInfo().remoteUri)
        policy = self._policy["policy"]
        if policy in ("busy", "refuse"):
            call.ours = True
            _answer(call, BUSY if policy == "busy" else DECLINED)
            return
        _answer(call, RINGING)
        if policy == "answer":
            self._answer_at = time.monotonic() + self._policy["after"]

    def _adopt(self, call: _Call) -> _Call | None:
        if self._call is not None:
            _answer(call, BUSY)
            self._over.append({"kept": call, "second": True})
            return None
        call.body = self
        self._call = call
        return call

    def call_changed(self, call: _Call) -> None:
        """A call went on by one step."""
        if call is not self._call:
            return
        info = call.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            say("ringback", code=info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            say("answered")
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            by = "us" if call.ours else "them"
            self._over.append({"kept": call, "code": info.lastStatusCode, "why": info.lastReason, "by": by})

    def media_changed(self, call: _Call) -> None:
        """Sound can flow: what we hear is recorded from here on."""
        if call is not self._call or self._recorder is not None:
            return
        info = call.getInfo()  # held: its vectors die with it, and what is read from them then is garbage
        if not any(media.status == pj.PJSUA_CALL_MEDIA_ACTIVE for media in info.media):
            return
        self._recorded += 1
        path = self._folder / f"{self._settings['name']}-{self._recorded}.wav"
        self._recorder = pj.AudioMediaRecorder()
        self._recorder.createRecorder(str(path))
        media = call.getAudioMedia(-1)
        media.startTransmit(self._recorder)
        self._endpoint.audDevManager().getCaptureDevMedia().startTransmit(media)  # silence: a real phone never stops sending
        say("hears", file=str(path))

    # ── what we are told to do ──────────────────────────────────────────────────────────────────

    def do_dial(self, order: Order) -> None:
        if self._call is not None:
            raise ValueError("already in a call")
        self._call = _Call(self._account)
        self._call.body = self
        call = pj.CallOpParam(True)
        if self._settings["asserted"]:
            header = pj.SipHeader()
            header.hName, header.hValue = "P-Asserted-Identity", f"<sip:{self._settings['asserted']}@{self._settings['address']}>"
            call.txOption.headers.append(header)
        try:
            self._call.makeCall(f"sip:{order['number']}@{self._settings['server']}:{self._settings['port']}", call)
        except pj.Error:
            self._call = None
            raise

    def do_policy(self, order: Order) -> None:
        self._policy = order

    def do_answer(self, order: Order) -> None:
        _answer(self._current(), OK)

    def do_hang_up(self, order: Order) -> None:
        call = self._current()
        call.ours = True
        call.hangup(pj.CallOpParam())

    def do_play(self, order: Order) -> None:
        media = self._current().getAudioMedia(-1)
        self._player = _Player(order["file"])
        self._player.startTransmit(media)

    def do_hush(self, order: Order) -> None:
        self._player = None

    def do_press(self, order: Order) -> None:
        call = self._current()
        if order["way"] == "rfc4733":
            call.dialDtmf(order["digits"])
            return
        request = pj.CallSendRequestParam()
        request.method = "INFO"
        request.txOption.contentType = "application/dtmf-relay"
        request.txOption.msgBody = f"Signal={order['digits']}\r\nDuration=160\r\n"
        call.sendRequest(request)

    def do_register(self, order: Order) -> None:
        self._account.setRegistration(order["on"])

    def do_quit(self, order: Order) -> None:
        self._quitting = True

    def _current(self) -> _Call:
        if self._call is None:
            raise ValueError("no call")
        return self._call

    # ── the loop ────────────────────────────────────────────────────────────────────────────────

    def run(self, line: _Line) -> None:
        """Obey until told to quit or until the other side is gone."""
        while line.open and not self._quitting:
            self._turn()
            for order in line.orders():
                self.obey(order)
        self._leave()

    def obey(self, order: Order) -> None:
        action: Callable[[Order], None] | None = getattr(self, f"do_{order['do']}", None)
        try:
            if action is None:
                raise ValueError(f"unknown order {order['do']}")
            action(order)
        except (pj.Error, ValueError, KeyError) as error:
            say("failed", id=order["id"], why=error.info() if isinstance(error, pj.Error) else str(error))
        else:
            say("done", id=order["id"])

    def _turn(self) -> None:
        self._endpoint.libHandleEvents(POLL_MS)
        if self._answer_at and time.monotonic() >= self._answer_at:
            self._answer_at = 0.0
            if self._call is not None:
                _answer(self._call, OK)
        over, self._over = self._over, []
        for end in over:
            self._bury(end)

    def _bury(self, end: Order) -> None:
        """Let go of a dead call outside its own callback, its recording first so that the file is whole when `ended` is heard."""
        end.pop("kept")
        if end.pop("second", False):
            return
        self._player = self._recorder = None
        self._call = None
        self._answer_at = 0.0
        say("ended", **end)

    def _leave(self) -> None:
        self._endpoint.hangupAllCalls()
        until = time.monotonic() + 1.0
        while self._call is not None and time.monotonic() < until:
            self._turn()
        if self._settings["register"]:
            self._account.setRegistration(False)
            for _ in range(20):
                self._endpoint.libHandleEvents(POLL_MS)
        self._player = self._recorder = None  # closes the files


def _answer(call: _Call, code: int) -> None:
    reply = pj.CallOpParam()
    reply.statusCode = code
    try:
        call.answer(reply)
    except pj.Error:
        return  # the caller gave up in the same moment: `ended` follows


def main() -> int:
    """Read the settings line, then be a phone."""
    line = _Line()
    orders: list[Order] = []
    while line.open and not orders:
        select.select([0], [], [], 30)
        orders = line.orders()
    if not orders:
        return 2
    body = Body(orders[0])
    say("ready", port=body.sip_port)
    for order in orders[1:]:
        body.obey(order)
    body.run(line)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the line is clear: the library's own farewell takes a second, and its destructors may crash
