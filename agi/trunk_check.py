"""中继检查: what is wrong with the trunks, in plain words, and what to do about it.

Asks only what Asterisk, the DNS and the machine's clock already know; places no call and changes nothing. What Asterisk says on its
console is read here and nowhere else. It cannot see a call that was refused for its codec: Asterisk answers 488 and writes no line.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from agi.site import CarrierTrunk, Site
from hotline.errors import LineFault

Ask = Callable[[str], Awaitable[str]]
"""One command of Asterisk's console and its answer; raises `LineFault` when Asterisk does not answer."""

Lookup = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host name, none when the DNS knows it not."""

SLOW_MS = 150.0
"""Above this round trip people begin to talk into each other (ITU-T G.114)."""

PORTS_PER_CALL = 4
"""Media ports: RTP and RTCP of the citizen's leg and of the agent's."""

LOG_BYTES = 2_000_000
_TIME_ERROR = 5
_TIMEX_BYTES = 512


class Weight(StrEnum):
    """How bad it is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was found. `trunk` is empty when it concerns all of them; a good one has no remedy."""

    trunk: str
    weight: Weight
    what: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What Asterisk's console and log told."""

    contacts: str
    registrations: str
    identifies: str
    log: tuple[str, ...]


async def check_trunks(site: Site, *, ask: Ask, lookup: Lookup, log: Path, clock_is_right: bool | None) -> list[Finding]:
    """Everything that is wrong with this site's trunks, and one good word for each that is well. Never raises for a broken line."""
    findings = _of_the_site(site, clock_is_right=clock_is_right)
    try:
        seen = Seen(
            contacts=await ask("pjsip show contacts"),
            registrations=await ask("pjsip show registrations"),
            identifies=await ask("pjsip show identifies"),
            log=recent_lines(log),
        )
    except LineFault:
        return [
            *findings,
            Finding(trunk="", weight=Weight.BAD, what="Asterisk 没有回应", remedy="运行 scripts/up；看 var/asterisk/log/messages"),
        ]
    for trunk in site.trunks:
        loaded = "Unable to find" not in await ask(f"pjsip show endpoint {trunk.name}")
        found = [*_of_names(trunk, await _addresses(trunk, lookup)), *_of_trunk(trunk, seen)] if loaded else [_not_loaded(trunk)]
        findings += found or [
            Finding(trunk=trunk.name, weight=Weight.GOOD, what=f"正常，往返 {round_trip(trunk.name, seen.contacts):.0f} 毫秒")
        ]
    return [*findings, *_strangers(seen.log)]


# ── of everything ────────────────────────────────────────────────────────────────────────────────


def _of_the_site(site: Site, *, clock_is_right: bool | None) -> list[Finding]:
    found = []
    if not site.trunks:
        found.append(
            _warning("", "没有配置任何中继，只有本机话机能拨入", "在 config/hotline.toml 加 [[trunks]]，见 docs/operators/trunks.md")
        )
    outside = [trunk.name for trunk in site.trunks if not trunk.host.startswith("127.")]
    if outside and site.bind.startswith("127."):
        what = f"sip.bind = {site.bind}：只听本机，运营商（{'、'.join(outside)}）无法呼入"
        found.append(_bad("", what, "把 sip.bind 改为 0.0.0.0 或服务器地址，再运行 scripts/up"))
    shared = sorted(address for address, count in Counter(known for trunk in site.trunks for known in trunk.allowed).items() if count > 1)
    if shared:
        what = f"几条中继写了相同的地址（{'、'.join(shared)}）：来电只会认作其中一条"
        found.append(_warning("", what, "同一地址只写在一条中继里"))
    calls = min(site.max_calls, sum(trunk.max_calls for trunk in site.trunks))
    ports = site.rtp_ports[1] - site.rtp_ports[0] + 1
    if ports < calls * PORTS_PER_CALL:
        found.append(
            _warning("", f"媒体端口 {ports} 个，{calls} 路通话需要 {calls * PORTS_PER_CALL} 个", "扩大 sip.rtp_ports，并在防火墙放行")
        )
    if clock_is_right is False:
        found.append(
            _warning("", "服务器时钟没有同步，通话时间和办理时限会不准", "启用时间同步，例如 systemctl enable --now systemd-timesyncd")
        )
    return found


def _strangers(log: Sequence[str]) -> list[Finding]:
    """Calls from addresses that no trunk names: a carrier's second address, or somebody who tries doors."""
    refused = re.compile(r"Request 'INVITE' .* failed for '(?P<address>[^']+?):\d+' .*No matching endpoint found")
    counted = Counter(match["address"] for line in log if (match := refused.search(line)))
    return [
        _warning(
            "", f"拒绝了来自 {address} 的 {count} 次呼叫：没有中继登记这个地址", "如果是运营商的地址，加到该中继的 match；否则在防火墙拦截"
        )
        for address, count in counted.most_common(5)
    ]


# ── of one trunk ─────────────────────────────────────────────────────────────────────────────────


async def _addresses(trunk: CarrierTrunk, lookup: Lookup) -> Sequence[str]:
    return (trunk.host,) if trunk.host in trunk.addresses or trunk.host.replace(".", "").isdigit() else await lookup(trunk.host)


def _of_names(trunk: CarrierTrunk, addresses: Sequence[str]) -> list[Finding]:
    if not addresses:
        return [_bad(trunk.name, f"域名 {trunk.host} 解析不到地址", "检查域名和 DNS；恢复后运行 scripts/up，或改填 IP 地址")]
    return []


def _of_trunk(trunk: CarrierTrunk, seen: Seen) -> list[Finding]:
    checks = (_identify(trunk, seen.identifies), _contact(trunk, seen.contacts), _registration(trunk, seen.registrations))
    return [*(finding for finding in checks if finding), *_unknown_numbers(trunk, seen.log)]


def _not_loaded(trunk: CarrierTrunk) -> Finding:
    return _bad(trunk.name, "Asterisk 里没有这个中继：设置改过，还没有生效", "运行 scripts/up")


def _identify(trunk: CarrierTrunk, identifies: str) -> Finding | None:
    if re.search(rf"Identify:\s+{re.escape(trunk.name)}/", identifies):
        return None
    return _bad(trunk.name, "没有任何地址可以从这个中继呼入（启动时域名解析失败）", "在 match 里写运营商的 IP 地址，运行 scripts/up")


def _contact(trunk: CarrierTrunk, contacts: str) -> Finding | None:
    where = f"{trunk.host}:{trunk.port}"
    match _contact_state(trunk.name, contacts):
        case "Avail" if round_trip(trunk.name, contacts) > SLOW_MS:
            return _warning(trunk.name, f"{where} 往返 {round_trip(trunk.name, contacts):.0f} 毫秒，通话会有明显延迟", "请运营商检查线路")
        case "Avail":
            return None
        case "NonQual" | "Created":
            return _warning(trunk.name, f"{where} 还没有探测完", "20 秒后再检查一次")
        case _:
            return _bad(trunk.name, f"{where} 不应答 SIP OPTIONS", "检查地址、端口、防火墙（UDP），并请运营商放行本机地址、应答 OPTIONS")


def _contact_state(name: str, contacts: str) -> str:
    found = re.search(rf"Contact:\s+{re.escape(name)}/\S+\s+\S+\s+(\w+)\s", contacts)
    return found[1] if found else "gone"


def round_trip(name: str, contacts: str) -> float:
    """Milliseconds that the carrier took to answer lately; 0 when it did not."""
    found = re.search(rf"Contact:\s+{re.escape(name)}/\S+\s+\S+\s+Avail\s+([0-9.]+)", contacts)
    return float(found[1]) if found else 0.0


def _registration(trunk: CarrierTrunk, registrations: str) -> Finding | None:
    if trunk.kind != "register":
        return None
    found = re.search(rf"^\s*{re.escape(trunk.name)}/\S+\s+\S+\s+(\w+)", registrations, re.MULTILINE)
    match found[1] if found else "":
        case "Registered":
            return None
        case "Rejected":
            return _bad(
                trunk.name,
                f"向 {trunk.host} 注册被拒绝或没有应答",
                "核对 user 和 secrets.toml 里 [trunk_passwords] 的密码；再看端口和防火墙",
            )
        case _:
            return _bad(trunk.name, f"还没有在 {trunk.host} 注册成功", "20 秒后再检查一次；仍不成功就核对地址、账号和防火墙")


def _unknown_numbers(trunk: CarrierTrunk, log: Sequence[str]) -> list[Finding]:
    refused = re.compile(rf"to extension '([^']*)' rejected because extension not found in context 'from-trunk-{re.escape(trunk.name)}'")
    counted = Counter(match[1] for line in log if (match := refused.search(line)))
    return [
        _warning(trunk.name, f"拒绝了 {count} 次拨打 {number} 的来电：这不是我们的号码", "如果是运营商对本线路的写法，加到该号码的 aliases")
        for number, count in counted.most_common(3)
    ]


# ── the machine ──────────────────────────────────────────────────────────────────────────────────


def recent_lines(log: Path) -> tuple[str, ...]:
    """The end of Asterisk's log since it last started, at most `LOG_BYTES`; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LOG_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ()
    starts = [at for at, line in enumerate(lines) if re.search(r"\] Asterisk \d+\.\S+ built by ", line)]
    return tuple(lines[starts[-1] :] if starts else lines)


def clock_is_synchronised() -> bool | None:
    """What the kernel knows of its clock (adjtimex(2)); None when it cannot be asked."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR


def _warning(trunk: str, what: str, remedy: str) -> Finding:
    return Finding(trunk=trunk, weight=Weight.WARNING, what=what, remedy=remedy)


def _bad(trunk: str, what: str, remedy: str) -> Finding:
    return Finding(trunk=trunk, weight=Weight.BAD, what=what, remedy=remedy)
