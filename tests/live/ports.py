"""Free ports for systems that stand side by side."""

import random
import socket


def free_port(kind: socket.SocketKind) -> int:
    """A port that nobody holds now, on any of our loopback addresses."""
    with socket.socket(socket.AF_INET, kind) as trial:
        trial.bind(("0.0.0.0", 0))
        return int(trial.getsockname()[1])


def free_range(count: int) -> tuple[int, int]:
    """First and last of a row of media ports below the ephemeral ones; Asterisk itself passes over single taken ones."""
    first = random.randrange(10_000, 32_000 - count, 2)
    return first, first + count - 1
