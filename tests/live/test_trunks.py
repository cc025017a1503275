"""Trunks as carriers see them: who is let in, how numbers are spelled, keys three ways, and what `trunk check` reads."""

import re
import socket
import subprocess
import sys

import pytest

from app.places import PROJECT
from app.settings import Trunk
from hotline.phone import called_spellings, read_caller
from runtime.binaries import AsteriskHome
from tests.live.agi_stubs import agi_server, command, finishes, value_of
from tests.live.carrier import STRANGER, WAYS, Carrier
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.switch import until

REFUSED = (r"No matching endpoint found", r"rejected because extension not found")

CALLERS = (
    "19900000001", "019900000001", "8619900000001", "+8619900000001", "008619900000001", "13900000001", "012900000001",
    "2000001", "8000001", "20000001", "0663-2000001", "06632000001", "6632000001", "86663-2000001", "866632000001", "+866632000001",
    "00866632000001", "066320000001", "66320000001", "8666320000001", "02020000001", "2020000001", "862020000001", "+862020000001",
    "01020000001", "1020000001", "861020000001", "+861020000001", "00861020000001", "075520000001", "+8675520000001", "08982000001",
    "110", "119", "10086", "95588", "+8610086", "008695588", "8610086", "4000000001", "8000000001", "+864000000001", "864000000001",
    "00864000000001", "1001", "12", "1", "+12025550100", "0012025550100", "+85220000001", "0085220000001", "+441632960000",
    "anonymous", "unavailable", "withheld", "unknown", "123456789012345678", "00123456789012345678", "199+0000", "199.0000.0001",
    "0", "00", "+", "+86", "860663", "9999999", "99999999", "0066312345", "restricted-199",
)  # fmt: skip


@pytest.mark.parametrize("area_code", sorted({way.area_code for way in WAYS}))
def test_the_dialplan_reads_callers_as_our_own_table_does(cell: Cell, carrier: Carrier, area_code: str) -> None:
    read: dict[str, str] = {}

    def visit(_head: dict[str, str], file: socket.SocketIO) -> None:
        for text in CALLERS:
            command(file, f'SET VARIABLE CALLERID(num) "{text}"')
            command(file, f'GOSUB arrival s 1 "telecom,{area_code},400"')
            read[text] = value_of(file, "HL_CALLER")
        command(file, 'SET VARIABLE AGI_DONE "1"')

    with agi_server(cell.settings.agi.port, visit):
        call = carrier.call("12345").answered()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
    assert read == {text: read_caller(text, area_code=area_code) for text in CALLERS}


@pytest.mark.parametrize(
    "caller", ["19900000001", "+8619900000001", "019900000001", "2000001", "06632000001", "0085220000001", "10086", "anonymous", "12"]
)
def test_a_real_call_is_read_in_the_same_way(cell: Cell, carrier: Carrier, caller: str) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        call = carrier.call("12345", caller=caller).answered()
        assert cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")["Caller"] == read_caller(caller, area_code="0663")
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


def test_every_spelling_of_our_numbers_reaches_its_line(cell: Cell, carrier: Carrier) -> None:
    wanted = [
        (text, line.number)
        for line in cell.settings.lines
        for text in called_spellings(line.number, aliases=line.aliases, area_code="0663")
    ]
    wanted += [("0663-12345", "12345"), ("12345;phone-context=x", "12345")]
    with agi_server(cell.settings.agi.port, finishes):
        reached = []
        for text, _ in wanted:
            cell.ami.mark()
            call = carrier.call(text)
            event = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
            reached.append((text, event["Called"]))
            call.answered().hang_up()
            cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
    assert reached == wanted


@pytest.mark.parametrize("number", ["12346", "110", "02012345", "1234", "123456", "s", "T", "waiting", "1001", "00663112345"])
def test_a_number_that_is_not_ours_is_refused_with_404_and_makes_no_channel(cell: Cell, carrier: Carrier, number: str) -> None:
    assert carrier.call(number).ended()["TechCause"] == "404"
    assert not cell.ami.seen("Newchannel")
    cell.settle(allowed=REFUSED)


def test_each_trunk_completes_numbers_by_its_own_area_code(cell: Cell, carrier: Carrier) -> None:
    registered(cell)
    assert carrier.call("02012345", way="telecom").ended()["TechCause"] == "404"
    call = carrier.call("02012345", way="mobile").answered()
    call.hang_up()
    assert cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")["Called"] == "12345"
    cell.settle(allowed=(*REFUSED, "res_agi.c"))


def test_a_withheld_number_is_no_number_for_us_although_the_carrier_asserts_it(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        call = carrier.call("12345", variables={"PJSIP_HEADER(add,Privacy)": "id"}).answered()
        event = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        assert event["Caller"] == ""
        assert event["CallerIDNum"] == "19900000001"  # kept on the channel: 110 must get it
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


def test_a_callers_name_is_dropped_whatever_stands_in_it(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, finishes) as heads:
        call = carrier.call("12345", name="${SHELL(id)},a&b;\\张三|x").answered()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        assert heads[0]["agi_calleridname"] == "unknown"
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


# ── who is let in ────────────────────────────────────────────────────────────────────────────────


def registered(cell: Cell) -> None:
    """Return once the cell has registered with the carrier that wants it."""
    until(lambda: " Registered " in cell.cli("pjsip show registrations"), within_s=25, what=cell.cli("pjsip show registrations"))


def test_a_call_from_an_address_that_nobody_named_is_refused_without_a_word_about_us(cell: Cell, carrier: Carrier) -> None:
    end = carrier.call("12345", way=STRANGER).ended()
    assert end["TechCause"] == "401"
    assert not cell.ami.seen("Newchannel")
    cell.settle(allowed=REFUSED)
    carrier.asterisk.settle(allowed=(r"There were no auth ids available",))


def test_a_registering_trunk_registers_and_its_calls_reach_the_first_line_even_without_a_dialled_number(
    cell: Cell, carrier: Carrier
) -> None:
    registered(cell)
    contact = carrier.asterisk.cli("pjsip show aor mobile")
    assert f"sip:12345@127.0.0.1:{cell.settings.sip.port}" in contact
    with agi_server(cell.settings.agi.port, finishes):
        call = carrier.call("", way="mobile").answered()
        event = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        assert (event["Called"], event["Trunk"]) == ("12345", "mobile")
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


def test_a_trunk_carries_no_more_calls_than_its_limit(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        first = carrier.call("12345", way="narrow").answered()
        assert carrier.call("12345", way="narrow").ended()["TechCause"] == "503"
        first.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
        second = carrier.call("12345", way="narrow").answered()
        second.hang_up()
        until(lambda: len(cell.ami.seen("UserEvent", UserEvent="CitizenGone")) == 2, what="both are gone")


def test_nothing_but_alaw_is_taken(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        call = carrier.call("12345").answered()
        channel = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")["Channel"]
        shown = cell.cli(f"core show channel {channel}")
        assert re.search(r"NativeFormats: \(alaw\)\s", shown)
        assert re.search(r"ReadTranscode: No\s", shown)
        # The music, which may have begun by now, is laid down in a form that every switch can play.
        assert re.search(r"WriteTranscode: (No|Yes \(slin@8000\)->\(alaw@8000\))\s", shown)
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


@pytest.mark.parametrize("way", ["telecom", "unicom-info", "unicom-inband"])
def test_keys_arrive_each_once_whichever_way_the_carrier_sends_them(cell: Cell, carrier: Carrier, way: str) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        call = carrier.call("12345", way=way).answered()
        channel = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")["Channel"]
        for key in "1590*#":
            cell.ami.mark()
            call.press(key)
            cell.ami.wait_for("DTMFEnd", Channel=channel, Digit=key, Direction="Received")
            assert len(cell.ami.seen("DTMFEnd", Channel=channel)) == 1
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


def test_a_carrier_without_alaw_is_refused_with_488(cell: Cell, carrier: Carrier) -> None:
    assert carrier.call("12345", way="american").ended()["TechCause"] == "488"


def test_an_agent_may_try_the_line_from_his_own_telephone(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        call = carrier.call("12345", way="1001", caller="1001").answered()
        event = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        assert (event["Trunk"], event["Caller"]) == ("phones", "1001")
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


def test_the_self_check_call_goes_through_the_real_stack_by_password(cell: Cell) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        cell.cli("channel originate PJSIP/12345@self-check application Wait 1")
        event = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        assert (event["Trunk"], event["Called"]) == ("self-check", "12345")
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")


# ── trunk check ──────────────────────────────────────────────────────────────────────────────────

TROUBLED = (
    Trunk(name="dead", host="127.0.0.77", port=5999),
    Trunk(name="wrong-password", kind="register", user="mobile", host="127.0.0.4"),
    Trunk(name="no-name", host="sip.nowhere.invalid"),
)


FOUND = (
    "✓ narrow：正常",
    "! telecom：拒绝了 1 次拨打 12346 的来电",
    "✗ dead：127.0.0.77:5999 不应答",
    "✗ wrong-password：向 127.0.0.4 注册被拒绝",
    "✗ no-name：域名 sip.nowhere.invalid 解析不到地址",
    "✗ no-name：没有任何地址可以从这个中继呼入",
    "! 拒绝了来自 127.0.0.9 的 1 次呼叫",
)


def test_the_trunk_check_finds_what_is_wrong_with_each(asterisk_home: AsteriskHome) -> None:
    with Carrier(asterisk_home) as carrier:
        troubled = [trunk.model_copy(update={"port": carrier.port}) if trunk.kind == "register" else trunk for trunk in TROUBLED]
        good = [trunk for trunk in carrier.trunks() if trunk.name in ("telecom", "narrow")]
        with Cell(asterisk_home, trunks=[*good, *troubled], passwords={"wrong-password": "not-the-right-one"}) as cell:
            cell.start()
            carrier.start(cell_port=cell.settings.sip.port)
            assert carrier.call("12346").ended()["TechCause"] == "404"
            assert carrier.call("12345", way=STRANGER).ended()["TechCause"] == "401"
            until(lambda: "还没有" not in check(cell), within_s=40, what="every trunk was asked")
            text = check(cell)
    for line in FOUND:
        assert line in text
    assert "1990000" not in text


def check(cell: Cell) -> str:
    """What `scripts/trunk check` prints for this cell."""
    words = [sys.executable, "-m", "app.cli", "trunk", "check", "--config", str(cell.config), "--var", str(cell.var)]
    asked = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=30 * patience())
    assert asked.returncode == 1, asked.stderr
    return asked.stdout
