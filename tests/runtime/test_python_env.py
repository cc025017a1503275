import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from runtime.python_env import (
    BUILD_LOCK,
    LINE_LOCK,
    TEST_LOCK,
    Environment,
    expected_stamp,
    is_current,
    lay_out_by_hand,
    make_empty,
    python_version,
    read_stamp,
    write_stamp,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    for lock in (BUILD_LOCK, LINE_LOCK, TEST_LOCK):
        (tmp_path / lock).write_text(f"{lock}==1\n")
    env = Environment(repo=tmp_path)
    lay_out_by_hand(env, Path(sys.executable).resolve())
    return env


def installed(env: Environment, *locks: str) -> None:
    write_stamp(env, expected_stamp(env, python_version(env) or "", locks=locks))


def test_nothing_installed_is_not_current(env: Environment) -> None:
    assert read_stamp(env) == {}
    assert not is_current(env, test=False)


def test_what_was_installed_is_current_until_a_lock_changes(env: Environment) -> None:
    installed(env, BUILD_LOCK, LINE_LOCK)
    assert is_current(env, test=False)
    (env.repo / LINE_LOCK).write_text("changed==2\n")
    assert not is_current(env, test=False)


def test_the_tests_packages_are_asked_for_only_when_needed(env: Environment) -> None:
    installed(env, BUILD_LOCK, LINE_LOCK)
    assert not is_current(env, test=True)
    installed(env, BUILD_LOCK, LINE_LOCK, TEST_LOCK)
    assert is_current(env, test=True)
    assert is_current(env, test=False)


def test_a_moved_environment_is_not_current(env: Environment, tmp_path: Path) -> None:
    installed(env, BUILD_LOCK, LINE_LOCK)
    moved = Environment(repo=tmp_path / "moved")
    moved.repo.mkdir()
    for name in (".venv", BUILD_LOCK, LINE_LOCK):
        (tmp_path / name).rename(moved.repo / name)
    assert not is_current(moved, test=False)


def test_an_environment_whose_python_has_gone_is_not_current(env: Environment) -> None:
    installed(env, BUILD_LOCK, LINE_LOCK)
    env.python.unlink()
    assert python_version(env) is None
    assert not is_current(env, test=False)


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_damaged_stamp_counts_as_none(env: Environment, text: str) -> None:
    (env.folder / "installed.json").write_text(text)
    assert read_stamp(env) == {}


def site_of(env: Environment) -> str:
    ask = "import sys, sysconfig; print(sys.prefix, sysconfig.get_path('purelib'))"
    return subprocess.run([env.python, "-I", "-c", ask], capture_output=True, text=True, check=True).stdout


def test_an_environment_laid_out_by_hand_is_one_to_python(env: Environment) -> None:
    prefix, packages = site_of(env).split()
    assert prefix == str(env.folder)
    assert Path(packages).is_dir()


def test_an_environment_made_from_nothing_replaces_the_old_one(env: Environment) -> None:
    (env.folder / "left-over").write_text("")
    make_empty(env)
    assert not (env.folder / "left-over").exists()
    assert site_of(env).startswith(str(env.folder))


def test_every_dependency_of_the_project_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert names(project["dependencies"]) <= locked_names(LINE_LOCK)
    assert names(extras["test"]) <= locked_names(TEST_LOCK)
    assert names(extras["build"]) <= locked_names(BUILD_LOCK)


def names(requirements: list[str]) -> set[str]:
    return {requirement.split(";")[0].split(">")[0].split("[")[0].strip() for requirement in requirements}


def locked_names(lock: str) -> set[str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {line.split("==")[0] for line in lines if "==" in line and not line.startswith(" ")}
