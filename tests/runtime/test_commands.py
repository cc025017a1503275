import sys
from pathlib import Path

import pytest

from runtime.commands import describe, plain_environment, run
from runtime.errors import CommandFailedError


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def test_what_a_tool_prints_is_returned() -> None:
    assert run(python("print('done')"), remedy="") == "done\n"


def test_a_failing_tool_is_quoted_with_the_remedy() -> None:
    with pytest.raises(CommandFailedError, match=r"no route(.|\n)*Check the cable") as caught:
        run(python("import sys; print('no route'); sys.exit(3)"), remedy="Check the cable.")
    assert "ended with 3" in caught.value.what


def test_a_tool_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match="cannot be started"):
        run([str(tmp_path / "nothing")], remedy="")


def test_a_tool_cannot_read_our_terminal() -> None:
    assert run(python("import sys; print(repr(sys.stdin.read()))"), remedy="") == "''\n"


def test_settings_of_package_clients_are_kept_and_words_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "99")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    environment = plain_environment()
    assert environment["PIP_DEFAULT_TIMEOUT"] == "99"
    assert environment["LC_ALL"] == "C.UTF-8"
    assert "PYTHONPATH" not in environment


def test_a_command_line_is_called_by_its_program_and_first_word() -> None:
    assert describe(["/usr/bin/apt-get", "-c", "/a/b", "update", "-o", "x"]) == "apt-get update"
