"""From settings, secrets and the installed Asterisk to the files that Asterisk reads (agi/provision.py)."""

import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from agi.provision import provision
from agi.site import AgentCodes, AgentPhone, CarrierTrunk, CitizenLine, EmergencyLine, EmergencyPlan, EmergencyTarget, HandedInTrunk, Site
from app.settings import Presence, Secrets, Settings, Trunk
from hotline.emergency import SERVICE_KEYS, SERVICES, KeyPlan
from hotline.errors import BadSettings
from ivr.prompts import choose
from runtime.binaries import AsteriskHome, find_asterisk

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"


def site_of(settings: Settings, secrets: Secrets, home: AsteriskHome, var: Path, prompts: Path = PROMPTS) -> Site:
    """The Asterisk that these settings ask for, in the folder `var`. Raises `BadSettings` naming the key and the remedy."""
    return Site(
        var=var.resolve(),
        modules=home.module_dir,
        documentation=home.data_dir / "documentation",
        sounds=sounds_of(settings, prompts),
        music=prompts / "moh",
        node=settings.node,
        bind=settings.sip.bind,
        port=settings.sip.port,
        rtp_ports=settings.sip.rtp_ports,
        area_code=settings.sip.area_code,
        ami_port=settings.asterisk.ami_port,
        ami_password=secrets.ami_password.get_secret_value(),
        max_calls=settings.asterisk.max_calls,
        agi_port=settings.agi.port,
        step_seconds=settings.agi.step_seconds,
        visit_every_seconds=settings.waiting.visit_every_seconds,
        lines=tuple(
            CitizenLine(number=line.number, aliases=line.aliases, greeting=line.greeting, notice=line.recording_notice)
            for line in settings.lines
        ),
        agents=tuple(
            AgentPhone(id=agent.id, password=_password(secrets.agent_passwords, "agent_passwords", agent.id)) for agent in settings.agents
        ),
        trunks=tuple(_trunk(trunk, settings.sip.area_code, secrets) for trunk in settings.trunks),
        emergency=emergency_plan(settings),
        lifeline_seconds=settings.waiting.lifeline_seconds,
        codes=agent_codes(settings.presence),
        supervise_code=settings.supervision.code,
        callback_key=settings.callback_key,
        sms_key=settings.surge.key,
        surge_every_seconds=settings.surge.repeat_seconds,
        calling=settings.calling,
        python=sys.executable,
        project=PROMPTS.parent,
    )


def agent_codes(presence: Presence) -> AgentCodes:
    """What agents dial about themselves."""
    return AgentCodes(
        logged_on=presence.log_on_code,
        logged_off=presence.log_off_code,
        paused=presence.pause_code,
        ready=presence.ready_code,
        longer=presence.longer_code,
        pauses={pause.digit: pause.reason for pause in presence.pauses},
    )


def emergency_plan(settings: Settings) -> EmergencyPlan:
    """The emergency path as the dialplan is rendered from it. A service without targets leads to the duty agents."""
    emergency = settings.emergency
    told = {service.id: service for service in emergency.services}
    keys = {service: key for key, service in SERVICE_KEYS.items()}
    lines = tuple(
        EmergencyLine(
            service=name,
            key=(told[name].key if name in told else "") or keys[name],
            targets=tuple(_target(text) for text in (told[name].targets if name in told else ())),
            ring_seconds=told[name].ring_seconds if name in told else 12,
        )
        for name in SERVICES
    )
    incoming = tuple(
        HandedInTrunk(trunk=each.trunk, service=each.service, case_header=each.case_header, caller_header=each.caller_header)
        for each in emergency.incoming
    )
    return EmergencyPlan(key=emergency.key, silence_seconds=emergency.silence_seconds, lines=lines, incoming=incoming)


def key_plan(settings: Settings) -> KeyPlan:
    """The same for flows and the watchdog."""
    plan = emergency_plan(settings)
    return KeyPlan(key=plan.key, services={line.key: line.service for line in plan.lines}, silence_s=plan.silence_seconds)


def _target(text: str) -> EmergencyTarget:
    trunk, _, number = text.partition("/")
    return EmergencyTarget(trunk=trunk, number=number)


def sounds_of(settings: Settings, prompts: Path = PROMPTS) -> dict[str, Path]:
    """Name of each sound (zh_CN/greeting.wav) → its file in the first of the chosen packs that has it. Raises `BadSettings`."""
    packs = prompts / "packs"
    present = {pack: sounds_in(packs / pack) for pack in settings.voice_packs}
    unknown = sorted(pack for pack in settings.prompts.packs if not (packs / pack).is_dir())
    if unknown:
        there = ", ".join(sorted(path.name for path in packs.iterdir() if path.is_dir())) if packs.is_dir() else "none"
        raise BadSettings(f"prompts.packs: 没有语音包 no folder {', '.join(unknown)} in prompts/packs; there are: {there}")
    return {file: packs / pack / file for file, pack in choose(settings.voice_packs, present).items()}


def sounds_in(pack: Path) -> frozenset[str]:
    """The sounds of a pack, named as the catalogue names them; none when there is no such folder."""
    return frozenset(path.relative_to(pack).as_posix() for path in pack.rglob("*.wav"))


def provision_asterisk(settings: Settings, secrets: Secrets, var: Path, prompts: Path = PROMPTS) -> Path:
    """Render everything below `var/asterisk`; returns the asterisk.conf to start with. Raises `BadSettings`."""
    home = find_asterisk(var)
    if home is None:
        raise BadSettings("没有找到 Asterisk ≥ 22.10.1：请运行 scripts/up（它会自动准备） not found: run scripts/up, which brings it")
    return provision(site_of(settings, secrets, home, var, prompts))


def _trunk(trunk: Trunk, area_code: str, secrets: Secrets) -> CarrierTrunk:
    return CarrierTrunk(
        name=trunk.name,
        kind=trunk.kind,
        host=trunk.host,
        port=trunk.port,
        match=trunk.match,
        user=trunk.user,
        password=_password(secrets.trunk_passwords, "trunk_passwords", trunk.name) if trunk.kind == "register" else "",
        dtmf=trunk.dtmf,
        max_calls=trunk.max_calls,
        area_code=trunk.area_code or area_code,
    )


def _password(passwords: Mapping[str, SecretStr], table: str, name: str) -> str:
    if name not in passwords:
        raise BadSettings(f"secrets.toml: [{table}] has no {name}; add it there, or run scripts/up, which makes the agents' passwords")
    return passwords[name].get_secret_value()
