"""The carrier: a second Asterisk with a trunk of each kind into a cell, which places calls, presses keys, plays and records.

Each trunk has an address of its own (127.0.0.0/8 is all ours on Linux), because a trunk is known by its address.
"""

import contextlib
import shutil
import socket
import struct
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from app.settings import Trunk
from runtime.binaries import AsteriskHome
from tests.live.ami import AmiTap, Message
from tests.live.ports import free_port, free_range
from tests.live.switch import LiveAsterisk, until
from tests.live.tones import AGENT_HZ, CENTRE_HZ, CITIZEN_HZ, KEYS, key_tone, tone

PHONES = "127.0.0.21"
"""Where the agents' telephones are: the same Asterisk plays them, each registered at the cell; all answer at once and speak AGENT_HZ."""

PASSWORD = "carrier-and-cell-know-it"
PAUSE_S = 0.065
"""Between two keys, as telephones leave it (ITU-T Q.24). Measured: with less, the carrier's Asterisk may give the second key the RTP time
stamp of the first (its clock stands still while it sends a key), and whoever receives it drops it as one more copy of the first."""
STRANGER = "stranger"
"""A trunk of the carrier that the cell does not know."""

Manner = Literal["answers", "busy", "absent", "refuses", "full", "rings", "early", "short", "dies"]
"""What an emergency centre does with a call: speaks CENTRE_HZ; 486; 404; 403; 503; rings for ever; 183 with its voice, no answer;
throws him out after a second, in good order; is cut off after a second (cause 38)."""

_MODULES = (
    "res_sorcery_config res_sorcery_memory res_sorcery_astdb res_timing_timerfd codec_alaw"
    " codec_ulaw format_pcm format_wav res_pjproject res_pjsip"
    " res_pjsip_pubsub res_pjsip_session res_pjsip_sdp_rtp res_rtp_asterisk chan_pjsip res_pjsip_acl res_pjsip_authenticator_digest"
    " res_pjsip_outbound_authenticator_digest res_pjsip_registrar res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user"
    " res_pjsip_caller_id res_pjsip_dtmf_info res_pjsip_nat res_pjsip_rfc3326 res_pjsip_logger bridge_simple pbx_config app_mixmonitor"
    " app_playback app_stack app_exec func_callerid func_channel func_logic func_strings"
    " res_pjsip_header_funcs res_pjsip_outbound_registration format_sln app_senddtmf"
    " app_userevent"
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """One of the carrier's trunks: its address, whether the cell registers there, and how keys travel."""

    name: str
    address: str
    registers: bool = False
    dtmf: Literal["rfc4733", "info", "inband"] = "rfc4733"
    area_code: str = "0663"
    max_calls: int = 60
    codec: str = "alaw"


WAYS = (
    Way(name="telecom", address="127.0.0.3"),
    Way(name="mobile", address="127.0.0.4", registers=True, area_code="020"),
    Way(name="unicom-info", address="127.0.0.5", dtmf="info"),
    Way(name="unicom-inband", address="127.0.0.6", dtmf="inband"),
    Way(name="narrow", address="127.0.0.8", max_calls=1),
    Way(name="american", address="127.0.0.10", codec="ulaw"),
)


@dataclass(kw_only=True)
class Call:
    """A call from the carrier's side. `heard`: what the citizen's telephone heard so far (8 kHz WAV)."""

    carrier: "Carrier"
    id: str
    way: Way
    heard: Path
    channel: str = field(default="")

    def answered(self, *, within_s: float = 5.0) -> "Call":
        """Return once the cell has answered."""
        answer = self.carrier.ami.wait_for("OriginateResponse", Uniqueid=self.id, within_s=within_s)
        assert answer["Response"] == "Success", answer
        self.channel = answer["Channel"]
        return self

    def ended(self, *, within_s: float = 10.0) -> Message:
        """Wait for the hang-up of this side's channel: Cause is Q.850, TechCause the SIP answer."""
        return self.carrier.ami.wait_for("Hangup", Uniqueid=self.id, within_s=within_s)

    def press(self, keys: str) -> None:
        """Press keys in the way of this trunk, 200 ms each; in band only one at a time, it is a sound like any other."""
        for key in keys:
            if self.way.dtmf == "inband":
                self.say(f"key-{ord(key)}")
                continue
            self.carrier.press(self.channel, key)

    def say(self, sound: str = "citizen") -> None:
        """Speak: play a sound that the carrier has laid down (`Carrier.sound`); by default 30 s of CITIZEN_HZ."""
        self.carrier.ami.action("Setvar", Channel=self.channel, Variable="SOUND", Value=str(self.carrier.folder / "sounds" / sound))
        self.carrier.ami.action("Redirect", Channel=self.channel, Context="citizen", Exten="speaks", Priority="1")

    def hang_up(self) -> None:
        """The citizen hangs up."""
        self.carrier.ami.action("Hangup", Channel=self.channel or f"/^.*{self.id}$/", Cause="16")


class Carrier:
    """The second Asterisk. Use as a context manager."""

    def __init__(self, home: AsteriskHome, ways: tuple[Way, ...] = WAYS) -> None:
        self.ways = ways
        self._all_ways = (*ways, Way(name=STRANGER, address="127.0.0.9"))
        self.folder = Path(tempfile.mkdtemp(prefix="hl-carrier-"))
        self.port = free_port(socket.SOCK_DGRAM)
        self._ami_port = free_port(socket.SOCK_STREAM)
        self._rtp = free_range(400)
        self._home = home
        self.asterisk = LiveAsterisk(home, self.folder / "etc" / "asterisk.conf", self.folder / "log")
        self._ami: AmiTap | None = None
        self._released: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def ami(self) -> AmiTap:
        """The carrier's own AMI."""
        assert self._ami is not None, "the carrier was not started"
        return self._ami

    def trunks(self) -> tuple[Trunk, ...]:
        """The same trunks as the cell's settings must name them."""
        return tuple(
            Trunk(
                name=way.name,
                kind="register" if way.registers else "ip",
                host=way.address,
                port=self.port,
                user=way.name if way.registers else "",
                dtmf=way.dtmf,
                max_calls=way.max_calls,
                area_code=way.area_code,
            )
            for way in self.ways
        )

    def passwords(self) -> dict[str, str]:
        """By which the cell registers."""
        return {way.name: PASSWORD for way in self.ways if way.registers}

    def start(self, *, cell_port: int, phones: Mapping[str, str] | None = None) -> None:
        """Boot it, with the cell at 127.0.0.1:`cell_port`. `phones`: agents whose telephones it plays, and their passwords."""
        for name in ("etc", "lib", "run", "log", "db", "spool", "sounds", "heard"):
            (self.folder / name).mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (self.folder / "documentation").symlink_to(self._home.data_dir / "documentation")
        for name, text in self._files(cell_port, phones or {}).items():
            (self.folder / "etc" / name).write_text(text, encoding="utf-8")
        self.sound("agent", tone(AGENT_HZ, 30))
        self.sound("citizen", tone(CITIZEN_HZ, 30))
        self.sound("centre", tone(CENTRE_HZ, 30))
        for key in KEYS:
            self.sound(f"key-{ord(key)}", key_tone(key))
        self.asterisk.start()
        self._ami = AmiTap(self._ami_port, user="carrier", secret=PASSWORD)

    def stop(self) -> None:
        """End it with all its calls."""
        if self._ami is not None:
            self._ami.close()
            self._ami = None
        self.asterisk.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(
        self, number: str, *, way: str = "telecom", caller: str = "19900000001", name: str = "", variables: dict[str, str] | None = None
    ) -> Call:
        """Ask the cell for `number` over one of the trunks, as `caller`. Returns at once; `answered` and `ended` wait."""
        id_ = f"call-{uuid.uuid4().hex[:12]}"
        heard = self.folder / "heard" / f"{id_}.wav"
        self.ami.action(
            "Originate", Channel=f"PJSIP/{number}@{way}", Context="citizen", Exten="listens", Priority="1", Async="true", ChannelId=id_,
            CallerID=f'"{name}" <{caller}>', Timeout="10000", variables={"HEARD": str(heard), **(variables or {})},
        )  # fmt: skip
        return Call(carrier=self, id=id_, heard=heard, way=next((each for each in self._all_ways if each.name == way), _A_PHONE))

    def sound(self, name: str, samples: list[int]) -> None:
        """Lay down a sound of 16-bit samples at 8 kHz, to be played by `Call.say`."""
        (self.folder / "sounds" / f"{name}.sln").write_bytes(struct.pack(f"<{len(samples)}h", *samples))

    def press(self, channel: str, key: str) -> None:
        """Press one key of the telephone whose channel this is, for 200 ms; not before the pause after its last one is over."""
        until(lambda: time.monotonic() >= self._released.get(channel, 0) + PAUSE_S, what="the pause between two keys")
        answer = self.ami.action("PlayDTMF", Channel=channel, Digit=key, Duration="200")
        self._released[channel] = time.monotonic()
        assert answer["Response"] == "Success", answer

    def centre(self, number: str, manner: Manner) -> None:
        """From now on this emergency centre (06630000100 to …199), or this agent's telephone, behaves so; without this it answers."""
        self.ami.action("Setvar", Variable=f"CENTRE_{number}", Value=manner)

    def voice(self, agent: str, sound: str, *, brief: bool = False) -> None:
        """From now on this agent speaks so (`Carrier.sound`), to be told apart from others; `brief`: and hangs up when he has spoken."""
        self.ami.action("Setvar", Variable=f"VOICE_{agent}", Value=sound)
        self.ami.action("Setvar", Variable=f"BRIEF_{agent}", Value="1" if brief else "")

    def centre_called(self, number: str, *, within_s: float = 5.0) -> Message:
        """The first call at this centre since the mark: Uniqueid, Channel, From and Asserted (the caller's number as it came in)."""
        return self.ami.wait_for("UserEvent", UserEvent="CentreCalled", Number=number, within_s=within_s)

    def heard_by(self, agent_call: str) -> Path:
        """What an agent's telephone heard in one call, by that call's unique id on this side."""
        return self.folder / "heard" / f"{agent_call}.wav"

    def _files(self, cell_port: int, phones: Mapping[str, str]) -> dict[str, str]:
        return {
            "asterisk.conf": self._asterisk_conf(),
            "modules.conf": "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in _MODULES.split()),
            "pjsip.conf": _SYSTEM
            + _FROM_CELL
            + "".join(self._trunk(way, cell_port) for way in self._all_ways)
            + f"[phones-udp]\ntype = transport\nprotocol = udp\nbind = {PHONES}:{self.port}\n"
            + "".join(_phone(agent, password, cell_port) for agent, password in phones.items()),
            "extensions.conf": f"[globals]\nHOME = {self.folder}\n{_DIALPLAN}{_CENTRE}",
            "rtp.conf": f"[general]\nrtpstart = {self._rtp[0]}\nrtpend = {self._rtp[1]}\n",
            "manager.conf": f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nport = {self._ami_port}\ndisabledevents = Newexten,VarSet\n"
            f"[carrier]\nsecret = {PASSWORD}\nread = all\nwrite = all\nwritetimeout = 5000\n",
            "logger.conf": "[general]\n[logfiles]\nmessages => notice,warning,error\n",
            **dict.fromkeys(("cdr.conf", "cel.conf"), "[general]\nenable = no\n"),
            **dict.fromkeys(
                ("stasis.conf", "features.conf", "indications.conf", "udptl.conf", "ccss.conf", "acl.conf", "pjproject.conf"), ""
            ),
        }

    def _asterisk_conf(self) -> str:
        folders = {
            "etc": "etc",
            "varlib": "lib",
            "db": "db",
            "key": "",
            "data": "",
            "agi": "lib",
            "spool": "spool",
            "run": "run",
            "log": "log",
        }
        lines = [f"ast{key}dir => {self.folder / name}" for key, name in folders.items()]
        return "\n".join(
            [
                "[directories]",
                f"astmoddir => {self._home.module_dir}",
                *lines,
                "[options]",
                "systemname = carrier",
                "transmit_silence = yes",
                "",
            ]
        )

    def _trunk(self, way: Way, cell_port: int) -> str:
        known = f"outbound_auth = {way.name}\nauth = {way.name}\n" if way.registers else ""
        aor = "max_contacts = 1\nremove_existing = yes\n" if way.registers else f"contact = sip:127.0.0.1:{cell_port}\n"
        return (
            f"[{way.name}-udp]\ntype = transport\nprotocol = udp\nbind = {way.address}:{self.port}\n"
            f"[{way.name}]\ntype = endpoint\ntransport = {way.name}-udp\ncontext = from-cell\ndisallow = all\nallow = {way.codec}\n"
            f"aors = {way.name}\ndtmf_mode = {way.dtmf}\ndirect_media = no\nrtp_symmetric = yes\n"
            f"send_pai = yes\ntrust_id_outbound = yes\n{known}"
            f"[{way.name}]\ntype = aor\n{aor}"
            f"[{way.name}]\ntype = auth\nauth_type = userpass\nusername = {way.name}\npassword = {PASSWORD}\n"
        )


_A_PHONE = Way(name="phone", address=PHONES)

# Whatever the cell itself begins (calls to the agents' telephones, registrations apart) is known by the cell's address.
_SYSTEM = "[global]\ntype = global\nendpoint_identifier_order = username,ip\n[system]\ntype = system\ntimer_t1 = 100\ntimer_b = 6400\n"
_FROM_CELL = (
    "[cell]\ntype = endpoint\ncontext = from-cell\ndisallow = all\nallow = alaw\ndirect_media = no\nrtp_symmetric = yes\n"
    "[cell]\ntype = identify\nendpoint = cell\nmatch = 127.0.0.1\n"
)

_DIALPLAN = """
[citizen]
exten => listens,1,MixMonitor(,r(${HEARD})i(MIX))
 same => n,Set(CHANNEL(hangup_handler_push)=citizen,over,1)
 same => n,Wait(600)
exten => speaks,1,Playback(${SOUND})
 same => n,Wait(600)
exten => over,1,StopMixMonitor(${MIX})
 same => n,Return()
[from-cell]
exten => _066300001XX,1,Set(CHANNEL(hangup_handler_push)=citizen,over,1)
 same => n,MixMonitor(,r(${HOME}/heard/${UNIQUEID}.wav)i(MIX))
 same => n,Set(ASSERTED=${PJSIP_HEADER(read,P-Asserted-Identity)})
 same => n,Set(FROM=${PJSIP_HEADER(read,From)})
 same => n,UserEvent(CentreCalled,Number: ${EXTEN},From: ${CALLERID(num)},Asserted: ${ASSERTED},FromHeader: ${FROM})
 same => n,Goto(centre,${IF($["${CENTRE_${EXTEN}}" = ""]?answers:${CENTRE_${EXTEN}})},1)
exten => _X!,1,GotoIf($["${CENTRE_${EXTEN}}" != "" & "${CENTRE_${EXTEN}}" != "answers"]?centre,${CENTRE_${EXTEN}},1)
 same => n,Answer()
 same => n,Set(CHANNEL(hangup_handler_push)=citizen,over,1)
 same => n,MixMonitor(,r(${HOME}/heard/${UNIQUEID}.wav)i(MIX))
 same => n,Playback(${HOME}/sounds/${IF($["${VOICE_${EXTEN}}" = ""]?agent:${VOICE_${EXTEN}})})
 same => n,Wait(${IF($["${BRIEF_${EXTEN}}" = ""]?600:0)})
 same => n,Hangup(16)
"""


_CENTRE = """
[centre]
exten => answers,1,Answer()
 same => n,Playback(${HOME}/sounds/centre)
 same => n,Wait(600)
exten => busy,1,Hangup(17)
exten => absent,1,Hangup(1)
exten => refuses,1,Hangup(21)
exten => full,1,Hangup(34)
exten => rings,1,Ringing()
 same => n,Wait(600)
exten => early,1,Progress()
 same => n,Playback(${HOME}/sounds/centre,noanswer)
 same => n,Wait(600)
exten => short,1,Answer()
 same => n,Wait(1)
 same => n,Hangup(16)
exten => dies,1,Answer()
 same => n,Wait(1)
 same => n,Hangup(38)
"""


def _phone(agent: str, password: str, cell_port: int) -> str:
    return (
        f"[phone-{agent}]\ntype = auth\nauth_type = userpass\nusername = {agent}\npassword = {password}\n"
        f"[phone-{agent}]\ntype = registration\ntransport = phones-udp\noutbound_auth = phone-{agent}\n"
        f"server_uri = sip:127.0.0.1:{cell_port}\n"
        f"client_uri = sip:{agent}@127.0.0.1:{cell_port}\ncontact_user = {agent}\n"
        f"[{agent}]\ntype = endpoint\ntransport = phones-udp\ncontext = from-cell\ndisallow = all\nallow = alaw\naors = {agent}\n"
        f"outbound_auth = phone-{agent}\nfrom_user = {agent}\ndirect_media = no\n"
        f"[{agent}]\ntype = aor\ncontact = sip:127.0.0.1:{cell_port}\n"
    )
