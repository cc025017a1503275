"""An emergency centre hands a citizen over to us (110 转 12345): who he is, its case, his place in line; without the application, too."""

from collections.abc import Iterator

import pytest

from app.settings import Emergency, HandedIn
from runtime.binaries import AsteriskHome
from tests.live.agi_stubs import agi_server, finishes
from tests.live.ami import Message
from tests.live.carrier import Carrier
from tests.live.cell import Cell

PLAN = Emergency(
    incoming=(
        HandedIn(trunk="telecom", service="110", caller_header="X-Caller"),
        HandedIn(trunk="unicom-info", service="120", case_header="X-Case"),
    )
)
NO_SERVER = (r"res_agi.c",)


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), emergency=PLAN) as cell:
        cell.start()
        cell.cli("dialplan set global HL_ROUTER_UNTIL 9999999999")
        carrier.start(cell_port=cell.settings.sip.port)
        yield cell


def handed_in(
    cell: Cell, carrier: Carrier, way: str = "telecom", caller: str = "110", **headers: str
) -> tuple[Message, Message, list[str]]:
    """What the dialplan tells of such a call, and the arguments of the visit `welcome`."""
    with agi_server(cell.settings.agi.port, finishes) as heads:
        variables = {f"PJSIP_HEADER(add,{name.replace('_', '-')})": value for name, value in headers.items()}
        call = carrier.call("12345", way=way, caller=caller, variables=variables).answered()
        told = cell.ami.wait_for("UserEvent", UserEvent="HandedIn")
        waits = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
    return told, waits, [heads[0][f"agi_arg_{number}"] for number in range(1, 7)]


@pytest.mark.parametrize(
    "spelled",
    [
        "<sip:19900000007@10.0.0.1>",
        "sip:+8619900000007@10.0.0.1;user=phone",
        "tel:+8619900000007",
        "19900000007",
        '"张三" <sip:19900000007@x>',
    ],
)
def test_the_original_caller_and_the_case_come_along_however_they_are_spelled(cell: Cell, carrier: Carrier, spelled: str) -> None:
    told, waits, arguments = handed_in(cell, carrier, X_Case_Number="JY-110-20261123", X_Caller=spelled)
    assert (told["Service"], told["Case"]) == ("110", "JY-110-20261123")
    assert (waits["Caller"], waits["Rank"]) == ("19900000007", "050")
    assert arguments[2] == "19900000007"
    assert arguments[5] == "from=110&case=JY-110-20261123"


def test_without_a_header_of_the_original_caller_the_asserted_number_is_his(cell: Cell, carrier: Carrier) -> None:
    told, waits, arguments = handed_in(cell, carrier, "unicom-info", "19900000008", X_Case="A1")
    assert (told["Service"], told["Case"], waits["Caller"]) == ("120", "A1", "19900000008")
    assert arguments[5] == "from=120&case=A1"


@pytest.mark.parametrize(
    ("case", "kept"),
    [("", ""), ("a&from=1${SHELL(id)}|b", "afrom1SHELLidb"), ("(a)b)", "ab"), ("案件-7", "-7"), ("9" * 60, "9" * 32)],
)
def test_a_case_number_is_letters_digits_and_hyphens_whatever_the_centre_writes(cell: Cell, carrier: Carrier, case: str, kept: str) -> None:
    told, _, arguments = handed_in(cell, carrier, X_Case_Number=case or " ", X_Caller="none")
    assert told["Case"] == kept
    assert arguments[5] == ("from=110&case=" + kept if kept else "from=110")


def test_a_citizen_from_another_carrier_is_nobodys_case(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, finishes) as heads:
        variables = {"PJSIP_HEADER(add,X-Case-Number)": "1", "PJSIP_HEADER(add,X-Caller)": "19900000007"}
        call = carrier.call("12345", way="unicom-inband", variables=variables).answered()
        waits = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
    assert (waits["Rank"], waits["Caller"], heads[0]["agi_arg_6"]) == ("0", "19900000001", "")
    assert not cell.ami.seen("UserEvent", UserEvent="HandedIn")


def test_with_the_application_dead_he_keeps_his_place_and_his_case(cell: Cell, carrier: Carrier) -> None:
    call = carrier.call("12345", caller="110", variables={"PJSIP_HEADER(add,X-Case-Number)": "C-9"}).answered()
    assert cell.ami.wait_for("UserEvent", UserEvent="HandedIn")["Case"] == "C-9"
    waits = cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits", within_s=20)
    assert waits["Rank"] == "050"
    assert cell.asterisk.variable(waits["Channel"], "HL_VALUES") == "from=110&case=C-9"
    call.hang_up()
    cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
    cell.settle(allowed=NO_SERVER)
