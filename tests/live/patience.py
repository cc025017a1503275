"""How long a live test waits: as it says on a machine with time to spare, longer where many want the processor.

Nothing here makes a test slower that passes. A bound that is itself the promise under test is asserted beside the wait.
"""

import os

FACTOR = 3.0


def patience() -> float:
    """By how much a limit grows now: 1 on a machine with a processor for everybody, `FACTOR` on a busy one."""
    return FACTOR if _busy() else 1.0


def _busy() -> bool:
    """More want to run than there are processors, or soon will: test workers (pytest-xdist) share them, each with processes of its own."""
    processors = os.cpu_count() or 1
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return os.getloadavg()[0] > processors or workers > processors / 2
