"""`scripts/trunk check`: asks the switch, the DNS and the clock about the trunks, and says it in words (agi/trunk_check.py)."""

import asyncio
import socket
from collections.abc import Sequence

from agi.trunk_check import Finding, Weight, check_trunks, clock_is_synchronised
from app.places import Places
from app.provisioning import site_of
from app.settings import Secrets, Settings
from app.switch import Switch
from hotline.errors import BadSettings
from runtime.binaries import find_asterisk

_SIGNS = {Weight.GOOD: "✓", Weight.WARNING: "!", Weight.BAD: "✗"}


async def findings(settings: Settings, secrets: Secrets, places: Places, switch: Switch) -> list[Finding]:
    """What is wrong with the trunks of these settings. Raises `BadSettings` when the settings themselves are wrong."""
    home = find_asterisk(places.var)
    if home is None:
        raise BadSettings("没有找到 Asterisk ≥ 22.10.1：请运行 scripts/up not found: run scripts/up")
    site = site_of(settings, secrets, home, places.var)
    log = places.var / "asterisk" / "log" / "messages"
    return await check_trunks(site, ask=switch.ask, lookup=lookup, log=log, clock_is_right=clock_is_synchronised())


async def lookup(host: str) -> Sequence[str]:
    """The addresses of a host name, none when the DNS knows it not."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError:
        return ()
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def as_text(found: Sequence[Finding]) -> str:
    """One line for each finding, its remedy below it."""
    lines = []
    for finding in found:
        lines.append(f"{_SIGNS[finding.weight]} {finding.trunk + '：' if finding.trunk else ''}{finding.what}")
        if finding.remedy:
            lines.append(f"    → {finding.remedy}")
    return "\n".join(lines)


def is_bad(found: Sequence[Finding]) -> bool:
    """Citizens cannot reach us over at least one trunk."""
    return any(finding.weight is Weight.BAD for finding in found)
