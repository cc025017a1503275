"""What a bare machine must be given before anything of ours can run. Standard library only; knows no other room."""

from runtime.binaries import AsteriskHome, Program, find_asterisk, find_redis, find_sipp
from runtime.errors import SetupError
from runtime.progress import Progress
from runtime.provisioning import ensure_asterisk, ensure_redis, ensure_sipp

__all__ = [
    "AsteriskHome",
    "Program",
    "Progress",
    "SetupError",
    "ensure_asterisk",
    "ensure_redis",
    "ensure_sipp",
    "find_asterisk",
    "find_redis",
    "find_sipp",
]
