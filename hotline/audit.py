"""审计: what people with power over others did. Written down before it is done (storage/audit_files.py)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act. `by`: 工号 of whoever did it, or `system`; `act`: listen, take_over, force logged_off …; `agent`: 工号 of whom he did it to.

    `call`: whose call; `why`: his reason in his own words, never a citizen's; `outcome`: done, or refused with the reason.
    """

    at: datetime
    by: str
    act: str
    agent: str = ""
    call: str = ""
    why: str = ""
    outcome: str = "done"
