"""A day to be simulated, as the shift planner writes it: `config/day.toml`. Every error names the key and the remedy (`BadSettings`)."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.settings_errors import explained
from hotline.errors import BadSettings
from routing.matching import ChoiceRules, SkillRule
from routing.simulator import DAY, Kind, Plan, Shift
from routing.staffing import HOURS

A_CITY = (1.0, 0.8, 0.6, 0.5, 0.5, 0.7, 1.5, 3.5, 8.0, 9.5, 9.0, 7.5, 5.0, 6.0, 8.5, 9.0, 8.0, 6.0, 4.0, 3.5, 3.0, 2.5, 2.0, 1.4)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DayKind(_Frozen):
    """One kind of call."""

    name: str
    share: float = Field(default=1.0, gt=0)
    skills: tuple[str, ...] = ()
    talk_s: float = Field(default=150.0, gt=0)
    spread: float = Field(default=1.0, gt=0)
    head_start_s: float = Field(default=0.0, ge=0)


class DaySkill(_Frozen):
    """How long a skill is insisted on; 0 = for ever."""

    name: str
    insist_s: float = Field(default=30.0, ge=0)


class DayPlan(_Frozen):
    """来电、通话时长、耐心 what comes in, and what we promise."""

    name: str = "一天 a day"
    calls: float = Field(default=3500, gt=0)
    per_hour: tuple[float, ...] = Field(default=A_CITY, min_length=HOURS, max_length=HOURS)
    after_call_s: float = Field(default=30.0, ge=0)
    patience_s: float = Field(default=120.0, gt=0)
    share: float = Field(default=0.95, gt=0, lt=1)
    within_s: float = Field(default=15.0, ge=0)
    agents: tuple[int, ...] = Field(default=(), description="24 numbers: judge this roster instead of finding one")
    agents_know: tuple[str, ...] = ()
    kinds: tuple[DayKind, ...] = (DayKind(name="来电"),)
    skills: tuple[DaySkill, ...] = ()

    def plan(self) -> Plan:
        """The same for the simulator."""
        total = sum(self.per_hour)
        rules = ChoiceRules(skills={skill.name: SkillRule(insist_s=skill.insist_s or float("inf")) for skill in self.skills})
        kinds = tuple(
            Kind(share=kind.share, skills=kind.skills, talk_s=kind.talk_s, spread=kind.spread, head_start_s=kind.head_start_s)
            for kind in self.kinds
        )
        like = Shift(begins=0.0, ends=DAY, agents=0, levels=dict.fromkeys(self.agents_know, 1))
        rates = tuple(weight * self.calls / total for weight in self.per_hour)
        return Plan(per_hour=rates, shifts=(like,), kinds=kinds, after_call_s=self.after_call_s, patience_s=self.patience_s, rules=rules)


def read_day(path: Path) -> DayPlan:
    """Raises `BadSettings`."""
    try:
        return DayPlan.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadSettings(f"{path}: 读不到 cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path}: 不是 UTF-8 的 TOML not TOML in UTF-8: {error}") from None
    except ValidationError as error:
        raise BadSettings("\n".join(f"{path}: {explained(item, DayPlan)}" for item in error.errors())) from None
