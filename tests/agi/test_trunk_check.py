"""What Asterisk's console tells about trunks, as captured from 22.10.1, and what is made of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agi.site import CarrierTrunk, Site
from agi.trunk_check import LOG_BYTES, Finding, Weight, check_trunks, clock_is_synchronised, recent_lines
from hotline.errors import LinkLost
from tests.agi.site_values import MOBILE, TELECOM, site

CONTACTS = """
  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>
==========================================================================================

  Contact:  mobile/sip:sip.example.org:5070                43ef908261 Avail         1.123
  Contact:  self-check/sip:127.0.0.1:34419                 bafe74a57b NonQual        -nan
  Contact:  telecom/sip:192.0.2.10:5060                    817ab5baba Avail         0.445

Objects found: 3
"""
REGISTRATIONS = """
 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
==========================================================================================

 mobile/sip:sip.example.org:5070                         mobile                      Registered        (exp. 275s)

Objects found: 1
"""
IDENTIFIES = """
 Identify:  <Identify/Endpoint...........................................................>
      Match:  <criteria...........................>
==========================================================================================

 Identify:  mobile/mobile
      Match: 198.51.100.4/32

 Identify:  telecom/telecom
      Match: 192.0.2.10/32

"""
UNKNOWN_NUMBER = (
    "[2026-11-23 06:37:35.762] NOTICE[24642] res_pjsip_session.c:  telecom: Call (UDP:192.0.2.10:5060) to extension '12346' rejected "
    "because extension not found in context 'from-trunk-telecom'."
)
STRANGER = (
    "[2026-11-23 06:37:35.764] NOTICE[24642] res_pjsip/pjsip_distributor.c: Request 'INVITE' from '<sip:19900000001@203.0.113.9>' "
    "failed for '203.0.113.9:5060' (callid: f4b7ceed-3729-49eb-8165-44b458d2129f) - No matching endpoint found"
)
STARTED = "[2026-11-23 06:37:34.290] Asterisk 22.10.1+dfsg built by nobody @ buildd.debian.org on a unknown running Linux"
OPEN = replace(site(), bind="0.0.0.0", rtp_ports=(10000, 10999))


async def in_dns(_host: str) -> Sequence[str]:
    return ("198.51.100.4",)


async def not_in_dns(_host: str) -> Sequence[str]:
    return ()


def checked(
    here: Site = OPEN,
    *,
    contacts: str = CONTACTS,
    registrations: str = REGISTRATIONS,
    identifies: str = IDENTIFIES,
    log: Path = Path("/none"),
    dns: bool = True,
    clock: bool | None = True,
    loaded: bool = True,
) -> list[Finding]:
    """Run the check against these answers."""
    answers = {"pjsip show contacts": contacts, "pjsip show registrations": registrations, "pjsip show identifies": identifies}

    async def ask(command: str) -> str:
        return answers.get(command, "Endpoint: …" if loaded else "Unable to find object telecom.\n")

    return asyncio.run(check_trunks(here, ask=ask, lookup=in_dns if dns else not_in_dns, log=log, clock_is_right=clock))


def the_one(found: list[Finding], *, trunk: str, weight: Weight) -> Finding:
    """The only finding of this weight, about this trunk."""
    [only] = [finding for finding in found if finding.weight is not Weight.GOOD]
    assert (only.trunk, only.weight) == (trunk, weight)
    assert only.remedy
    return only


def only(*trunks: CarrierTrunk) -> Site:
    """A site with these trunks alone."""
    return replace(OPEN, trunks=trunks)


def test_trunks_that_are_well_get_one_good_word_each() -> None:
    assert [(finding.trunk, finding.weight) for finding in checked()] == [("telecom", Weight.GOOD), ("mobile", Weight.GOOD)]


def test_a_carrier_that_does_not_answer_is_named_with_address_and_port() -> None:
    found = checked(contacts=CONTACTS.replace("817ab5baba Avail         0.445", "817ab5baba Unavail        -nan"))
    assert "192.0.2.10:5060" in the_one(found, trunk="telecom", weight=Weight.BAD).what


def test_a_slow_carrier_is_a_warning() -> None:
    found = checked(contacts=CONTACTS.replace("Avail         0.445", "Avail       212.000"))
    assert "212" in the_one(found, trunk="telecom", weight=Weight.WARNING).what


def test_a_carrier_that_was_not_asked_yet_is_only_a_warning() -> None:
    found = checked(contacts=CONTACTS.replace("817ab5baba Avail         0.445", "817ab5baba NonQual        -nan"))
    the_one(found, trunk="telecom", weight=Weight.WARNING)


@pytest.mark.parametrize("state", ["Rejected", "Unregistered", "Stopped"])
def test_a_registration_that_does_not_stand_is_bad(state: str) -> None:
    found = checked(registrations=REGISTRATIONS.replace("Registered  ", f"{state}  "))
    the_one(found, trunk="mobile", weight=Weight.BAD)


def test_a_trunk_by_address_needs_no_registration() -> None:
    assert [finding.weight for finding in checked(only(TELECOM), registrations="")] == [Weight.GOOD]


def test_a_host_name_without_address_is_bad() -> None:
    assert "sip.example.org" in the_one(checked(only(MOBILE), dns=False), trunk="mobile", weight=Weight.BAD).what


def test_a_trunk_from_which_nobody_may_call_is_bad() -> None:
    the_one(checked(identifies=IDENTIFIES.replace("mobile/mobile", "other/other")), trunk="mobile", weight=Weight.BAD)


def test_a_trunk_that_asterisk_does_not_know_yet_needs_up() -> None:
    assert "scripts/up" in the_one(checked(only(TELECOM), loaded=False), trunk="telecom", weight=Weight.BAD).remedy


def test_a_number_that_a_carrier_sends_in_vain_is_told_with_its_count(tmp_path: Path) -> None:
    (tmp_path / "messages").write_text("\n".join([UNKNOWN_NUMBER.replace("12346", "1"), STARTED, UNKNOWN_NUMBER, UNKNOWN_NUMBER]))
    finding = the_one(checked(log=tmp_path / "messages"), trunk="telecom", weight=Weight.WARNING)
    assert "2 次" in finding.what
    assert "12346" in finding.what
    assert "aliases" in finding.remedy


def test_calls_from_an_address_that_nobody_named_are_told_without_the_citizens_number(tmp_path: Path) -> None:
    (tmp_path / "messages").write_text(f"{STARTED}\n{STRANGER}")
    finding = the_one(checked(log=tmp_path / "messages"), trunk="", weight=Weight.WARNING)
    assert "203.0.113.9" in finding.what
    assert "1990000" not in finding.what + finding.remedy


def test_a_line_that_only_listens_to_itself_is_bad_when_there_are_carriers() -> None:
    assert "sip.bind" in the_one(checked(replace(OPEN, bind="127.0.0.1")), trunk="", weight=Weight.BAD).what


def test_too_few_media_ports_are_a_warning() -> None:
    assert "160" in the_one(checked(replace(OPEN, rtp_ports=(10000, 10099))), trunk="", weight=Weight.WARNING).what


def test_two_trunks_at_one_address_are_a_warning() -> None:
    twin = replace(TELECOM, name="twin", match=("192.0.2.10",))
    here = only(TELECOM, twin)
    contacts = CONTACTS.replace("mobile/sip:sip.example.org:5070 ", "twin/sip:192.0.2.10:5060        ")
    found = checked(here, contacts=contacts, identifies=IDENTIFIES.replace("mobile", "twin"))
    assert "192.0.2.10" in the_one(found, trunk="", weight=Weight.WARNING).what


def test_a_clock_that_runs_free_is_a_warning_and_an_unknown_one_is_none() -> None:
    the_one(checked(clock=False), trunk="", weight=Weight.WARNING)
    assert all(finding.weight is Weight.GOOD for finding in checked(clock=None))


def test_a_site_without_trunks_is_a_warning() -> None:
    the_one(checked(only()), trunk="", weight=Weight.WARNING)


def test_an_asterisk_that_does_not_answer_is_the_finding() -> None:
    async def ask(_command: str) -> str:
        raise LinkLost("gone")

    found = asyncio.run(check_trunks(OPEN, ask=ask, lookup=in_dns, log=Path("/none"), clock_is_right=True))
    assert "Asterisk" in the_one(found, trunk="", weight=Weight.BAD).what


def test_of_a_long_log_only_the_end_is_read(tmp_path: Path) -> None:
    (tmp_path / "messages").write_text("x" * LOG_BYTES + "\nlast line\n")
    assert recent_lines(tmp_path / "messages")[-1] == "last line"
    assert len(recent_lines(tmp_path / "messages")[0]) < LOG_BYTES


def test_the_machines_clock_can_be_asked() -> None:
    assert clock_is_synchronised() in (True, False, None)
