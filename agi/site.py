"""One Asterisk as we want it: every value that a configuration template may name, checked at birth.

A template writes values into Asterisk's files as they are, so a line break would begin a new setting, `;` a comment and `]` a new
section. `plain_text` refuses them, for every string of every value here; each error names the value and the remedy (`BadSettings`).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address, ip_network
from pathlib import Path

from hotline.dialling import Calling
from hotline.errors import BadSettings
from hotline.phone import Spelling, called_spellings, caller_spellings

LONGEST_FOLDER = 89
"""Characters of the folder above Asterisk's control socket: a socket's path may have 107 (unix(7))."""

RESERVED = ("phones", "self-check", "agent", "trunk", "global", "system", "transport-udp")
"""Sections and contexts that the templates have already."""

MOST_QUEUES = 10
MOST_MEMBERS = 100
AGENTS_IN_A_FILE = 100
"""What app_queue carries without falling behind with telephones' states (asterisk.md §3)."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f;\[\]\"'\\$`|<>{}(),&]")
_UNSAFE_SECRET = re.compile(r"[\x00-\x1f\x7f;]|^\s|\s$")
_ADDRESS = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class _Checked:
    """All strings of the value are plain text. Raises `BadSettings`."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str | Path):
                    plain_text(f"{type(self).__name__.lower()}.{each.name}", str(text), secret="password" in each.name)


@dataclass(frozen=True, kw_only=True)
class CitizenLine(_Checked):
    """A number that citizens dial, and the prompts that are played when our processes are dead."""

    number: str
    aliases: tuple[str, ...] = ()
    greeting: str = "greeting"
    notice: str = "recording-notice"


@dataclass(frozen=True, kw_only=True)
class AgentPhone(_Checked):
    """An agent's SIP phone. The password is shown by no `repr`."""

    id: str
    password: str

    def __repr__(self) -> str:
        return f"AgentPhone(id={self.id!r})"


@dataclass(frozen=True, kw_only=True)
class AgentCodes(_Checked):
    """功能码: what an agent dials about himself. `pauses`: the digit after `paused` → the reason (`hotline.wishes.AgentWants.reason`)."""

    logged_on: str = "*50"
    logged_off: str = "*51"
    paused: str = "*52"
    ready: str = "*53"
    longer: str = "*54"
    pauses: Mapping[str, str] = field(default_factory=lambda: {"1": "break"})


@dataclass(frozen=True, kw_only=True)
class CarrierTrunk(_Checked):
    """A carrier's SIP trunk. `match`: addresses or networks that may call us; empty = the host. `kind`: ip or register."""

    name: str
    kind: str
    host: str
    port: int
    match: tuple[str, ...]
    user: str
    password: str
    dtmf: str
    max_calls: int
    area_code: str

    def __post_init__(self) -> None:
        super().__post_init__()
        for address in (self.host, *(known.partition("/")[0] for known in self.match)):
            if not _ADDRESS.fullmatch(address):
                raise BadSettings(f"trunks.{self.name}: {address!r} is neither an address nor a host name")
        for network in self.match:
            _check_network(self.name, network)
        if self.name in RESERVED:
            raise BadSettings(f"trunks: {self.name!r} is a name of ours; choose another")
        if not re.fullmatch(r"0[0-9]{2,3}", self.area_code):
            raise BadSettings(f"trunks.{self.name}.area_code: {self.area_code!r} is no 区号; write it like 0663")
        if self.kind == "register" and not (self.user and self.password):
            raise BadSettings(f"trunks.{self.name}: kind register needs user, and a password in secrets.toml under [trunk_passwords]")

    def __repr__(self) -> str:
        return f"CarrierTrunk(name={self.name!r}, kind={self.kind!r}, host={self.host!r})"

    @property
    def allowed(self) -> tuple[str, ...]:
        """Who may call us over this trunk."""
        return self.match or (self.host,)

    @property
    def addresses(self) -> tuple[str, ...]:
        """`allowed` as far as it is known without asking the DNS: what an access list can name."""
        return tuple(known for known in self.allowed if _is_network(known)) if all(map(_is_network, self.allowed)) else ()


@dataclass(frozen=True, kw_only=True)
class EmergencyTarget(_Checked):
    """One way to a service: this full local number over this trunk."""

    trunk: str
    number: str


@dataclass(frozen=True, kw_only=True)
class EmergencyLine(_Checked):
    """One of 110, 120, 119, 122: its key, its ways in the order in which they are tried, and how long each may ring."""

    service: str
    key: str
    targets: tuple[EmergencyTarget, ...]
    ring_seconds: int


@dataclass(frozen=True, kw_only=True)
class HandedInTrunk(_Checked):
    """A trunk over which a service hands citizens to us, and the SIP headers in which it tells of them."""

    trunk: str
    service: str
    case_header: str
    caller_header: str = ""


@dataclass(frozen=True, kw_only=True)
class EmergencyPlan(_Checked):
    """The key plan and all that lies behind it."""

    key: str = "*"
    silence_seconds: int = 3
    lines: tuple[EmergencyLine, ...] = ()
    incoming: tuple[HandedInTrunk, ...] = ()
    rounds: int = 2
    """How often the whole list of a service is tried before a duty agent is asked."""

    def handed_in(self, trunk: str) -> HandedInTrunk | None:
        """What comes over this trunk from a service, or None."""
        return next((each for each in self.incoming if each.trunk == trunk), None)


@dataclass(frozen=True, kw_only=True)
class Site(_Checked):
    """One complete Asterisk. `var` is the system's folder; `modules` and `documentation` belong to the installed Asterisk.

    `sounds`: name below Asterisk's folder of sounds (zh_CN/greeting.wav) → the WAV file that is laid there; `music`: a folder of them.
    """

    var: Path
    modules: Path
    documentation: Path
    sounds: Mapping[str, Path]
    music: Path
    node: str
    bind: str
    port: int
    rtp_ports: tuple[int, int]
    area_code: str
    ami_port: int
    ami_password: str
    max_calls: int
    agi_port: int
    step_seconds: int
    visit_every_seconds: int
    lines: tuple[CitizenLine, ...]
    agents: tuple[AgentPhone, ...]
    trunks: tuple[CarrierTrunk, ...]
    emergency: EmergencyPlan = field(default_factory=EmergencyPlan)
    lifeline_seconds: int = 60
    """How long the lifeline's plain queue rings before its message box."""
    codes: AgentCodes = field(default_factory=AgentCodes)
    calling: Calling = field(default_factory=Calling)
    """How the house calls out (hotline/dialling.py)."""
    callback_key: str = ""
    """回拨: the key in the wait that keeps the place and ends the call; empty = none."""
    sms_key: str = ""
    """突发公告: the key in the wait by which he asks to be told by SMS; empty = none."""
    surge_every_seconds: int = 180
    """How long after he has heard a notice he hears it again."""
    supervise_code: str = "*7"
    """班长功能码: then 1 listen, 2 whisper, 3 barge in, 4 take over, and the agent's number."""
    python: str = "python3"
    """The interpreter of the lifeline's note-taker script (agi-bin/)."""
    project: Path = Path()
    """The checkout that it belongs to."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(str(self.home)) > LONGEST_FOLDER:
            raise BadSettings(
                f"--var {self.var}: too long a path for Asterisk's socket; at most {LONGEST_FOLDER - len('/asterisk')} characters"
            )
        if self.rtp_ports[0] >= self.rtp_ports[1]:
            raise BadSettings("sip.rtp_ports: the first port must be below the last")
        for area_code in self.area_codes:
            self.called(area_code)

    def __repr__(self) -> str:
        return f"Site(node={self.node!r}, var={str(self.var)!r})"

    @property
    def home(self) -> Path:
        """The folder of everything that belongs to Asterisk."""
        return self.var / "asterisk"

    @property
    def recordings(self) -> Path:
        """Where the two sides of a call are written while it lasts."""
        return self.var / "spool" / "recording"

    @property
    def second_recordings(self) -> Path:
        """The same on the second volume (`storage.layout.Layout.second_spool`); it may not be there."""
        return self.var / "second" / "spool" / "recording"

    @property
    def surge_notice(self) -> Path:
        """The notice that is on (storage/surge_files.py writes it); not there = none."""
        return self.var / "surge" / "now"

    @property
    def self_check_password(self) -> str:
        """By which the self-check call is known to come from ourselves; nothing more to keep in secrets.toml."""
        return self_check_password(self.ami_password)

    @property
    def watchdog_password(self) -> str:
        """The watchdog's, likewise."""
        return watchdog_password(self.ami_password)

    @property
    def prompts(self) -> frozenset[str]:
        """The names of the prompts that this site has in its main language."""
        return frozenset(name.partition("/")[2].removesuffix(".wav") for name in self.sounds if name.startswith("zh_CN/"))

    @property
    def agent_files(self) -> Mapping[str, tuple[AgentPhone, ...]]:
        """Name of each file of agents' telephones → whose stand in it."""
        parts = range(0, len(self.agents), AGENTS_IN_A_FILE)
        return {f"pjsip_agents_{at // AGENTS_IN_A_FILE:03d}.conf": self.agents[at : at + AGENTS_IN_A_FILE] for at in parts}

    @property
    def lifeline_members(self) -> tuple[tuple[AgentPhone, ...], ...]:
        """The members of each of the lifeline's plain queues: at most `MOST_QUEUES` of `MOST_MEMBERS`, and always one queue."""
        served = self.agents[: MOST_QUEUES * MOST_MEMBERS]
        queues = max(1, -(-len(served) // MOST_MEMBERS))
        return tuple(served[number::queues] for number in range(queues))

    @property
    def dead_man_seconds(self) -> int:
        """A visit without a sign of life for so long is left (asterisk.md §1)."""
        return self.step_seconds + 5

    @property
    def area_codes(self) -> tuple[str, ...]:
        """Each area code of this site once."""
        return tuple(dict.fromkeys([self.area_code, *(trunk.area_code for trunk in self.trunks)]))

    @property
    def emergency_trunks(self) -> frozenset[str]:
        """Names of the trunks over which an emergency centre is called."""
        return frozenset(target.trunk for line in self.emergency.lines for target in line.targets)

    def trunk(self, name: str) -> CarrierTrunk:
        """The trunk of this name. Raises `BadSettings` when there is none."""
        for trunk in self.trunks:
            if trunk.name == name:
                return trunk
        raise BadSettings(f"emergency: 没有中继 no trunk {name!r}; name one of [[trunks]], or add it there")

    def called(self, area_code: str) -> dict[str, str]:
        """Every text by which callers of this area may ask for us → our number. Raises `BadSettings` when two lines claim one."""
        found: dict[str, str] = {}
        for line in self.lines:
            for text in called_spellings(line.number, aliases=line.aliases, area_code=area_code):
                if found.setdefault(text, line.number) != line.number:
                    raise BadSettings(f"lines: {text} would mean both {found[text]} and {line.number}; remove an alias")
        return found

    def callers(self, area_code: str) -> tuple[Spelling, ...]:
        """How callers of this area are spelled."""
        return caller_spellings(area_code)


def self_check_password(ami_password: str) -> str:
    """By which whoever knows our own secret calls in over the endpoint `self-check`."""
    return hashlib.sha256(f"self-check {ami_password}".encode()).hexdigest()


def watchdog_password(ami_password: str) -> str:
    """By which the watchdog logs in to AMI."""
    return hashlib.sha256(f"watchdog {ami_password}".encode()).hexdigest()


def plain_text(key: str, value: str, *, secret: bool = False) -> str:
    """The value itself if it means nothing to Asterisk. Raises `BadSettings`, which does not repeat the value.

    A carrier's password (`secret`) never enters the dialplan and may contain more.
    """
    found = (_UNSAFE_SECRET if secret else _UNSAFE).search(value)
    if found:
        raise BadSettings(f"{key}: contains {found[0]!r}, which Asterisk's configuration cannot carry; take it out")
    return value


def _check_network(name: str, network: str) -> None:
    if "/" in network and not _is_network(network):
        raise BadSettings(f"trunks.{name}.match: {network!r} is no network; write it like 192.0.2.0/28")


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False) if "/" in text else ip_address(text)
    except ValueError:
        return False
    return True
