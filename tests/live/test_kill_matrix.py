"""Every fault and every moment of the kill matrix at least once (docs/kill-matrix.md), each on a complete system with real telephones.

The whole matrix is `scripts/bench kill-matrix`; here stands the choice that hurts most. The message says what broke and what he heard.
"""

import asyncio
import io
from dataclasses import replace

import pytest

from bench.kill_matrix import line_of, run_cells, shares_of
from bench.matrix_table import Expected, quick_cells
from bench.matrix_verdict import Verdict
from runtime.binaries import AsteriskHome
from runtime.progress import Progress
from tests.live.patience import patience

pytest.importorskip("pjsua2")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "cells", shares_of(quick_cells(), most=2), ids=lambda cells: "+".join(cell.name.replace("/", "@") for cell in cells)
)
def test_whatever_breaks_the_citizen_reaches_a_human_or_the_emergency_number(asterisk_home: AsteriskHome, cells: list[Expected]) -> None:
    found = asyncio.run(run_cells(cells, 1, Progress(io.StringIO())))
    verdicts = {cell.name: in_time(found[cell.name], cell) for cell in cells}
    broken = [line_of(verdict, number, len(cells)) for number, verdict in enumerate(verdicts.values(), 1) if not verdict.ok]
    assert len(found) == len(cells)
    assert not broken, "\n".join(broken)


def in_time(verdict: Verdict, cell: Expected) -> Verdict:
    """Without the reproach that he was late, where a busy machine excuses it: seconds are judged on a quiet one (scripts/bench)."""
    if verdict.seconds > cell.within_s * patience():
        return verdict
    return replace(verdict, troubles=tuple(each for each in verdict.troubles if ", promised " not in each))
