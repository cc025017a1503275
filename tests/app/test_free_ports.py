"""Taken ports are named with the setting to change."""

import socket

import pytest

from app.free_ports import Wish, refuse_taken, trouble, wishes
from app.settings import Settings
from hotline.errors import BadSettings


def wish(kind: socket.SocketKind, port: int, host: str = "127.0.0.1") -> Wish:
    return Wish(key="agi.port", owner="agi", host=host, port=port, kind=kind)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_taken_port_is_named_with_its_setting_and_a_free_one_is_fine(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        asked = wish(kind, taken.getsockname()[1])
        assert f"agi.port = {asked.port}" in trouble(asked)
    assert trouble(asked) == ""


def test_all_taken_ports_are_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = [each.getsockname()[1] for each in (first, second)]
        with pytest.raises(BadSettings) as refused:
            refuse_taken([wish(socket.SOCK_STREAM, port) for port in ports])
    assert all(str(port) in str(refused.value) for port in ports)


def test_an_address_that_is_not_ours_is_named() -> None:
    assert "sip.bind" in trouble(wish(socket.SOCK_DGRAM, 5060, host="192.0.2.1"))


def test_every_port_of_the_settings_is_asked_for() -> None:
    assert [each.key for each in wishes(Settings())] == ["sip.port", "asterisk.ami_port", "agi.port", "console.port"]
