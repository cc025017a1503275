"""The watchdog process (看门狗): fetches citizens out of a mute application (agi/watchdog.py), and starts a supervisor where his has died.

It depends on nothing but Asterisk, and nothing depends on it: without it everything is only slower.
"""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agi.ami_link import AmiLink
from agi.site import watchdog_password
from agi.watch_link import ANSWER_S, Watch
from app.children import collect
from app.one_supervisor import fallen_supervisor, start_supervisor
from app.places import Places
from app.probes import visit_answered
from app.provisioning import key_plan
from app.settings import Secrets, Settings
from app.wall_clock import WallClock
from hotline.ports import Clock
from storage.alarm_files import clear_alarm, raise_alarm

log = logging.getLogger(__name__)

AMI_USER: Final = "watchdog"
BEAT_WITHIN_S: Final = 1.0
"""What the application gets to close a probe visit; measured below 10 ms at 20 calls/s."""

LOOK_EVERY_S: Final = 1.0
FALLEN_FOR_S: Final = 5.0
"""A service manager starts its supervisor again within two seconds (app/service.py): it goes first."""
START_WITHIN_S: Final = 20.0

APP_MUTE: Final = "app-mute"
_WORDS: Final = (
    "应用程序（agi）没有应答：市民由应急拨号方案接待，紧急按键有效；请看 log/agi.log、log/supervisor.log "
    "the application is mute: the lifeline serves citizens; look there"
)


async def serve(settings: Settings, secrets: Secrets, var: Path, stop: asyncio.Event) -> None:
    """Watch until `stop`. Nothing is moved at the end."""
    places, clock = Places(var=var), WallClock()
    secret = watchdog_password(secrets.ami_password.get_secret_value())
    link = AmiLink(host="127.0.0.1", port=settings.asterisk.ami_port, user=AMI_USER, secret=secret, clock=clock, answer_s=ANSWER_S)

    async def beat() -> None:
        await visit_answered(settings.agi.port, within_s=BEAT_WITHIN_S)

    def alarm(mute: bool) -> None:
        if mute:
            raise_alarm(places.var, APP_MUTE, _WORDS)
        else:
            clear_alarm(places.var, APP_MUTE)

    watch = Watch(link=link, plan=key_plan(settings), beat=beat, alarm=alarm, clock=clock)
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(watch.run()), group.create_task(stand_in(places, clock))]
        await stop.wait()
        for task in running:
            task.cancel()


async def stand_in(places: Places, clock: Clock) -> None:
    """Start a supervisor where one has died, for ever. Where none was (a process started by hand, an ordered stop) none is started."""
    post = Post(places=places)
    while True:
        await clock.sleep(LOOK_EVERY_S)
        post.look(clock.now().timestamp())


@dataclass(kw_only=True)
class Post:
    """The supervisor's post. `look` is told the time in seconds, again and again."""

    places: Places
    _empty_since: float | None = None
    _started: int = 0

    def look(self, now: float) -> None:
        """Start another supervisor when the post has been empty for `FALLEN_FOR_S`; never raises for what a machine refuses."""
        if self._started:
            collect(self._started)
        fallen = fallen_supervisor(self.places)
        if fallen is None:
            self._empty_since = None
        elif self._empty_since is None:
            self._empty_since = now
        elif now - self._empty_since >= FALLEN_FOR_S:
            self._empty_since = now + START_WITHIN_S - FALLEN_FOR_S
            self._start(Path(fallen.fingerprint), fallen.pid)

    def _start(self, config: Path, fallen: int) -> None:
        log.error("the supervisor pid=%d is dead: starting another one", fallen)
        try:
            self._started = start_supervisor(config=config, places=self.places, instead_of=fallen)
        except OSError as error:
            log.error("no supervisor can be started: %s", error.strerror)
