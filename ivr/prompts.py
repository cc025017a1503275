"""The prompts: a key, what is said, and the sound that says it, per language. Read from `prompts/catalogue.toml` by whoever may do I/O.

    [zh_CN.greeting]
    text = "您好，这里是揭阳市12345市民服务热线。"
    file = "zh_CN/greeting.wav"

A text without an end mark (。？！) is said together with others: `numbers_zh.FRAGMENTS`, or 您前面还有 before a number. Its sound has
hardly any rest around it. The fragments stand in no file: `with_fragments` adds them, so that they say what numbers_zh means.

Everything here is pure: files are names, and who looks whether they exist passes the names in.
"""

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hotline.errors import MalformedInput
from ivr.numbers_zh import FRAGMENTS

MANDARIN = "zh_CN"
LANGUAGES = {MANDARIN: "普通话", "nan_CN": "潮汕话", "en": "English"}
"""What citizens may ask for, as routing skill and language tag."""
DEMONSTRATION = "demo"
"""The pack whose voice no city may use: its corpus was given for non-commercial use only."""
_TELEPHONE_NUMBER = re.compile(r"[0-9]{3,}")
_PRESSED = re.compile(r"(?<=按)[0-9](?![0-9])")
_DIGITS = str.maketrans("0123456789", "零幺二三四五六七八九")
_KEYS = str.maketrans("0123456789", "零一二三四五六七八九")
_ENDS = "。？！.?!"
_SAID = frozenset({"prompts", "no_such_choice", "after_silence", "gave_up", "greeting", "recording_notice"})
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILE = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_-]+)+\.wav")


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One thing that can be said. `file` is relative to the folder of the catalogue, 8 kHz mono 16-bit WAV."""

    key: str
    language: str
    text: str
    file: str

    def __post_init__(self) -> None:
        where = f"prompt {self.language}.{self.key}"
        if not _LANGUAGE.fullmatch(self.language) or not _KEY.fullmatch(self.key):
            raise MalformedInput(f"{where}: write it [zh_CN.key-of-the-prompt]")
        if not self.text.strip():
            raise MalformedInput(f"{where}: text is empty; write what is said")
        if not _FILE.fullmatch(self.file):
            raise MalformedInput(f"{where}: file is {self.file!r}; write folder/name.wav in plain letters")

    @property
    def sound(self) -> str:
        """The file without its ending: as Asterisk wants it, who picks the best format itself."""
        return self.file.removesuffix(".wav")

    @property
    def joined(self) -> bool:
        """Whether it is said together with others, as a part of one sentence."""
        return self.text.rstrip()[-1] not in _ENDS

    @property
    def silent(self) -> bool:
        """Whether it is a pause: nobody records it."""
        return not any(sign.isalnum() for sign in self.text)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All prompts: language → key → prompt."""

    languages: Mapping[str, Mapping[str, Prompt]]

    def find(self, key: str, language: str = MANDARIN) -> Prompt | None:
        """The prompt in this language, else in Mandarin, else None."""
        return self.languages.get(language, {}).get(key) or self.languages.get(MANDARIN, {}).get(key)

    def files(self) -> frozenset[str]:
        """Every sound file that the catalogue names."""
        return frozenset(prompt.file for prompts in self.languages.values() for prompt in prompts.values())


def read_catalogue(text: str) -> Catalogue:
    """The catalogue written in TOML. Raises `MalformedInput`, which names the prompt and the remedy."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedInput(f"prompt catalogue: not TOML: {error}") from error
    languages = {}
    for language, prompts in tree.items():
        languages[language] = {key: _prompt(language, key, entry) for key, entry in _table(language, prompts).items()}
    return Catalogue(languages=languages)


def with_fragments(catalogue: Catalogue) -> Catalogue:
    """The catalogue and what numbers are put together from (Mandarin). Raises `MalformedInput` for a key that is in both."""
    written = catalogue.languages.get(MANDARIN, {})
    if twice := sorted(FRAGMENTS.keys() & written.keys()):
        raise MalformedInput(f"prompt catalogue: {', '.join(twice)} are parts of numbers (ivr/numbers_zh.py): choose another key")
    parts = {key: Prompt(key=key, language=MANDARIN, text=text, file=f"{MANDARIN}/{key}.wav") for key, text in FRAGMENTS.items()}
    return Catalogue(languages={**catalogue.languages, MANDARIN: {**written, **parts}})


def unknown_keys(catalogue: Catalogue, keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that no Mandarin prompt has, sorted: a flow that says them would be mute."""
    return tuple(sorted(set(keys) - set(catalogue.languages.get(MANDARIN, {}))))


def missing_files(catalogue: Catalogue, present: Iterable[str]) -> tuple[str, ...]:
    """The sound files that the catalogue names and that are not among those `present`, sorted."""
    return tuple(sorted(catalogue.files() - set(present)))


def unused_files(catalogue: Catalogue, present: Iterable[str]) -> tuple[str, ...]:
    """The sound files that are there and that no prompt names, sorted."""
    return tuple(sorted(set(present) - catalogue.files()))


def default_packs(profile: str) -> tuple[str, ...]:
    """The packs in order of preference: a city's own voice first, and what needs nobody's leave last."""
    return ("studio", "free") if profile == "production" else ("studio", DEMONSTRATION, "free")


def choose(packs: Iterable[str], present: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Each sound file that is `present` in one of these packs → the first pack that has it."""
    chosen: dict[str, str] = {}
    for pack in packs:
        for file in present.get(pack, ()):
            chosen.setdefault(file, pack)
    return chosen


def keys_in_source(source: str) -> frozenset[str]:
    """The prompt keys that a module of flows names: the texts it gives to `prompts=`, `greeting=`, `gave_up=` and their like."""
    given = [node.value for node in ast.walk(ast.parse(source)) if _gives(node) in _SAID and isinstance(node, ast.keyword | ast.AnnAssign)]
    texts = [text.value for value in given if value for text in ast.walk(value) if isinstance(text, ast.Constant)]
    return frozenset(text for text in texts if isinstance(text, str) and _KEY.fullmatch(text))


def _gives(node: ast.AST) -> str | None:
    """The name to which this node gives a value: an argument's, or a field's with its default."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return node.arg if isinstance(node, ast.keyword) else None


def untranslated(catalogue: Catalogue, offered: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """Language → the keys that it lacks, which are said in Mandarin. Those that lack none are left out. `offered`: by a menu."""
    mandarin = catalogue.languages.get(MANDARIN, {})
    others = [language for language in dict.fromkeys([*LANGUAGES, *offered, *catalogue.languages]) if language != MANDARIN]
    lacking = {language: tuple(key for key in mandarin if key not in catalogue.languages.get(language, {})) for language in others}
    return {language: keys for language, keys in lacking.items() if keys}


def read_words(text: str) -> dict[str, str]:
    """A pack's `words.json`: sound file → the text that was spoken into it. Raises `MalformedInput`."""
    try:
        words = json.loads(text or "{}")
    except ValueError as error:
        raise MalformedInput(f"words.json: not JSON ({error}); delete it, and it is written anew") from error
    if not isinstance(words, dict):
        raise MalformedInput("words.json: must be an object; delete it, and it is written anew")
    return {str(file): str(said) for file, said in words.items()}


def with_words(text: str, prompt: Prompt) -> str:
    """The `words.json` of a pack in which this prompt was spoken anew."""
    return json.dumps(dict(sorted({**read_words(text), prompt.file: prompt.text}.items())), ensure_ascii=False, indent=1) + "\n"


def studio_script(catalogue: Catalogue, language: str = MANDARIN) -> str:
    """What a speaker reads in the studio: one line per file, in the catalogue's order."""
    return "\n".join(f"{prompt.file}\t{prompt.text}" for prompt in catalogue.languages.get(language, {}).values())


def read_aloud(text: str) -> str:
    """The text as it is spoken: a key to press (请按1: 请按一); three digits and more are a telephone number, said one by one, 1 as 幺
    (12345: 幺二三四五)."""
    text = _PRESSED.sub(lambda key: key[0].translate(_KEYS), text)
    return _TELEPHONE_NUMBER.sub(lambda number: number[0].translate(_DIGITS), text)


def _table(where: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise MalformedInput(f"prompt catalogue: {where} is no table; write [zh_CN.key-of-the-prompt] with text and file")
    return value


def _prompt(language: str, key: str, entry: object) -> Prompt:
    where = f"{language}.{key}"
    words = _table(where, entry)
    if set(words) != {"text", "file"} or not all(isinstance(word, str) for word in words.values()):
        raise MalformedInput(f"prompt {where}: give it text and file, both in quotes, and nothing else")
    return Prompt(key=key, language=language, text=str(words["text"]), file=str(words["file"]))
