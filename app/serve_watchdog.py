"""The watchdog process (看门狗): fetches citizens out of a mute application (agi/watchdog.py), and starts a supervisor where his has died.

It depends on nothing but Asterisk, and nothing depends on it: without it everything is only slower.
"""

import asyncio
from pathlib import Path
from typing import Final

from agi.ami_link import AmiLink
from agi.site import watchdog_password
from agi.watch_link import ANSWER_S, Watch
from app.places import Places
from app.probes import visit_answered
from app.provisioning import key_plan
from app.settings import Secrets, Settings
from app.wall_clock import WallClock
from storage.alarm_files import clear_alarm, raise_alarm

AMI_USER: Final = "watchdog"
BEAT_WITHIN_S: Final = 1.0
"""What the application gets to close a probe visit; measured below 10 ms at 20 calls/s."""

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
        running = [group.create_task(watch.run())]
        await stop.wait()
        for task in running:
            task.cancel()
