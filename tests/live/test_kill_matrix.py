"""Every fault and every moment of the kill matrix at least once (docs/kill-matrix.md), each on a complete system with real telephones.

The whole matrix is `scripts/bench kill-matrix`; here stands the choice that hurts most. The message says what broke and what he heard.
"""

import asyncio
import io

import pytest

from bench.kill_matrix import line_of, run_cells, shares_of
from bench.matrix_table import Expected, quick_cells
from runtime.binaries import AsteriskHome
from runtime.progress import Progress

pytest.importorskip("pjsua2")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "cells", shares_of(quick_cells(), most=2), ids=lambda cells: "+".join(cell.name.replace("/", "@") for cell in cells)
)
def test_whatever_breaks_the_citizen_reaches_a_human_or_the_emergency_number(asterisk_home: AsteriskHome, cells: list[Expected]) -> None:
    verdicts = asyncio.run(run_cells(cells, 1, Progress(io.StringIO())))
    broken = [line_of(verdict, number, len(cells)) for number, verdict in enumerate(verdicts.values(), 1) if not verdict.ok]
    assert len(verdicts) == len(cells)
    assert not broken, "\n".join(broken)
