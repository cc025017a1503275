"""坐席名册: who is employed, as the operator keeps it (scripts/agents) and routing must know it. No password stands here."""

from dataclasses import dataclass

from hotline.identity import AgentId


@dataclass(frozen=True, kw_only=True)
class Employee:
    """One agent. `skills`: names, with a level as in "teochew:3" (hotline/skills.py). `after_call_s`: None = what his line grants."""

    id: AgentId
    name: str = ""
    skills: tuple[str, ...] = ()
    kept_for: str = ""
    supervisor: bool = False
    after_call_s: int | None = None
