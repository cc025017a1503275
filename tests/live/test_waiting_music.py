"""The wait goes on in steps of five seconds, and the citizen does not hear them."""

import wave
from collections.abc import Iterator

import numpy as np
import pytest

from app.settings import Waiting
from runtime.binaries import AsteriskHome
from tests.live.agi_stubs import agi_server, finishes
from tests.live.carrier import Carrier
from tests.live.cell import Cell
from tests.live.patience import patience
from tests.live.switch import until
from tests.live.tones import RATE, array_of

STEPS_S = 11
LOWEST_HZ, HZ_PER_S = 500, 40
PIECE = 400


@pytest.fixture(scope="module")
def module_cell(asterisk_home: AsteriskHome, carrier: Carrier) -> Iterator[Cell]:
    with Cell(asterisk_home, trunks=carrier.trunks(), passwords=carrier.passwords(), waiting=Waiting(visit_every_seconds=30)) as cell:
        cell.start()
        cell.cli("dialplan set global HL_ROUTER_UNTIL 9999999999")
        time = np.arange(RATE * 30) / RATE
        rising = 9000 * np.sin(2 * np.pi * (LOWEST_HZ * time + HZ_PER_S / 2 * time**2))
        with wave.open(str(cell.var / "asterisk" / "moh" / "music.wav"), "wb") as music:
            music.setnchannels(1)
            music.setsampwidth(2)
            music.setframerate(RATE)
            music.writeframes(rising.astype(np.int16).tobytes())
        cell.cli("moh reload")
        carrier.start(cell_port=cell.settings.sip.port)
        yield cell


def places(samples: tuple[int, ...]) -> list[float]:
    """For each piece of 50 ms the second of the music that was heard then, by its pitch; -1 in silence."""
    pieces = np.array(samples[: len(samples) // PIECE * PIECE], dtype=float).reshape(-1, PIECE)
    pitch = np.abs(np.fft.rfft(pieces * np.hanning(PIECE), 1 << 14)).argmax(axis=1) * RATE / (1 << 14)
    loud = (pieces**2).sum(axis=1) > PIECE * 100_000
    return [float(place) for place in np.where(loud, (pitch - LOWEST_HZ) / HZ_PER_S, -1)]


def test_the_music_goes_on_where_it_was_from_step_to_step(cell: Cell, carrier: Carrier) -> None:
    with agi_server(cell.settings.agi.port, finishes):
        call = carrier.call("12345").answered()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenWaits")
        until(lambda: len(array_of(call.heard)) > RATE * STEPS_S, within_s=STEPS_S + 5, what="two steps of music are heard")
        call.hang_up()
        cell.ami.wait_for("UserEvent", UserEvent="CitizenGone")
    heard = places(array_of(call.heard))[2:]
    behind = [at * PIECE / RATE - place for at, place in enumerate(heard)]
    assert heard.count(-1) <= 2 * (patience() - 1), "a busy machine may send late"
    kept = [late for late, place in zip(behind, heard, strict=True) if place >= 0]
    assert max(kept) - min(kept) < 0.15 * patience()
