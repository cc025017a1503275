"""What a bench says: a table for humans, or exactly one line of JSON. A bar that is missed makes the exit status 1."""

import json
import operator
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
Op = Literal["<=", ">=", "=="]
_COMPARE = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A promise with a number."""

    what: str
    value: float
    op: Op
    bound: float

    @property
    def ok(self) -> bool:
        """Kept."""
        return bool(_COMPARE[self.op](self.value, self.bound))


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Something measured. `unit` and `zh` are for the human table only."""

    name: str
    value: float | str
    unit: str = ""
    zh: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """The result of one bench."""

    name: str
    figures: tuple[Figure, ...]
    bars: tuple[Bar, ...]
    commit: str

    @property
    def ok(self) -> bool:
        """All bars are kept."""
        return all(bar.ok for bar in self.bars)

    def as_json(self) -> str:
        """One line."""
        figures = {figure.name: _short(figure.value) for figure in self.figures} | {"commit": self.commit}
        bars = [{"what": bar.what, "value": _short(bar.value), "op": bar.op, "bound": bar.bound, "ok": bar.ok} for bar in self.bars]
        return json.dumps({"name": self.name, "figures": figures, "bars": bars}, ensure_ascii=False)

    def as_table(self) -> str:
        """Figures, bars, commit."""
        wide = max([len(figure.name) for figure in self.figures] + [len(bar.what) for bar in self.bars] + [10])
        lines = [f"── {self.name} " + "─" * 60]
        lines += [f"  {figure.name:<{wide}}  {_short(figure.value)!s:>10} {figure.unit:<8} {figure.zh}".rstrip() for figure in self.figures]
        lines += ["  " + "─" * 8]
        lines += [f"{'✓' if bar.ok else '✗'} {bar.what:<{wide}}  {_short(bar.value)!s:>10} {bar.op} {bar.bound:g}" for bar in self.bars]
        missed = sum(not bar.ok for bar in self.bars)
        lines += [f"  {'全部达标 all bars kept' if not missed else f'{missed} 项未达标 bars missed'}；提交 commit {self.commit}"]
        return "\n".join(lines)


def measured_commit() -> str:
    """The commit that was measured, `+` when files differ from it, and the machine: cores and load."""
    head = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    changed = "+" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{head}{changed} ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})"


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def _short(value: float | str) -> float | str:
    return round(value, 3) if isinstance(value, float) else value
