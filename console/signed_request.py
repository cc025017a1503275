"""A request that another system signed: who sent it, and what it says. Nothing of the body is looked at before its signature was."""

from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from console.signatures import Signatures, Stamp

Model = TypeVar("Model", bound=BaseModel)
HEADERS = ("X-Sender", "X-Timestamp", "X-Nonce", "X-Signature")


async def read_signed(request: Request, signatures: Signatures, model: type[Model], *, now: datetime) -> tuple[str, Model]:
    """The sender and the body. Raises `Problem` (401, 409, 503), and `RequestValidationError`, answered without a word of the body."""
    raw = await request.body()
    stamp = Stamp(**{name.lower().removeprefix("x-"): request.headers.get(name, "") for name in HEADERS})
    sender = signatures.sender_of(stamp, method=request.method, path=request.url.path, body=raw, now=now)
    try:
        return sender, model.model_validate_json(raw)
    except ValidationError as error:
        items = error.errors(include_input=False, include_url=False)
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in items]) from None


def described(model: type[BaseModel]) -> dict[str, Any]:
    """The body and the four headers, for the description of the interface (OpenAPI)."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    headers = [{"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in HEADERS]
    return {"requestBody": {"required": True, "content": content}, "parameters": headers}
