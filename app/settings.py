"""Settings: one frozen typed tree, read once from TOML; secrets apart, made by `scripts/up`, never printed.

Every error names the key and the remedy (`BadSettings`).
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails

from app.backend_settings import Backend
from app.callback_settings import Callbacks
from app.calling_settings import Joined, OutCalls, Transfers, calling
from app.intake_settings import Intake
from app.notice_settings import Notices
from app.routing_settings import WRITTEN_SKILL, Routing
from app.settings_errors import explained, line_of
from app.surge_settings import Surge
from hotline.dialling import Calling
from hotline.errors import BadSettings
from hotline.skills import levels_of
from ivr.prompts import DEMONSTRATION, default_packs

Model = TypeVar("Model", bound=BaseModel)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sip(_Frozen):
    """Where phones and carriers reach us; loopback unless the operator says otherwise."""

    bind: str = "127.0.0.1"
    port: int = Field(default=5060, ge=1, le=65535)
    rtp_ports: tuple[int, int] = (10000, 10999)
    area_code: str = Field(default="0663", pattern=r"^0[0-9]{2,3}$")


class Asterisk(_Frozen):
    """Asterisk's own doors, loopback only."""

    ami_port: int = Field(default=5038, ge=1, le=65535)
    max_calls: int = Field(default=400, ge=1)


class Agi(_Frozen):
    """Our FastAGI server, loopback only."""

    port: int = Field(default=4573, ge=1, le=65535)
    max_visits: int = Field(default=2000, ge=1)
    step_seconds: int = Field(default=15, ge=3, description="dead-man: a visit without a sign of life for this long + 5 s is left")


class Console(_Frozen):
    """The web side, loopback only: a proxy that speaks TLS stands before it where others than this machine must reach it."""

    port: int = Field(default=8345, ge=1, le=65535)
    https: bool = Field(default=False, description="browsers reach it by HTTPS only: their session is bound to it")
    hosts: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$")], ...] = Field(
        default=(), description="names under which a proxy passes requests on; loopback always works"
    )


class Line(_Frozen):
    """A number that citizens dial."""

    number: str = Field(pattern=r"^[0-9]{3,12}$")
    name: str
    greeting: str = "greeting"
    recording_notice: str = "recording-notice"
    aliases: tuple[str, ...] = ()
    after_call_seconds: int | None = Field(
        default=None, ge=0, le=3600, description="话后处理: work after a call on this line; default: waiting.after_call_seconds"
    )


class Agent(_Frozen):
    """A human with a SIP phone."""

    id: str = Field(pattern=r"^([0-9]{3,8}|[1-9][0-9]|0[1-9])$", description="工号; 00 means whoever is called outside")
    name: str
    skills: tuple[Annotated[str, Field(pattern=WRITTEN_SKILL)], ...] = Field(
        default=(), description='names, with a level as in "teochew:3"'
    )
    kept_for: str = Field(default="", description="专席: one of his skills; others get him after that skill's kept_seconds only")
    supervisor: bool = Field(default=False, description="班长: may listen, whisper, take over, and force the others' presence")
    after_call_seconds: int | None = Field(default=None, ge=0, le=3600, description="话后处理: his own; default: that of the line")


class Trunk(_Frozen):
    """A carrier's SIP trunk."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")
    kind: Literal["ip", "register"] = "ip"
    host: str
    port: int = Field(default=5060, ge=1, le=65535)
    match: tuple[str, ...] = Field(default=(), description="addresses that may call us over this trunk; default: the host")
    user: str = ""
    dtmf: Literal["rfc4733", "info", "inband"] = "rfc4733"
    max_calls: int = Field(default=60, ge=1)
    area_code: str = Field(default="", description="区号 that completes this carrier's local numbers; default: sip.area_code")


class Waiting(_Frozen):
    """The wait for a human."""

    ring_seconds: int = Field(default=20, ge=5, le=60)
    visit_every_seconds: int = Field(default=30, ge=5, description="how often the waiting citizen is spoken to")
    rest_after_miss_seconds: int = Field(default=10, ge=0, description="an agent who did not take a call is not offered one for so long")
    after_call_seconds: int = Field(default=0, ge=0, le=3600, description="话后处理: time for work after each call; 0 = none")
    lifeline_seconds: int = Field(default=60, ge=5, description="应急排队: so long phones ring while routing is away; then a message box")


class PauseReason(_Frozen):
    """示忙原因: why an agent may pause, and how long until the board raises an alarm."""

    digit: str = Field(pattern=r"^[0-9]$", description="dialled after presence.pause_code")
    reason: str = Field(pattern=r"^[a-z][a-z-]{0,19}$")
    name: str = Field(min_length=1, max_length=20, description="what boards show")
    limit_minutes: int = Field(default=0, ge=0, le=600, description="0 = as long as he likes")


_PAUSES = (
    PauseReason(digit="1", reason="break", name="小休", limit_minutes=15),
    PauseReason(digit="2", reason="meal", name="用餐", limit_minutes=60),
    PauseReason(digit="3", reason="training", name="培训"),
    PauseReason(digit="4", reason="meeting", name="会议"),
    PauseReason(digit="5", reason="tickets", name="处理工单", limit_minutes=30),
)


class Presence(_Frozen):
    """坐席状态: logging on and off, pauses, calls that are not taken; and the codes that agents dial for it on their own phones."""

    log_on: bool = Field(
        default=False, description="true: an agent gets calls only after logging on; false: his registered phone is enough"
    )
    misses_in_a_row: int = Field(
        default=3, ge=0, le=20, description="so many calls not taken: paused until he says that he is there; 0 = never"
    )
    longer_seconds: int = Field(default=60, ge=1, le=3600, description="延长话后处理: what an agent gets who asks for more time")
    pauses: tuple[PauseReason, ...] = Field(default=_PAUSES, min_length=1)
    log_on_code: str = Field(default="*50", pattern=r"^\*[0-9]{2,3}$")
    log_off_code: str = Field(default="*51", pattern=r"^\*[0-9]{2,3}$")
    pause_code: str = Field(default="*52", pattern=r"^\*[0-9]{2,3}$", description="then the digit of the reason")
    ready_code: str = Field(default="*53", pattern=r"^\*[0-9]{2,3}$", description="ready again, from a pause or from the work after a call")
    longer_code: str = Field(default="*54", pattern=r"^\*[0-9]{2,3}$", description="more time after the call")

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        codes = [self.log_on_code, self.log_off_code, self.pause_code, self.ready_code, self.longer_code]
        for what, names in (
            ("presence codes", codes),
            ("presence.pauses digit", [pause.digit for pause in self.pauses]),
            ("presence.pauses reason", [pause.reason for pause in self.pauses]),
        ):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{what}: {', '.join(twice)} 重复 stands there twice; give each its own")
        return self


class Supervision(_Frozen):
    """班长监听与接管: what supervisors dial, and whether an agent's own screen shows that somebody is at his talk."""

    code: str = Field(default="*7", pattern=r"^\*[0-9]$", description="then 1 listen, 2 whisper, 3 barge, 4 take over, and the agent")
    agents_see: bool = Field(default=False, description="true: an agent sees on his screen that a supervisor is at his talk")


class EmergencyService(_Frozen):
    """Where one of 110, 120, 119, 122 is reached: full local numbers over trunks, in the order in which they are tried."""

    id: Literal["110", "120", "119", "122"]
    key: str = Field(
        default="", pattern=r"^[1-9]?$", description="second key after the emergency key; default: 1, 2, 3, 4 in the order above"
    )
    targets: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}/[0-9]{3,15}$")], ...] = Field(
        description="TRUNK/NUMBER: dialling 110 itself over a trunk may land in another city's centre"
    )
    ring_seconds: int = Field(default=12, ge=3, le=60)


class HandedIn(_Frozen):
    """Calls that an emergency centre hands over to us: everything that comes over this trunk."""

    trunk: str
    service: Literal["110", "120", "119", "122"]
    case_header: str = Field(
        default="X-Case-Number", pattern=r"^[A-Za-z][A-Za-z0-9-]{0,39}$", description="SIP header with its case number"
    )
    caller_header: str = Field(default="", description="SIP header with the original caller; default: P-Asserted-Identity, From")


class Emergency(_Frozen):
    """紧急求助: the key plan and where it leads. Rendered into the dialplan, no process of ours stands in between."""

    key: str = Field(default="*", pattern=r"^[*1-9]$")
    silence_seconds: int = Field(default=3, ge=1, le=10, description="after the key, without a second one: a duty agent")
    services: tuple[EmergencyService, ...] = ()
    incoming: tuple[HandedIn, ...] = ()
    self_test: str = Field(
        default="", pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$", description="HH:MM, China time, every day; empty: never"
    )


class Prompts(_Frozen):
    """Whose voice the line has."""

    packs: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")], ...] = Field(
        default=(), description="folders of prompts/packs in order of preference; default: studio, demo (profile demo only), free"
    )


class Storage(_Frozen):
    """存储: what happens when the disk fills up."""

    second_volume: str = Field(
        default="",
        pattern=r"^(/.*)?$",
        description="第二存储卷: a folder on another disk; new recordings go there when the first is nearly full",
    )
    ballast_mib: int = Field(default=64, ge=0, le=4096, description="预留空间: held back, and released first when the disk is full")
    low_percent: int = Field(default=20, ge=0, le=90, description="less room than this: an alarm")
    short_percent: int = Field(default=10, ge=0, le=90, description="less room than this: an urgent alarm, and the second volume is used")
    least_free_mib: int = Field(default=2048, ge=0, description="less room than this is urgent on every disk, however large")


class Tickets(_Frozen):
    """Where ticket drafts go; and by what tickets go: `terms` (config/deadlines/, the first that speaks holds), `catalogue`
    (config/dispatch/), `place` (what codes of places of this city begin with), `keep_years` (article 5: two at least)."""

    sink: Literal["embedded", "http"] = "embedded"
    url: str = ""
    terms: tuple[str, ...] = Field(default=("jieyang-2015",), min_length=1)
    catalogue: str = Field(default="example", pattern=r"^[A-Za-z0-9._-]{1,64}$")
    place: str = Field(default="", pattern=r"^[0-9]{0,12}$")
    keep_years: int = Field(default=2, ge=2, le=100)


class Settings(_Frozen):
    """The whole tree."""

    profile: Literal["demo", "production"] = "demo"
    node: str = Field(default="hl1", pattern=r"^[A-Za-z0-9]{1,16}$")
    sip: Sip = Sip()
    asterisk: Asterisk = Asterisk()
    agi: Agi = Agi()
    console: Console = Console()
    lines: tuple[Line, ...] = (Line(number="12345", name="12345市民服务热线"),)
    agents: tuple[Agent, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    waiting: Waiting = Waiting()
    routing: Routing = Routing()
    presence: Presence = Presence()
    backend: Backend = Backend()
    supervision: Supervision = Supervision()
    out_calls: OutCalls = OutCalls()
    transfers: Transfers = Transfers()
    callbacks: Callbacks = Callbacks()
    surge: Surge = Surge()
    joined: Joined = Joined()
    tickets: Tickets = Tickets()
    intake: Intake = Intake()
    notices: Notices = Notices()
    emergency: Emergency = Emergency()
    prompts: Prompts = Prompts()
    storage: Storage = Storage()

    @property
    def calling(self) -> Calling:
        """How the house calls out."""
        centres = [target.partition("/")[2] for service in self.emergency.services for target in service.targets]
        return calling(self.out_calls, self.transfers, trunks=self.trunks, line=self.lines[0].number, centres=centres)

    @property
    def callback_key(self) -> str:
        """The key in the wait that asks for a callback; empty when there is none, or no trunk over which anybody could be called."""
        return self.callbacks.key if self.calling.trunks else ""

    @property
    def voice_packs(self) -> tuple[str, ...]:
        """The packs of prompts in order of preference: the first that has a sound says it."""
        return self.prompts.packs or default_packs(self.profile)

    @model_validator(mode="after")
    def _ports_are_apart(self) -> Self:
        tcp = {"asterisk.ami_port": self.asterisk.ami_port, "agi.port": self.agi.port, "console.port": self.console.port}
        twice = sorted(key for key, port in tcp.items() if list(tcp.values()).count(port) > 1)
        if twice:
            raise ValueError(f"{', '.join(twice)}: 端口相同 the same port; give each its own")
        first, last = self.sip.rtp_ports
        if not 1024 <= first < last <= 65535:
            raise ValueError("sip.rtp_ports: 应为 [起, 止]，1024 到 65535 must be [first, last] within 1024 to 65535")
        if first <= self.sip.port <= last:
            raise ValueError(f"sip.port = {self.sip.port}: 在 sip.rtp_ports 之内 lies within sip.rtp_ports; choose another")
        return self

    @model_validator(mode="after")
    def _codes_of_a_talk_are_apart(self) -> Self:
        if self.emergency.key == "*" and any(service.key == "6" for service in self.emergency.services):
            raise ValueError("emergency.services: *6 开头的是转接功能码 begins the codes of transfers; give that service another key")
        return self

    @model_validator(mode="after")
    def _out_calls_have_their_trunks(self) -> Self:
        if unknown := sorted(set(self.out_calls.trunks) - {trunk.name for trunk in self.trunks}):
            raise ValueError(f"out_calls.trunks: 没有中继 no trunk {', '.join(unknown)}; name those of [[trunks]]")
        return self

    @model_validator(mode="after")
    def _no_demonstration_voice_in_production(self) -> Self:
        if self.profile == "production" and DEMONSTRATION in self.prompts.packs:
            raise ValueError(
                f'prompts.packs: 正式运行不能用演示语音 "{DEMONSTRATION}"（仅限非商业用途），请改为 ["studio", "free"] '
                "its licence forbids production: write that instead, and record your own voice (scripts/prompts script)"
            )
        return self

    @model_validator(mode="after")
    def _kept_seats_are_kept_for_something(self) -> Self:
        for agent in self.agents:
            if agent.kept_for and agent.kept_for not in levels_of(agent.skills):
                raise ValueError(f"agents.{agent.id}.kept_for: 不在他的 skills 之中 is none of his skills; add it there")
            if agent.kept_for and agent.kept_for not in self.routing.kept:
                raise ValueError(f"agents.{agent.id}.kept_for: 请在 [[routing.skills]] 为它写 kept_seconds write kept_seconds for it")
        return self

    @model_validator(mode="after")
    def _codes_are_apart(self) -> Self:
        mine = self.presence
        codes = (mine.log_on_code, mine.log_off_code, mine.pause_code, mine.ready_code, mine.longer_code)
        if taken := [code for code in codes if code.startswith(self.supervision.code)]:
            raise ValueError(f"supervision.code = {self.supervision.code}: 与 {taken[0]} 冲突 is how {taken[0]} begins; choose another")
        return self

    @model_validator(mode="after")
    def _the_callback_key_is_free(self) -> Self:
        if self.callbacks.key == self.emergency.key:
            raise ValueError(f"callbacks.key = {self.callbacks.key}: 与 emergency.key 相同 is the emergency key; choose another")
        return self

    @model_validator(mode="after")
    def _the_surge_key_is_free(self) -> Self:
        if self.surge.key and self.surge.key in (self.emergency.key, self.callbacks.key):
            raise ValueError(f"surge.key = {self.surge.key}: 已用于紧急求助或回拨 is the key of emergencies or callbacks; choose another")
        return self

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for what, names in (
            ("lines", [line.number for line in self.lines]),
            ("agents", [agent.id for agent in self.agents]),
            ("trunks", [trunk.name for trunk in self.trunks]),
            ("prompts.packs", list(self.prompts.packs)),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what}: {', '.join(twice)} 重复 stands there twice; keep one")
        return self


class Secrets(_Frozen):
    """Generated at the first start (var/secrets.toml, mode 0600); `repr` shows none of them."""

    ami_password: SecretStr = Field(min_length=24)
    agent_passwords: dict[str, SecretStr] = {}
    trunk_passwords: dict[str, SecretStr] = {}
    ticket_token: SecretStr = SecretStr("")
    sms_secret: SecretStr = SecretStr("")
    """Signs what goes to the SMS gateway ([notices] url)."""
    intake_secrets: dict[str, SecretStr] = {}
    """Of each SMS gateway and outside system: what it posts is signed with it ([intake])."""
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    number_key: SecretStr = SecretStr("")
    """With it citizens' numbers are veiled wherever they are only recognised, not dialled (routing/knows.py)."""
    ticket_secret: SecretStr = SecretStr("")
    """Signs every request to the city's ticket system (storage/backend_http.py)."""

    @property
    def veil(self) -> bytes:
        """The key of veiled numbers; secrets of before it was made have another secret to offer."""
        return (self.number_key.get_secret_value() or self.ami_password.get_secret_value()).encode()


def read_settings(path: Path) -> Settings:
    """Read `config/hotline.toml`. Raises `BadSettings` naming file, key and remedy."""
    return _read(path, Settings)


def read_secrets(path: Path) -> Secrets:
    """Read `var/secrets.toml`. Raises `BadSettings`; the message never carries a secret."""
    return _read(path, Secrets)


def _read(path: Path, model: type[Model]) -> Model:
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return model.model_validate(tomllib.loads(text))
    except OSError as error:
        trouble = (
            f"{path}: 读不到 cannot be read ({error.strerror})；请运行 scripts/up 或用 --config 指定 run scripts/up, or name another file"
        )
        raise BadSettings(trouble) from error
    except UnicodeDecodeError:
        raise BadSettings(f"{path}: 不是 UTF-8 编码，请另存为 UTF-8 not UTF-8: save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path}: TOML 语法错误 not TOML: {error}") from error
    except ValidationError as error:
        raise BadSettings("\n".join(f"{path}{_line_words(text, item)}: {explained(item, model)}" for item in error.errors())) from None


def _line_words(text: str, item: ErrorDetails) -> str:
    line = line_of(text, item["loc"])
    return f":{line}" if line else ""
