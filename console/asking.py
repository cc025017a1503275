"""How anything is asked for over HTTP: a wish, and what became of it, in words."""

from collections.abc import Awaitable, Callable

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from hotline.errors import DoorClosed
from hotline.wishes import Wish, WishAnswer

Ask = Callable[[Wish], Awaitable[WishAnswer]]
"""`routing.ports.Wishes.ask`."""


class Body(BaseModel):
    """What a request says; anything that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=200)


async def answered(ask: Ask, wish: Wish) -> JSONResponse:
    """Wish it, and say what became of it."""
    try:
        answer = await ask(wish)
    except DoorClosed as closed:
        return JSONResponse({"done": False, "words": str(closed)}, status_code=503)
    return JSONResponse({"done": answer.done, "words": answer.words}, status_code=200 if answer.done else 409)
