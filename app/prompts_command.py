"""`scripts/prompts`: are all prompts there and fit for a telephone, what must the studio record, and put a recording in its place."""

import io
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.places import PROJECT
from app.provisioning import PROMPTS, sounds_of
from app.settings import Settings
from hotline.errors import MalformedInput
from ivr.line_graph import prompts as said_by
from ivr.line_plan import StaffPlan
from ivr.line_reading import read_line_plan
from ivr.loudness import RATE, SPEECH_DBFS, active_level, clipped, faults, faults_of_pause, fitted, samples_of
from ivr.numbers_zh import FRAGMENTS
from ivr.prompts import (
    LANGUAGES,
    MANDARIN,
    Catalogue,
    Prompt,
    keys_in_source,
    read_aloud,
    read_catalogue,
    read_words,
    unknown_keys,
    untranslated,
    with_fragments,
    with_words,
)
from ivr.resampling import to_telephone

STUDIO = "studio"
WORDS = "words.json"
"""In each pack: what was spoken into its sounds, so that a text that changes later is noticed."""
QUIETEST_DBFS: Final = -45.0
"""Below it the noise would be lifted with the voice."""
_EXTENSIBLE, _PCM = b"\xfe\xff", b"\x01\x00"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A WAV file's samples, on a scale of 16 bit whatever its own; several channels are mixed to one."""

    rate: int
    channels: int
    bits: int
    samples: Sequence[float]

    @property
    def is_for_telephones(self) -> bool:
        """Whether it is laid down as it is."""
        return (self.rate, self.channels, self.bits) == (RATE, 1, 16)


def check(settings: Settings, prompts: Path = PROMPTS, project: Path = PROJECT) -> tuple[list[str], list[str]]:
    """What is said about the prompts, and what is wrong with them. Raises `BadSettings`, `MalformedInput` for a broken catalogue."""
    catalogue, sounds = shipped(prompts), sounds_of(settings, prompts)
    plan, wrong = plan_of(project)
    keys = said(settings, project) | ({key for _, key in said_by(plan)} if plan else set())
    wrong += [f"{key}: 目录里没有 not in prompts/catalogue.toml: add its text" for key in unknown_keys(catalogue, keys)]
    told = [f"语音包 packs: {', '.join(settings.voice_packs)}"]
    everything = [prompt for language in catalogue.languages.values() for prompt in language.values()]
    for prompt in everything:
        if sound := sounds.get(prompt.file):
            told += [f"{f'{prompt.language}.{prompt.key}':30} {described(sound, prompts)}"] if prompt.key not in FRAGMENTS else []
            faulty = (*faults_of(prompt, sound), *other_words(prompt, sound, prompts))
            wrong += [f"{sound.relative_to(prompts)}: {fault}" for fault in faulty]
    absent = [prompt for prompt in everything if prompt.file not in sounds]
    parts = [prompt.key for prompt in absent if prompt.key in FRAGMENTS]
    told.append(f"数字片段 parts of numbers: {len(FRAGMENTS) - len(parts)} / {len(FRAGMENTS)}")
    wrong += [_absent(prompt) for prompt in absent if prompt.key not in parts] + _absent_parts(parts)
    return [*told, *lacking(catalogue, plan)], wrong


def _absent(prompt: Prompt) -> str:
    return f"{prompt.file}: 没有录音 in no pack: record it (scripts/prompts install {prompt.key} FILE) or run scripts/make-prompts"


def _absent_parts(keys: Sequence[str]) -> list[str]:
    """One line for all: who has no voice for numbers lacks a hundred sounds."""
    some = ", ".join(keys[:3]) + (", …" if len(keys) > 3 else "")
    return [f"数字片段 {len(keys)} parts of numbers ({some}): 没有录音 in no pack: run scripts/make-prompts"] if keys else []


def plan_of(project: Path) -> tuple[StaffPlan | None, list[str]]:
    """The staff's menu, if there is one, and what is wrong with it as a file; whether it may be published is for others to say."""
    path = project / "config" / "line.toml"
    if not path.exists():
        return None, []
    reading = read_line_plan(path.read_text(encoding="utf-8"))
    return reading.plan, [f"config/line.toml: {finding}" for finding in reading.findings if reading.plan is None]


def lacking(catalogue: Catalogue, plan: StaffPlan | None) -> list[str]:
    """A line for each language that we know or the menu offers, and what it still says in Mandarin."""
    offered = {language.tag: language.label for language in plan.languages.values()} if plan else {}
    told = []
    for language, keys in untranslated(catalogue, offered).items():
        texts = [key for key in keys if key not in FRAGMENTS]
        numbers = "，数字 and all numbers" if len(texts) < len(keys) else ""
        name = LANGUAGES.get(language) or offered.get(language, "")
        told.append(f"{language} {name}: 缺 {len(texts)} 条{numbers}，播放普通话 missing, said in Mandarin: {', '.join(texts)}")
    return told


def script(settings: Settings, prompts: Path = PROMPTS, *, everything: bool = False) -> list[str]:
    """What the studio must record, a line each: key, words, name of the file; what it recorded already is left out unless `everything`."""
    catalogue, there = shipped(prompts), sounds_of(settings, prompts)
    done = {file for file, path in there.items() if path.is_relative_to(prompts / "packs" / STUDIO)}
    spoken = [prompt for prompt in catalogue.languages.get(MANDARIN, {}).values() if not prompt.silent]
    wanted = [prompt for prompt in spoken if everything or prompt.file not in done]
    return [f"{prompt.key}\t{read_aloud(prompt.text)}\t{prompt.file}" for prompt in wanted]


def install(key: str, source: Path, prompts: Path = PROMPTS, *, language: str = MANDARIN) -> list[str]:
    """Put a studio's recording of one prompt in its place, converted and at our level. Raises `MalformedInput` with the remedy."""
    prompt = shipped(prompts).languages.get(language, {}).get(key)
    if prompt is None:
        raise MalformedInput(
            f"{language}.{key}: 目录里没有 not in prompts/catalogue.toml; scripts/prompts script --all shows what there is"
        )
    recording = read_recording(source)
    level = refuse_unfit(recording, source)
    samples = fitted(to_telephone(recording.samples, recording.rate), joined=prompt.joined)
    if found := faults(samples, joined=prompt.joined):
        raise MalformedInput(f"{source}: {'; '.join(found)}")
    target = prompts / "packs" / STUDIO / prompt.file
    try:
        _keep(samples, target)
        _note(prompt, prompts / "packs" / STUDIO / WORDS)
    except OSError as error:
        raise MalformedInput(f"{target}: 写不进 cannot be written ({error.strerror}); run this as the owner of the checkout") from error
    return [
        f"{target.relative_to(prompts.parent)}: {len(samples) / RATE:.1f} s, {level:.1f} → {active_level(samples):.1f} dBFS",
        f"应说 must say: {read_aloud(prompt.text)}",
        "运行 scripts/up 生效 run scripts/up to use it",
    ]


def shipped(prompts: Path) -> Catalogue:
    """The catalogue of this folder, with the parts of numbers. Raises `MalformedInput`."""
    return with_fragments(read_catalogue((prompts / "catalogue.toml").read_text(encoding="utf-8")))


def said(settings: Settings, project: Path = PROJECT) -> frozenset[str]:
    """Every key that a flow of ours or a line of the settings names."""
    named = [keys_in_source(path.read_text(encoding="utf-8")) for path in sorted((project / "ivr").rglob("*.py"))]
    return frozenset().union(*named, *[(line.greeting, line.recording_notice) for line in settings.lines])


def other_words(prompt: Prompt, sound: Path, prompts: Path) -> tuple[str, ...]:
    """The fault of a sound that says an earlier text; a sound that was put there by hand is believed."""
    pack = prompts / "packs" / sound.relative_to(prompts / "packs").parts[0]
    words = read_words(_text_of(pack / WORDS)).get(prompt.file, prompt.text)
    return () if words == prompt.text else (f"文字已改，录音还是旧的 still says: {words}: speak or record it again",)


def described(sound: Path, prompts: Path) -> str:
    """Pack, length and level of a sound in one line."""
    try:
        recording = read_recording(sound)
    except MalformedInput:
        return str(sound.relative_to(prompts))
    pack = sound.relative_to(prompts / "packs").parts[0]
    return f"{pack:8} {len(recording.samples) / recording.rate:5.1f} s {active_level(recording.samples):7.1f} dBFS"


def faults_of(prompt: Prompt, sound: Path) -> tuple[str, ...]:
    """What is wrong with the sound of this prompt, which is laid down as it is."""
    try:
        recording = read_recording(sound)
    except MalformedInput as error:
        return (str(error),)
    if not recording.is_for_telephones:
        shape = f"{recording.rate} Hz, {recording.channels} 声道 channels, {recording.bits} bit"
        return (f"{shape}: 应为 must be 8000 Hz, 1, 16: put it in by scripts/prompts install",)
    return faults_of_pause(recording.samples) if prompt.silent else faults(recording.samples, joined=prompt.joined)


def refuse_unfit(recording: Recording, source: Path) -> float:
    """Its level in dBFS. Raises `MalformedInput` for a recording that no conversion makes good."""
    level = active_level(recording.samples)
    if clipped(recording.samples):
        raise MalformedInput(f"{source}: 录音削波 it is clipped: record it again at a lower level")
    if level < QUIETEST_DBFS:
        raise MalformedInput(f"{source}: {level:.0f} dBFS, 太轻 too quiet: record it again nearer to {SPEECH_DBFS:g}")
    return level


def read_recording(path: Path) -> Recording:
    """Any uncompressed WAV file. Raises `MalformedInput` with the remedy."""
    try:
        with wave.open(io.BytesIO(_plain_header(path.read_bytes())), "rb") as sound:
            rate, channels, width = sound.getframerate(), sound.getnchannels(), sound.getsampwidth()
            samples = _on_16_bit(sound.readframes(sound.getnframes()), width)
    except OSError as error:
        raise MalformedInput(f"{path}: 读不到 cannot be read ({error.strerror})") from error
    except (wave.Error, EOFError) as error:
        raise MalformedInput(f"{path}: 不是 PCM WAV 文件 not a PCM WAV file ({error}): save it as WAV, 48000 Hz, 16 or 24 bit") from error
    if channels > 1:
        samples = [sum(samples[place : place + channels]) / channels for place in range(0, len(samples), channels)]
    return Recording(rate=rate, channels=channels, bits=8 * width, samples=samples)


def write_telephone(samples: Iterable[int], target: Path) -> None:
    """8 kHz, mono, 16 bit."""
    with wave.open(str(target), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))


def _keep(samples: Iterable[int], target: Path) -> None:
    """At once, and readable by whoever runs the line: what everybody may hear is no secret."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    fresh = target.with_suffix(".new")
    write_telephone(samples, fresh)
    fresh.chmod(0o644)
    fresh.replace(target)


def _note(prompt: Prompt, words: Path) -> None:
    words.write_text(with_words(_text_of(words), prompt), encoding="utf-8")
    words.chmod(0o644)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _plain_header(content: bytes) -> bytes:
    """Studios write 24 bit as WAVE_FORMAT_EXTENSIBLE, which `wave` reads from Python 3.12 on only: say plain PCM, where it is that."""
    at = content.find(b"fmt ") + 8
    if at > 8 and content[at : at + 2] == _EXTENSIBLE and content[at + 24 : at + 26] == _PCM:
        return content[:at] + _PCM + content[at + 2 :]
    return content


def _on_16_bit(pcm: bytes, width: int) -> Sequence[float]:
    if width == 2:
        return samples_of(pcm)
    if width == 1:
        return [(byte - 128) * 256.0 for byte in pcm]
    scale = 256.0 ** (width - 2)
    return [int.from_bytes(pcm[place : place + width], "little", signed=True) / scale for place in range(0, len(pcm), width)]
