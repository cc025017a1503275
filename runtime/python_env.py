"""The project's own Python environment, made from the lock files with nothing but Debian's bare python3.

Debian's python3 has the module venv but, without the package python3-venv, no ensurepip; pip then comes from the package
python3-pip-whl. Everything after that is pip with --require-hashes, through whatever index, proxy and certificates this machine's
pip is configured for. Source-only packages are built with the pinned setuptools and wheel, which are installed first.
"""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from runtime.commands import run
from runtime.errors import CommandFailedError
from runtime.places import locked, runtime_home
from runtime.private_apt import update_lists
from runtime.progress import Progress
from runtime.provisioning import machine_apt
from runtime.unpacking import unpack

BUILD_LOCK = "requirements-build.lock"
LINE_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"
_STAMP = "installed.json"
_WHEELS = Path("/usr/share/python-wheels")
_PIP_REMEDY = "Check that pip reaches its package index (pip.conf, PIP_* and proxy variables), then run the command again."
_VENV_REMEDY = "Install python3-venv (as root), or check the free disk space, then run the command again."
_ASK_VERSION = "import sys; print(sys.version)"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The environment of the project in `repo`; `python` runs what is installed in it."""

    repo: Path

    @property
    def folder(self) -> Path:
        """Where it lives."""
        return self.repo / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"


def ensure_environment(repo: Path, progress: Progress, *, test: bool, anew: bool = False) -> Environment:
    """Make `.venv` hold exactly the locked versions (`test`: the tests' too). Costs one process start when it does already.

    `anew` makes it from nothing. Raises SetupError when it cannot be made.
    """
    env = Environment(repo=repo)
    if anew or not is_current(env, test=test):
        with locked(repo / "var" / "venv.lock"):
            if anew or not is_current(env, test=test):
                _make(env, progress, test=test, anew=anew)
    return env


def is_current(env: Environment, *, test: bool) -> bool:
    """Whether what was installed last is what the lock files say today, for the Python that is there today."""
    stamp = read_stamp(env)
    version = python_version(env)
    return version is not None and stamp == expected_stamp(env, version, locks=_locks_to_check(stamp, test=test))


def expected_stamp(env: Environment, version: str, *, locks: tuple[str, ...]) -> dict[str, str]:
    """What the stamp says after `locks` were installed: the place, the Python and a hash of each lock."""
    hashes = {name: hashlib.sha256((env.repo / name).read_bytes()).hexdigest() for name in locks}
    return {"folder": str(env.folder), "python": version, **hashes}


def read_stamp(env: Environment) -> dict[str, str]:
    """What was installed last; empty when nothing was, or when it cannot be told."""
    try:
        stamp = json.loads((env.folder / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(env: Environment, stamp: dict[str, str]) -> None:
    """Note what was installed; written last of all, so that an installation cut short is done again."""
    (env.folder / _STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def python_version(env: Environment) -> str | None:
    """The full version of the environment's interpreter; None when it does not run (the system's Python may have gone)."""
    try:
        done = subprocess.run([env.python, "-I", "-S", "-c", _ASK_VERSION], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _locks_to_check(stamp: dict[str, str], *, test: bool) -> tuple[str, ...]:
    locks = (BUILD_LOCK, LINE_LOCK)
    return (*locks, TEST_LOCK) if test or TEST_LOCK in stamp else locks


def _make(env: Environment, progress: Progress, *, test: bool, anew: bool) -> None:
    stamp = read_stamp(env)
    locks = _locks_to_check(stamp, test=test)
    if anew or python_version(env) is None or stamp.get("folder", str(env.folder)) != str(env.folder):
        with progress.step("建立 Python 环境 / making the Python environment"):
            make_empty(env)
    (env.folder / _STAMP).unlink(missing_ok=True)
    pip = _pip(env, progress)
    with progress.step("安装 Python 依赖 / installing the locked Python packages"):
        _install(env, pip, BUILD_LOCK)
        _install(env, [str(env.python), "-m", "pip"], locks[-1])
    write_stamp(env, expected_stamp(env, python_version(env) or "", locks=locks))


def make_empty(env: Environment) -> None:
    """An environment without pip, in place of any that was there; laid out by hand where this Python lacks the module venv."""
    shutil.rmtree(env.folder, ignore_errors=True)
    if importlib.util.find_spec("venv"):
        run([sys.executable, "-m", "venv", "--without-pip", str(env.folder)], remedy=_VENV_REMEDY)
    else:
        lay_out_by_hand(env, Path(sys.executable).resolve())


def lay_out_by_hand(env: Environment, interpreter: Path) -> None:
    """What the module venv would make, in the parts that Python itself reads (PEP 405)."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (env.folder / "lib" / f"python{version}" / "site-packages").mkdir(parents=True)
    env.python.parent.mkdir()
    for name in ("python", "python3", f"python{version}"):
        (env.python.parent / name).symlink_to(interpreter)
    (env.folder / "pyvenv.cfg").write_text(f"home = {interpreter.parent}\ninclude-system-site-packages = false\nversion = {version}\n")


def _install(env: Environment, pip: list[str], lock: str) -> None:
    flags = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--no-build-isolation"]
    run([*pip, "install", *flags, "--requirement", str(env.repo / lock)], remedy=_PIP_REMEDY, cwd=env.folder)


def _pip(env: Environment, progress: Progress) -> list[str]:
    if _works(env, "pip"):
        return [str(env.python), "-m", "pip"]
    if _works(env, "ensurepip"):
        run([str(env.python), "-m", "ensurepip"], remedy=_VENV_REMEDY, cwd=env.folder)
        return [str(env.python), "-m", "pip"]
    return [str(env.python), str(_pip_wheel(env, progress) / "pip")]


def _works(env: Environment, module: str) -> bool:
    ask = subprocess.run([env.python, "-I", "-m", module, "--version"], capture_output=True, check=False)
    return ask.returncode == 0


def _pip_wheel(env: Environment, progress: Progress) -> Path:
    unpacked = runtime_home(env.repo / "var") / "pip"
    found = _newest_wheel(_WHEELS) or _newest_wheel(unpacked / _WHEELS.relative_to("/"))
    if found:
        return found
    _unpack_pip(env, unpacked, progress)
    found = _newest_wheel(unpacked / _WHEELS.relative_to("/"))
    if found is None:
        raise CommandFailedError("The package python3-pip-whl holds no pip.", _VENV_REMEDY)
    return found


def _unpack_pip(env: Environment, into: Path, progress: Progress) -> None:
    home = runtime_home(env.repo / "var")
    with locked(home / "lock"):
        apt = machine_apt(home)
        update_lists(apt, progress)
        with progress.step("下载 pip / downloading pip") as step:
            files = apt.download(apt.exactly(["python3-pip-whl"]), apt.home / "debs", step)
            unpack(files, into)


def _newest_wheel(folder: Path) -> Path | None:
    return max(folder.glob("pip-*.whl"), default=None)
