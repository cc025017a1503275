"""[routing]: who gets whom. Every number is a wait in seconds, so that all of them can be weighed against each other."""

from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SKILL: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
WRITTEN_SKILL: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}(:[1-9])?$"
Seconds = Annotated[float, Field(ge=0, le=3600)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Skill(_Frozen):
    """技能 that is not treated like all others: how long it is insisted on, and what a caller who asks for it has before others."""

    name: str = Field(pattern=SKILL)
    insist_seconds: Seconds = Field(default=30, description="so long nobody is rung who does not have it; then it is only preferred")
    for_ever: bool = Field(default=False, description="举报保密: it is never given up")
    callers_per_agent: float | None = Field(
        default=None, gt=0, description="with more waiting for each who has it, anybody is rung at once"
    )
    head_start_seconds: Seconds = 0
    kept_seconds: Seconds | None = Field(
        default=None, description="专席: agents with kept_for = this skill take others after this wait only"
    )


class HeadStarts(_Frozen):
    """先接谁: what counts as so many seconds more of waiting. An emergency goes before all; nobody else does, so that nobody starves."""

    elderly: Seconds = 60
    repeat: Seconds = 30
    handed_in: Seconds = 180
    cut_off: Seconds = 300
    transferred: Seconds = 300
    moved: Seconds = Field(default=1800, description="a supervisor moved him to the front")
    spotted: Seconds = 900


class Routing(_Frozen):
    """智能分配. What is not named here holds for every skill."""

    balance: Literal["idle", "load"] = Field(default="idle", description="who is rung first: idle longest, or has talked least")
    insist_seconds: Seconds = Field(default=30, description="of every skill that has no table of its own")
    same_agent_seconds: Seconds = Field(default=8, description="so long the agent who talked with him last is waited for; 0 = never")
    repeat_hours: float = Field(default=2, ge=0, le=24, description="who talked with us so recently goes before others")
    say_place: bool = Field(default=True, description="tell who waits how many are before him, and how long it may take when that is known")
    head_start_seconds: HeadStarts = HeadStarts()
    skills: tuple[Skill, ...] = ()

    @model_validator(mode="after")
    def _skills_are_named_once(self) -> Self:
        names = [skill.name for skill in self.skills]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"routing.skills: {', '.join(twice)} 重复 stands there twice; keep one")
        return self

    @property
    def kept(self) -> MappingProxyType[str, float]:
        """Skills for which seats may be kept → after how long anybody may have them."""
        return MappingProxyType({skill.name: skill.kept_seconds for skill in self.skills if skill.kept_seconds is not None})
