"""Are the ports of the settings free? Asked before anything is started, so that the message can name the setting."""

import errno
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from app.settings import Settings
from hotline.errors import BadSettings


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A port that one of our processes will open. `key` is the setting that names it."""

    key: str
    owner: str
    host: str
    port: int
    kind: socket.SocketKind


def wishes(settings: Settings) -> tuple[Wish, ...]:
    """Every port that we open ourselves, media ports apart."""
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    local = "127.0.0.1"
    return (
        Wish(key="sip.port", owner="asterisk", host=settings.sip.bind, port=settings.sip.port, kind=udp),
        Wish(key="asterisk.ami_port", owner="asterisk", host=local, port=settings.asterisk.ami_port, kind=tcp),
        Wish(key="agi.port", owner="agi", host=local, port=settings.agi.port, kind=tcp),
        Wish(key="console.port", owner="console", host=local, port=settings.console.port, kind=tcp),
    )


def refuse_taken(wanted: Iterable[Wish]) -> None:
    """Raises `BadSettings` that names every port that another program holds, and the setting to change."""
    lines = [line for wish in wanted if (line := trouble(wish))]
    if lines:
        raise BadSettings("\n".join(lines))


def trouble(wish: Wish) -> str:
    """What is wrong with this wish, empty when the port is free."""
    family = socket.AF_INET6 if ":" in wish.host else socket.AF_INET
    with socket.socket(family, wish.kind) as trial:
        if wish.kind is socket.SOCK_STREAM:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((wish.host, wish.port))
        except OSError as error:
            return _words(wish, error)
    return ""


def _words(wish: Wish, error: OSError) -> str:
    name = "UDP" if wish.kind is socket.SOCK_DGRAM else "TCP"
    if error.errno == errno.EADDRINUSE:
        return f"{wish.key} = {wish.port}: {name} 端口被占用，请停掉占用者或换端口 taken by another program: stop it or choose another port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"sip.bind = {wish.host}: 本机没有这个地址 no address of this machine"
    return f"{wish.key} = {wish.port}: {name} {wish.host}: {error.strerror}"
