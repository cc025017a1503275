"""[callbacks]: the key that keeps a place in line, and who is called that nobody answered."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hotline.callbacks import Patience
from routing.owing import CallbackRules


class Callbacks(BaseModel):
    """回拨. `missed`: 漏接回拨 for everybody who waited and reached nobody, left no message and is no emergency that was answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(default="2", pattern=r"^[0-9*#]?$", description="pressed twice in the wait; empty: none is offered")
    missed: bool = Field(default=True, description="false: nobody is called whom nobody answered, unless he was cut off or asked for it")
    ready_agents: int = Field(default=2, ge=1, description="so many must be ready, and nobody in line, before one who was missed is called")
    attempts: int = Field(default=3, ge=1, le=10)
    pause_minutes: tuple[Annotated[float, Field(ge=0, le=1440)], ...] = Field(
        default=(10, 60), description="after the first attempt, after the second …"
    )
    opens: int = Field(default=8, ge=0, le=23, description="hour of the day (China) before which nobody is called")
    closes: int = Field(default=21, ge=1, le=24)

    @property
    def patience(self) -> Patience:
        """When who is owed a call is tried."""
        pauses = tuple(timedelta(minutes=minutes) for minutes in self.pause_minutes)
        return Patience(attempts=self.attempts, pauses=pauses, opens=self.opens, closes=self.closes)

    @property
    def rules(self) -> CallbackRules:
        """As routing reads it."""
        return CallbackRules(ready=self.ready_agents, patience=self.patience)
