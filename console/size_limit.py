"""No request is longer than this: what is more is refused before it is read, so that nobody fills our memory."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.problems import Problem, answer_of

MOST_BYTES: Final = 256 * 1024
"""A content of 5000 characters, its address and the rest are a tenth of it."""


class _TooLarge(Exception):
    pass


class SizeLimit:
    """ASGI middleware: 413 as soon as more than `most` bytes are announced or have come."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES) -> None:
        """Wrap it."""
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        too_large = answer_of(Problem(413, "too_large", f"内容太长，最多{self._most // 1024}KB too large"))
        if not announced.isdigit() or int(announced) > self._most:
            await too_large(scope, receive, send)
            return
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, self._counting(receive), sent)
        except _TooLarge:
            if not begun:
                await too_large(scope, receive, send)

    def _counting(self, receive: Receive) -> Receive:
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._most:
                raise _TooLarge
            return message

        return counted
