"""A complete `Site` for tests, to be changed by `dataclasses.replace`."""

from pathlib import Path

from agi.site import AgentPhone, CarrierTrunk, CitizenLine, Site

TELECOM = CarrierTrunk(
    name="telecom",
    kind="ip",
    host="192.0.2.10",
    port=5060,
    match=("192.0.2.10", "192.0.2.16/28"),
    user="",
    password="",
    dtmf="rfc4733",
    max_calls=30,
    area_code="0663",
)
MOBILE = CarrierTrunk(
    name="mobile",
    kind="register",
    host="sip.example.org",
    port=5070,
    match=(),
    user="066312345",
    password="a,carrier's(own)&password",
    dtmf="info",
    max_calls=10,
    area_code="020",
)


def site(folder: Path = Path("/srv/hotline/var")) -> Site:
    """A site with two lines, two agents and a trunk of each kind."""
    return Site(
        var=folder,
        modules=Path("/usr/lib/asterisk/modules"),
        documentation=Path("/usr/share/asterisk/documentation"),
        sounds={},
        music=folder / "no-music",
        node="hl1",
        bind="127.0.0.1",
        port=5060,
        rtp_ports=(10000, 10999),
        area_code="0663",
        ami_port=5038,
        ami_password="an-ami-password-of-24-signs",
        max_calls=200,
        agi_port=4573,
        step_seconds=15,
        visit_every_seconds=30,
        lines=(CitizenLine(number="12345", aliases=("0663-12345",)), CitizenLine(number="12350", greeting="branch-greeting")),
        agents=(AgentPhone(id="1001", password="first-agents-password"), AgentPhone(id="1002", password="second-agents-password")),
        trunks=(TELECOM, MOBILE),
    )
