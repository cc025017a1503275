"""Starting the machine's own tools, with their words kept for the error when they fail."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime.errors import CommandFailedError

_LAST_LINES = 15


def run(argv: Sequence[str], *, remedy: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run `argv` to its end without standard input and return what it printed.

    Raises CommandFailedError, with its last lines and `remedy`, when it cannot start or does not end with 0.
    """
    try:
        done = subprocess.run(
            argv, cwd=cwd, env=dict(env or plain_environment()), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", check=False,
        )  # fmt: skip
    except OSError as error:
        raise CommandFailedError(f"{argv[0]} cannot be started ({error.strerror}).", remedy) from error
    if done.returncode != 0:
        raise CommandFailedError(f"{describe(argv)} ended with {done.returncode}:\n{_tail(done.stdout + done.stderr)}", remedy)
    return done.stdout


def plain_environment() -> dict[str, str]:
    """This process' environment (proxies, certificates and package-client settings stay) with messages in English."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONHOME", "PYTHONPATH", "LANGUAGE")}
    return {**kept, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def describe(argv: Sequence[str]) -> str:
    """A short name of a command line for messages: the program and its first word that is not an option."""
    words = [word for word in argv[1:] if not word.startswith(("-", "/"))]
    return " ".join([Path(argv[0]).name, *words[:1]])


def _tail(text: str) -> str:
    return "\n".join("    " + line for line in text.strip().splitlines()[-_LAST_LINES:])
