import asyncio
from typing import Any

class AMIProtocol(asyncio.Protocol):
    factory: Any
    queue: Any
    responses: dict[str, Any]
    transport: asyncio.Transport
    encoding: str
    closed: bool
    def send(self, data: Any, as_list: bool = ...) -> Any: ...
    def data_received(self, data: bytes) -> None: ...
    def handle_message(self, message: Any) -> Any: ...
    def close(self) -> None: ...
