"""Prompts as Asterisk gets them: 16-bit PCM, and on purpose not A-law, though every carrier speaks A-law.

Measured on Debian's 22.10.1, whose `ast_translate` compares RTP sequence numbers (a patch for packet loss that upstream does not have):
the recorder translates A-law to PCM by one translator per direction; prompts carry the number 0, and once an agent's voice with number N
has passed, everything numbered 0 may count as late and is not recorded: the good-bye after a talk was silence. PCM needs no translator
there. It costs 160 table look-ups per 20 ms on the way to the line.
"""

import io
import math
import struct
import wave
from pathlib import Path

from hotline.errors import BadSettings

RATE = 8000
RING_HZ = 450
RING_LEVEL = 4000


def telephone_wav(path: Path) -> bytes:
    """An 8 kHz, 16-bit, one-channel WAV file with nothing in it but its sound. Raises `BadSettings` for any other file."""
    try:
        with wave.open(str(path), "rb") as wav:
            shape = (wav.getframerate(), wav.getsampwidth(), wav.getnchannels())
            pcm = wav.readframes(wav.getnframes())
    except (wave.Error, EOFError) as error:
        raise BadSettings(f"{path}: not a WAV file ({error})") from error
    if shape != (RATE, 2, 1):
        raise BadSettings(f"{path}: {shape[0]} Hz, {shape[1] * 8} bit, {shape[2]} channels; save it as 8000 Hz, 16 bit, one channel")
    return _wav(pcm)


def ringing_tone() -> bytes:
    """One ring as a WAV file: 450 Hz for 1 s (回铃音, GF 002-9002), then silence for 2 s instead of 4: nobody shall doubt that it rings."""
    tone = [round(RING_LEVEL * math.sin(2 * math.pi * RING_HZ * n / RATE)) for n in range(RATE)]
    return _wav(struct.pack(f"<{RATE}h", *tone) + bytes(2 * 2 * RATE))


def _wav(pcm: bytes) -> bytes:
    plain = io.BytesIO()
    with wave.open(plain, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(pcm)
    return plain.getvalue()
