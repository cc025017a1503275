"""[surge]: the key of the notice that is said in the wait (scripts/surge)."""

from pydantic import BaseModel, ConfigDict, Field


class Surge(BaseModel):
    """突发公告. It is switched on and off by scripts/surge, at once and without a restart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(default="1", pattern=r"^[0-9#]?$", description="pressed in the wait: he is told by SMS; empty: none is offered")
    repeat_seconds: int = Field(default=180, ge=30, le=3600, description="how long after he has heard it who still waits hears it again")
