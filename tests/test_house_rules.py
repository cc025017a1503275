"""The house rules that a machine can check (CONTRIBUTING.md). Each failure names the file and the remedy."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    *("agi", "app", "assessment", "console", "hotline", "ivr", "knowledge", "notify", "phones", "records", "recordings", "routing"),
    *("runtime", "storage", "tickets"),
)

# Files without a test file of their own, each with the test that covers it.
COVERED_ELSEWHERE = {
    "hotline/announcements.py": "tests/agi/test_ami_announcements.py",
    "hotline/ports.py": "tests/checks/check_journal.py",
    "routing/ports.py": "tests/checks/check_board.py",
    "storage/intake_tables.py": "tests/storage/test_intake.py",
    "routing/supervising.py": "tests/routing/test_supervision.py",
}


@cache
def tracked(pattern: str = "*") -> tuple[Path, ...]:
    names = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z", pattern],
        capture_output=True,
        check=True,
        text=True,
    )
    return tuple(ROOT / name for name in names.stdout.split("\0") if name and (ROOT / name).is_file())


def sources() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in ROOMS and "migrations" not in path.parts]


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def ninth_decile(values: list[int]) -> int:
    return sorted(values)[int(0.9 * len(values))]


def test_every_source_file_has_its_test_file() -> None:
    missing = []
    for path in sources():
        name = path.relative_to(ROOT)
        if name.name in ("__init__.py", "__main__.py") or str(name) in COVERED_ELSEWHERE:
            continue
        if not (ROOT / "tests" / name.parent / f"test_{name.name}").exists():
            missing.append(str(name))
    assert not missing, f"write tests/ROOM/test_NAME.py for: {', '.join(missing)}"


def test_exceptions_to_that_rule_are_still_needed() -> None:
    for source, cover in COVERED_ELSEWHERE.items():
        assert (ROOT / source).exists(), f"{source} is gone: take it out of COVERED_ELSEWHERE"
        assert (ROOT / cover).exists(), f"{cover}, which should cover {source}, is gone"


def test_files_and_functions_keep_the_size_budget() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in sources()}
    lengths = dict(item for path in sources() for item in functions(path))
    assert not [name for name, count in lines.items() if count > 500], "a file over 500 lines holds two topics: split it"
    assert not [name for name, count in lengths.items() if count > 50], "a function over 50 lines does two things: split it"
    assert ninth_decile(list(lines.values())) <= 350
    assert ninth_decile(list(lengths.values())) <= 25


@pytest.mark.parametrize("word", [r"/work/", r"/root/", r"(?<![\w.])/tmp/"])
def test_no_file_names_a_path_of_the_machine_it_was_written_on(word: str) -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".j2", ".sh", ".json", ".txt", ".xml", ""} and path != Path(__file__).resolve()
        if re.search(word, path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


def test_lock_files_hold_hashes_and_no_address() -> None:
    for lock in tracked("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text, f"{lock.name} names a server; make it again with scripts/lock"
