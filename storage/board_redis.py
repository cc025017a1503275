"""The Board door on Redis: one key with a short life, so that a board shows nothing rather than something old."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hotline.identity import AgentId, CallId
from routing.board import AgentView, BoardView, EmergencyView, SpottedView, SupervisedView, WaitView
from storage.alarm_files import clear_alarm, raise_alarm

log = logging.getLogger(__name__)

KEY: Final = "hotline:board"
FRESH_S: Final = 5
PATIENCE_S: Final = 0.2
MISSES: Final = 2
"""So many publications in a row that Redis did not take are worth an alarm: one is a busy moment."""


class BoardRedis:
    """Live state over Redis' unix socket. Losing it loses no call and no record: every failure is swallowed, the first one is logged."""

    def __init__(self, socket: Path, *, var: Path | None = None) -> None:
        """`var`: the data folder, in which the alarm `redis-mute` is raised while nothing can be published; without it none is."""
        # redis-py tries again for seconds unless told otherwise (measured with 8.1: 6 to 8 s per command).
        self._redis = Redis(
            unix_socket_path=str(socket),
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
        )
        self._var = var
        self._misses = 0
        self._down = False

    async def publish(self, view: BoardView) -> None:
        """Show this for `FRESH_S` seconds. Never raises."""
        agents = {str(agent): state for agent, state in view.agents.items()}
        words = {"at": view.at.isoformat(), "waiting": view.waiting, "longest_wait_s": view.longest_wait_s, "agents": agents}
        words |= {"emergencies": [asdict(each) for each in view.emergencies], "silent_trunks": view.silent_trunks}
        words |= {"supervised": [asdict(each) for each in view.supervised], "waits": [asdict(each) for each in view.waits]}
        words |= {"spotted": [asdict(each) for each in view.spotted], "presences": [asdict(each) for each in view.presences]}
        try:
            await self._redis.set(KEY, json.dumps(words), ex=FRESH_S)
        except (RedisError, OSError) as error:
            self._say_down(error)
            self._alarm()
        else:
            self._say_up()

    async def latest(self) -> BoardView | None:
        """What was published in the last `FRESH_S` seconds. Never raises."""
        try:
            text = await self._redis.get(KEY)
            return _view(str(text)) if text else None
        except (RedisError, OSError, ValueError, KeyError) as error:
            self._say_down(error)
            return None

    async def shut(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    def _say_down(self, error: Exception) -> None:
        if not self._down:
            log.error("看板不可用 the board is out of order (%s); calls go on", type(error).__name__)
        self._down = True

    def _alarm(self) -> None:
        self._misses += 1
        if self._var and self._misses >= MISSES:
            raise_alarm(
                self._var,
                "redis-mute",
                "Redis 没有应答：通话不受影响，看板和排队播报暂缺；它会被自动重启，持续不恢复请看 log/redis.out "
                "Redis does not answer: calls go on, the board is empty; it is restarted by itself, else see log/redis.out",
            )

    def _say_up(self) -> None:
        self._misses = 0
        if self._var:
            clear_alarm(self._var, "redis-mute")
        if self._down:
            log.info("看板恢复 the board works again")
        self._down = False


def _view(text: str) -> BoardView:
    words = json.loads(text)
    return BoardView(
        at=datetime.fromisoformat(words["at"]),
        waiting=int(words["waiting"]),
        longest_wait_s=float(words["longest_wait_s"]),
        agents={AgentId(agent): str(state) for agent, state in words["agents"].items()},
        emergencies=tuple(EmergencyView(**each | {"call": CallId(each["call"])}) for each in words.get("emergencies", ())),
        silent_trunks=tuple(words.get("silent_trunks", ())),
        presences=tuple(AgentView(**each | {"agent": AgentId(each["agent"])}) for each in words.get("presences", ())),
        spotted=tuple(_spotted(each) for each in words.get("spotted", ())),
        supervised=tuple(_supervised(each) for each in words.get("supervised", ())),
        waits=tuple(WaitView(**each | {"call": CallId(each["call"])}) for each in words.get("waits", ())),
    )


def _supervised(words: Mapping[str, Any]) -> SupervisedView:
    who: dict[str, Any] = {"call": CallId(words["call"]), "agent": AgentId(words["agent"]), "supervisor": AgentId(words["supervisor"])}
    return SupervisedView(**{**words, **who})


def _spotted(words: Mapping[str, Any]) -> SpottedView:
    agent = AgentId(words["agent"]) if words["agent"] else None
    return SpottedView(call=CallId(words["call"]), service=str(words["service"]), agent=agent, for_s=float(words["for_s"]))
