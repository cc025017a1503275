"""[backend]: what the city's own ticket system can do (tickets.sink = "http", docs/operators/backend.md)."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class Backend(BaseModel):
    """对方业务系统. `asks_first`: it knows no keys (Idempotency-Key), so it is asked by our number before anything is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asks_first: bool = Field(default=False, description="the backend does not honour Idempotency-Key: ask by number first")
    settle_seconds: int = Field(
        default=120, ge=10, le=3600, description="a request without an answer may take effect for so long; with asks_first only"
    )

    @property
    def settle(self) -> timedelta | None:
        """How long what was sent without an answer is left alone; None for a backend that honours keys."""
        return timedelta(seconds=self.settle_seconds) if self.asks_first else None
