"""The supervisor's door: a unix socket in the run directory (mode 0600), one JSON line asked, one JSON line answered."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from hotline.errors import DoorClosed

log = logging.getLogger(__name__)

Answering = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

MOST_BYTES = 65_536
ANSWER_WITHIN_S = 5.0


async def ask_supervisor(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Ask the supervisor. Raises `DoorClosed` when none is there or he does not answer."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            reader, writer = await asyncio.open_unix_connection(str(path), limit=MOST_BYTES)
            try:
                writer.write(json.dumps(request).encode() + b"\n")
                answer = await reader.readline()
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
        return dict(json.loads(answer))
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise DoorClosed(f"the supervisor does not answer ({type(error).__name__})") from None


async def open_door(path: Path, answering: Answering) -> asyncio.Server:
    """Serve requests with `answering` until the server is closed. A request that is not JSON is answered with an error."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                line = await reader.readline()
            writer.write(json.dumps(await _answer(line, answering), ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        except (OSError, TimeoutError):
            log.warning("who asked did not wait for the answer")
        finally:
            writer.close()

    await asyncio.to_thread(path.unlink, missing_ok=True)
    before = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(serve, path=str(path), limit=MOST_BYTES)
    finally:
        os.umask(before)


async def _answer(line: bytes, answering: Answering) -> dict[str, Any]:
    try:
        return await answering(dict(json.loads(line)))
    except (ValueError, TypeError):
        return {"error": "not a request"}
