"""The values of supervision (班长监听与接管), for the switchboard and for what the desk hears of its orders."""

from dataclasses import dataclass
from datetime import datetime

from hotline.identity import AgentId, CallId, LegId
from hotline.supervision import Mode, SupervisionOrder


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """A supervisor who is at a talk. `leg`, `channel`: his own; `agent`, `call`: whose talk; `since`: in this mode."""

    leg: LegId
    channel: str
    supervisor: AgentId
    agent: AgentId
    call: CallId
    mode: Mode
    since: datetime


@dataclass(frozen=True, kw_only=True)
class SupervisionDone:
    """The switch did what supervision asked of it."""

    order: SupervisionOrder


@dataclass(frozen=True, kw_only=True)
class SupervisionRefused:
    """It did not: somebody is gone."""

    order: SupervisionOrder


SupervisionAnswer = SupervisionDone | SupervisionRefused
