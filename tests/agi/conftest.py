"""Fixtures of this room."""

import pytest

from agi.sounds import Sounds
from tests.agi.dialogues import PROMPTS


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Sounds:
    """Every prompt of tests/agi/dialogues.py, as long as it says."""
    folder = tmp_path_factory.mktemp("sounds")
    for key, seconds in PROMPTS.items():
        (folder / f"{key}.alaw").write_bytes(b"\xd5" * round(8000 * seconds))
    return Sounds(folder)
