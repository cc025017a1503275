import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

class Manager:
    config: dict[str, Any]
    loop: asyncio.AbstractEventLoop
    protocol: AMIProtocol | None
    authenticated: bool
    authenticated_future: asyncio.Future[Message] | None
    awaiting_actions: deque[Any]
    forgetable_actions: tuple[str, ...]
    pinger: asyncio.TimerHandle | None
    def __init__(
        self,
        *,
        host: str = ...,
        port: int = ...,
        username: str = ...,
        secret: str = ...,
        events: str = ...,
        ssl: bool = ...,
        encoding: str = ...,
        ping_delay: float = ...,
        ping_interval: float = ...,
        reconnect_timeout: float = ...,
        protocol_factory: Callable[[], asyncio.Protocol] = ...,
        loop: asyncio.AbstractEventLoop | None = ...,
        forgetable_actions: Iterable[str] = ...,
        on_connect: Callable[[Manager], object] = ...,
        on_login: Callable[[Manager], object] = ...,
        on_disconnect: Callable[[Manager, BaseException | None], object] = ...,
        log: Any = ...,
    ) -> None: ...
    def connection_made(self, f: asyncio.Future[Any]) -> None: ...
    def login(self, future: asyncio.Future[Message]) -> bool: ...
    def ping(self) -> None: ...
    def send_action(self, action: Mapping[str, Any], as_list: bool | None = ..., **kwargs: Any) -> asyncio.Future[Any]: ...
    def send_command(self, command: str, as_list: bool = ...) -> asyncio.Future[Any]: ...
    def connect(
        self, run_forever: bool = ..., on_startup: Callable[[Manager], Any] | None = ..., on_shutdown: Callable[[Manager], Any] | None = ...
    ) -> asyncio.Task[Any]: ...
    def register_event(
        self, pattern: str, callback: Callable[[Manager, Message], Coroutine[Any, Any, None] | None] | None = ...
    ) -> Callable[..., Any] | None: ...
    def dispatch(self, event: Message) -> bool | None: ...
    def close(self) -> None: ...
    def connection_lost(self, exc: BaseException | None) -> None: ...
