"""A worker process for tests/live/test_worker.py: the real one, but its version can be chosen, and it can be made to die at a step.

    python -m tests.live.worker_on_trial VAR URL VERSION [STEP WHAT]

With STEP and WHAT (`push ended`) it kills itself by SIGKILL at that very moment, the first time. Every step goes to VAR/steps.log.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from app.logging import to_file
from app.serve_worker import only_worker, work
from app.settings import Secrets, Settings, Tickets
from storage.layout import Layout


def main(var: str, url: str, version: str, *die_at: str) -> None:
    """Work until SIGTERM."""
    layout = Layout(var=Path(var))
    layout.make()
    to_file(layout.var / "worker.log")
    steps = os.open(layout.var / "steps.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def notice(step: str, what: str) -> None:
        os.write(steps, f"{version}: {step} {what}\n".encode())
        if (step, what) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    async def serve() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        settings = Settings(tickets=Tickets(sink="http", url=url))
        secrets = Secrets.model_validate({"ami_password": "x" * 24, "ticket_token": "a-token"})
        with only_worker(layout):
            await work(settings, secrets, layout, stop, version=version, notice=notice)

    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
