"""An agent's presence as words, and back: pauses, work after a call, what he wished, misses, and that his phone was silent.

That he is rung or talks is found by the survey. Of who was being called when the leader died only that is kept: if the survey does not find
him in a talk, it is over, and what follows a talk follows now (routing/adopt.py).
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from hotline.errors import HotlineError
from hotline.identity import AgentId
from hotline.wishes import AgentWants, ForcePresence
from routing.model import Agent, Switchboard
from routing.moves import BUSY, RESERVED, Presence
from routing.shelved import shelved

log = logging.getLogger(__name__)

CALLED: Final = "called"
"""Word for offered and ringing: one leads to the other within a blink, and neither outlives its leg."""

_WISHES: Final[Mapping[str, type[AgentWants | ForcePresence]]] = MappingProxyType({"wants": AgentWants, "forced": ForcePresence})


def changed(before: Switchboard | None, after: Switchboard) -> dict[str, str | None]:
    """Agent → his words, where they are not as they were."""
    if before is not None and before.agents is after.agents:
        return {}
    old: Mapping[AgentId, Agent] = before.agents if before is not None else {}
    agents = shelved(after.agents)
    words: dict[str, str | None] = {}
    for name, agent in agents.differing(old):
        was = old.get(name)
        if was is None or _kept(was) != _kept(agent):
            words[name] = json.dumps(_kept(agent), ensure_ascii=False)
    return words if agents.same_keys(old) else words | dict.fromkeys(old.keys() - agents.keys())


def recalled(board: Switchboard, words: Mapping[str, str]) -> Switchboard:
    """The agents whom the settings know, as they were left."""
    agents, left = dict(board.agents), {}
    for name, agent in board.agents.items():
        try:
            kept = json.loads(words.get(name, "{}"))
            agents[name] = _back(agent, kept) if kept else agent
        except (ValueError, KeyError, TypeError, AttributeError, HotlineError) as error:
            log.warning("what was kept of agent %s cannot be read: %s", name, error)
        else:
            if kept.get("presence") in (CALLED, Presence.TALKING):
                left[name] = str(kept["presence"])
    return replace(board, agents=agents, left_busy=left)


def _kept(agent: Agent) -> dict[str, Any]:
    """The shortest words: what stands at its default is left out, and what changes while he is called."""
    called = agent.presence in RESERVED
    words = {
        "presence": CALLED if called else str(agent.presence),
        "since": None if called else agent.since.timestamp(),
        "until": agent.until.timestamp() if agent.until else None,
        "reason": agent.reason,
        "by": agent.by,
        "wanted": _wish(agent.wanted),
        "misses": agent.misses,
        "missed": agent.missed,
        "idle_since": None if agent.presence in BUSY else agent.idle_since.timestamp(),
        "silent_since": agent.silent_since.timestamp() if agent.silent_since else None,
    }
    return {key: word for key, word in words.items() if word}


def _back(agent: Agent, kept: Mapping[str, Any]) -> Agent:
    word = kept["presence"]
    presence = Presence.READY if word in (CALLED, Presence.TALKING) else Presence(word)
    return replace(
        agent,
        presence=presence,
        since=_moment(kept.get("since")) or agent.since,
        until=_moment(kept.get("until")) if presence is not Presence.READY else None,
        reason=str(kept.get("reason", "")),
        by=str(kept.get("by", "")),
        wanted=_wish_of(kept.get("wanted")),
        misses=int(kept.get("misses", 0)),
        missed=int(kept.get("missed", 0)),
        idle_since=_moment(kept.get("idle_since")) or agent.idle_since,
        silent_since=_moment(kept.get("silent_since")),
    )


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None


def _wish(wish: AgentWants | ForcePresence | None) -> dict[str, str] | None:
    if wish is None:
        return None
    return {"kind": "forced" if isinstance(wish, ForcePresence) else "wants"} | asdict(wish)


def _wish_of(words: Mapping[str, str] | None) -> AgentWants | ForcePresence | None:
    if not words:
        return None
    kind = _WISHES[words["kind"]]
    return kind(**{key: word for key, word in words.items() if key != "kind"})
