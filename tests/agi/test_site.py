"""Values that reach Asterisk's files: what is refused, and how the message helps."""

from dataclasses import replace
from pathlib import Path

import pytest

from agi.site import RESERVED, AgentPhone, CitizenLine, plain_text
from hotline.errors import BadSettings
from tests.agi.site_values import MOBILE, TELECOM, site

DANGEROUS = ["a\nb", "a\rb", "a;b", "a]b", "[a", 'a"b', "a${X}", "a|b", "a\0b", "a,b", "a&b", "a(b)", "a\\b", "a`b`"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_means_something_to_asterisk_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadSettings, match=r"lines\.greeting: contains") as refused:
        plain_text("lines.greeting", text)
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_field_of_a_line_lets_it_through(text: str) -> None:
    with pytest.raises(BadSettings, match=r"citizenline\.number"):
        CitizenLine(number=text)
    with pytest.raises(BadSettings, match=r"citizenline\.greeting"):
        CitizenLine(number="12345", greeting=text)
    with pytest.raises(BadSettings, match=r"citizenline\.notice"):
        CitizenLine(number="12345", notice=text)
    with pytest.raises(BadSettings, match=r"citizenline\.aliases"):
        CitizenLine(number="12345", aliases=("066312345", text))


@pytest.mark.parametrize("password", ["a\nb", "a;b", " a", "a "])
def test_a_password_that_would_break_the_file_is_refused_without_being_shown(password: str) -> None:
    with pytest.raises(BadSettings, match=r"carriertrunk\.password") as refused:
        replace(MOBILE, password=password)
    assert password not in str(refused.value)


def test_a_carriers_password_may_contain_what_the_dialplan_may_not() -> None:
    assert replace(MOBILE, password="p,a(s)s&w$o}r{d").password == "p,a(s)s&w$o}r{d"


def test_no_representation_shows_a_password() -> None:
    whole = site()
    shown = f"{whole!r} {whole.agents!r} {whole.trunks!r} {whole.lines!r}"
    assert not [
        secret for secret in (whole.ami_password, MOBILE.password, whole.agents[0].password, whole.self_check_password) if secret in shown
    ]


@pytest.mark.parametrize("host", ["", "-x", "a b", "host/24", "::;", "例子"])
def test_a_host_that_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(BadSettings, match="trunk"):
        replace(TELECOM, host=host, match=())


@pytest.mark.parametrize("network", ["192.0.2.0/33", "192.0.2/24", "carrier.example.org/24"])
def test_a_network_that_is_none_is_refused_with_an_example(network: str) -> None:
    with pytest.raises(BadSettings, match=r"192\.0\.2\.0/28"):
        replace(TELECOM, match=(network,))


def test_who_may_call_is_the_host_unless_addresses_are_named() -> None:
    assert replace(TELECOM, match=()).allowed == ("192.0.2.10",)
    assert TELECOM.allowed == TELECOM.addresses == ("192.0.2.10", "192.0.2.16/28")
    assert MOBILE.allowed == ("sip.example.org",)
    assert MOBILE.addresses == ()


def test_a_registering_trunk_needs_user_and_password() -> None:
    with pytest.raises(BadSettings, match=r"\[trunk_passwords\]"):
        replace(MOBILE, password="")


@pytest.mark.parametrize("name", RESERVED)
def test_a_trunk_cannot_take_a_name_of_ours(name: str) -> None:
    with pytest.raises(BadSettings, match="choose another"):
        replace(TELECOM, name=name)


@pytest.mark.parametrize("area_code", ["", "663", "06634", "x"])
def test_a_trunk_needs_an_area_code(area_code: str) -> None:
    with pytest.raises(BadSettings, match="区号"):
        replace(TELECOM, area_code=area_code)


def test_two_lines_cannot_claim_one_spelling() -> None:
    with pytest.raises(BadSettings, match="066312345 would mean both 12345 and 12350"):
        replace(site(), lines=(CitizenLine(number="12345"), CitizenLine(number="12350", aliases=("0663-12345",))))


def test_a_folder_too_long_for_a_socket_is_refused() -> None:
    with pytest.raises(BadSettings, match="too long a path"):
        replace(site(), var=Path("/srv") / ("x" * 90))


def test_media_ports_are_a_range() -> None:
    with pytest.raises(BadSettings, match=r"sip\.rtp_ports"):
        replace(site(), rtp_ports=(10999, 10000))


def test_the_self_check_password_follows_from_the_ami_password_and_is_another() -> None:
    one, other = site(), replace(site(), ami_password="another-ami-password-of-24")
    assert one.self_check_password == site().self_check_password != other.self_check_password
    assert one.ami_password not in one.self_check_password


def test_an_agents_password_is_checked_too() -> None:
    with pytest.raises(BadSettings, match=r"agentphone\.password"):
        AgentPhone(id="1001", password="a\n[admin]")
