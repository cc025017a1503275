"""Ears recognise a sentence by its content, through everything a telephone line does to it."""

from pathlib import Path

import numpy as np
import pytest

from phones.hearing import RATE, Samples, Sound, find, keys_heard, read_sound, write_sound

SPEECH = Path(__file__).parents[2] / "demo" / "audio"


def voice(seed: int, seconds: float = 1.5) -> Samples:
    """Something like speech: noise through a changing resonance, with pauses."""
    chance = np.random.default_rng(seed)
    noise = chance.normal(size=round(seconds * RATE))
    smooth = np.convolve(noise, np.hanning(6), mode="same")
    loudness = np.repeat(chance.choice([0.05, 1.0, 1.6], size=round(seconds * 10)), RATE // 10)
    spoken: Samples = (smooth * loudness * 1200).astype(np.float32)
    return spoken


def a_law(samples: Samples) -> Samples:
    """ITU-T G.711 there and back, near enough: 13 segments, 16 steps each."""
    scale = 32768 / 87.6
    size = np.abs(samples)
    packed = np.where(size < scale, size / scale, 1 + np.log(np.maximum(size, scale) / scale)) / (1 + np.log(87.6))
    steps = np.round(packed * 128) / 128 * (1 + np.log(87.6))
    back = np.where(steps < 1, steps * scale, scale * np.exp(steps - 1))
    decoded: Samples = (np.sign(samples) * back).astype(np.float32)
    return decoded


SENTENCE, STRANGER = voice(1), voice(2)
NOTHING = np.zeros(RATE, dtype=np.float32)


def heard_in(*parts: Samples) -> tuple[float, float]:
    heard = find(Sound(SENTENCE), Sound(np.concatenate(parts)))
    return heard.at, heard.score


def test_a_sentence_is_found_where_it_begins() -> None:
    at, score = heard_in(NOTHING, NOTHING, SENTENCE, NOTHING)
    assert at == pytest.approx(2.0, abs=0.001)
    assert score > 0.99


def test_a_quieter_a_law_copy_is_the_same_sentence() -> None:
    at, score = heard_in(NOTHING, a_law(SENTENCE * 0.2), STRANGER)
    assert at == pytest.approx(1.0, abs=0.001)
    assert score > 0.9


def test_a_sentence_that_stalled_on_a_busy_machine_is_the_same_sentence() -> None:
    spoken = voice(3, 4.0)
    stalled = np.concatenate(
        [spoken[:5600], NOTHING[:1300], spoken[5600:19500], NOTHING[:1100], spoken[19500:23000], NOTHING[:900], spoken[23000:]]
    )
    heard = find(Sound(spoken), Sound(np.concatenate([NOTHING, STRANGER, stalled, STRANGER])))
    assert heard.at == pytest.approx(2.5, abs=0.05)
    assert heard.score > 0.6


def test_the_words_in_another_order_are_another_sentence() -> None:
    spoken = voice(4, 4.0)
    shuffled = np.concatenate([spoken[24000:], spoken[16000:24000], spoken[8000:16000], spoken[:8000]])
    assert not find(Sound(spoken), Sound(np.concatenate([NOTHING, shuffled, NOTHING])))


def test_a_lost_and_a_repeated_frame_do_not_matter() -> None:
    damaged = np.concatenate([SENTENCE[:4200], SENTENCE[4360:8500], SENTENCE[8340:]])
    at, score = heard_in(NOTHING, damaged, NOTHING)
    assert at == pytest.approx(1.0, abs=0.05)
    assert score > 0.7


def test_another_sentence_is_not_taken_for_it() -> None:
    heard = find(Sound(SENTENCE), Sound(np.concatenate([NOTHING, STRANGER, NOTHING])))
    assert not heard
    assert heard.score < 0.3


def test_half_of_a_sentence_is_not_the_sentence() -> None:
    assert heard_in(NOTHING, SENTENCE[: len(SENTENCE) // 3], NOTHING)[1] < 0.5


def test_silence_holds_nothing_and_nothing_holds_silence() -> None:
    assert not find(Sound(SENTENCE), Sound(NOTHING))
    assert not find(Sound(NOTHING), Sound(SENTENCE))
    assert not find(Sound(SENTENCE), Sound(SENTENCE[:10]))


def test_every_spoken_sentence_of_the_demo_is_told_from_every_other() -> None:
    sounds = {path.stem: read_sound(path) for path in sorted(SPEECH.glob("d0[2-5].wav"))}
    for name, sentence in sounds.items():
        assert [other for other, recording in sounds.items() if find(sentence, recording)] == [name]


def test_a_wav_that_is_still_being_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "growing.wav"
    write_sound(path, Sound(SENTENCE))
    raw = bytearray(path.read_bytes())
    raw[40:44] = bytes(4)  # the size that only closing writes
    path.write_bytes(raw[:-1])
    assert read_sound(path).seconds == pytest.approx(len(SENTENCE) / RATE, abs=0.001)


def test_each_channel_of_a_two_sided_recording_is_heard_alone(tmp_path: Path) -> None:
    path = tmp_path / "both.wav"
    write_sound(path, Sound(np.stack([SENTENCE, STRANGER], axis=1).reshape(-1)))
    raw = bytearray(path.read_bytes())
    raw[22:24] = (2).to_bytes(2, "little")
    path.write_bytes(raw)
    assert find(Sound(SENTENCE), read_sound(path, 0))
    assert not find(Sound(SENTENCE), read_sound(path, 1))


def test_what_is_no_wav_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"hello")
    with pytest.raises(ValueError, match="not a wav"):
        read_sound(tmp_path / "x.wav")


def test_speech_holds_no_keys() -> None:
    assert keys_heard(Sound(SENTENCE)) == ""


def test_a_part_outside_the_sound_is_empty_and_silent() -> None:
    assert Sound(SENTENCE).part(10, 11).seconds == 0
    assert Sound(SENTENCE).part(10, 11).is_silent
    assert not Sound(SENTENCE).is_silent
