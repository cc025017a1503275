"""短信模板: every text that leaves the house, from one catalogue (config/notices/), and what must never stand in one. Pure.

An SMS is read by whoever holds the telephone. So no template may hold a name, a number, an address or a word of a citizen; of a secret
ticket (举报保密, 涉密专渠) an SMS says neither what it is nor who has it, and without such a text nothing is sent: a person tells it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Final

from hotline.errors import MalformedInput
from hotline.notices import Letter, Notice, NoticeRefused

SECRET_FROM: Final = 2
"""举报保密 and above."""
LONGEST: Final = 300
"""Characters of a template: five parts of an SMS with values in it."""
PARTS: Final = ("staff", "leader", "citizen", "office", "inspection")

PLAIN: Final = frozenset(
    {"ticket", "unit", "from_unit", "due", "until", "days", "article", "appeal", "order", "where", "version", "count", "entry", "step"}
)
"""What a text may hold: numbers of tickets, units, dates, articles. Nothing of a person."""
IN_SECRET: Final = frozenset({"ticket", "due", "until", "days", "article"})
PERSONAL: Final = frozenset(
    {"name", "phone", "number", "citizen", "address", "place", "content", "title", "words", "reply", "text", "caller", "contact", "accused"}
)
"""Known to be of a person, so that the refusal can say why."""
TELLING: Final = ("举报", "涉密", "保密", "检举", "控告")
"""Words by which a secret text would tell what it is about."""
_NUMBER: Final = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|0[0-9]{9,11})(?![0-9])")


@dataclass(frozen=True, kw_only=True)
class Template:
    """One text for one kind of recipient. `code`: its number at the SMS gateway, where that wants codes. Raises `MalformedInput`."""

    kind: str
    to: str
    text: str
    secret_text: str = ""
    """Said instead of `text` when the ticket is secret; empty: nothing is sent then, a person tells it."""
    code: str = ""
    secret_code: str = ""
    article: str = ""

    def __post_init__(self) -> None:
        if self.to not in PARTS:
            raise MalformedInput(f"{self.kind}: 对象 {self.to!r} 不对 to must be one of {', '.join(PARTS)}")
        _judge(f"{self.kind}/{self.to} text", self.text, PLAIN)
        if self.secret_text:
            _judge(f"{self.kind}/{self.to} secret_text", self.secret_text, IN_SECRET)
            if said := [word for word in TELLING if word in self.secret_text]:
                raise MalformedInput(f"{self.kind}/{self.to} secret_text: 不得出现“{said[0]}” tells what it is about; leave it out")


@dataclass(frozen=True, kw_only=True)
class TextCatalogue:
    """一套短信模板, with the signature that the carrier registered (【揭阳12345】). Two texts for one kind and recipient are refused."""

    name: str
    signature: str
    templates: tuple[Template, ...]
    _by: Mapping[tuple[str, str], Template] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by = {(template.kind, template.to): template for template in self.templates}
        if len(by) != len(self.templates):
            raise MalformedInput(f"{self.name}: 同一种类和对象有两个模板 two texts for one kind and recipient; keep one")
        object.__setattr__(self, "_by", by)

    def template(self, kind: str, to: str) -> Template | None:
        """The text for this recipient (`staff:u1` is of the part `staff`)."""
        return self._by.get((kind, to.partition(":")[0]))

    def lacking(self, wanted: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Kinds and recipients that there is no text for; asked at start, so that none turns out to be missing when it is wanted."""
        return [each for each in wanted if each not in self._by]


def letter(notice: Notice, catalogue: TextCatalogue, number: str) -> Letter:
    """The notice in words. Raises `NoticeRefused` when there is no text, no value for it, or a value that no SMS may hold."""
    template = catalogue.template(notice.kind, notice.to)
    if template is None:
        raise NoticeRefused(f"没有 {notice.kind}/{notice.to.partition(':')[0]} 的短信模板 no such template; add it to {catalogue.name}")
    secret = notice.secrecy >= SECRET_FROM
    text, code = (template.secret_text, template.secret_code) if secret else (template.text, template.code)
    if not text:
        raise NoticeRefused("保密事项不发短信，请由指定人员通知 a secret ticket has no SMS of this kind: tell it in person")
    names = _names(text)
    values = {"ticket": notice.ticket, **notice.values}
    if missing := [name for name in names if not values.get(name)]:
        raise NoticeRefused(f"短信模板 {notice.kind} 缺少 {missing[0]} the notice has no value for it; send it by hand")
    if any(_NUMBER.search(values[name]) for name in names):
        raise NoticeRefused(f"短信 {notice.kind} 中出现电话号码，未发送 a telephone number stood in its values; send it by hand")
    filled = text.format_map({name: values[name] for name in names})
    return Letter(
        key=notice.key,
        number=number,
        text=f"【{catalogue.signature}】{filled}",
        template=code,
        values=tuple(values[name] for name in names),
    )


def given(notice: Notice, catalogue: TextCatalogue, number: str, words: str) -> Letter:
    """A notice that somebody here worded himself (突发公告), as he wrote it; the signature goes before it unless he wrote one."""
    text = words if words.startswith("【") else f"【{catalogue.signature}】{words}"
    return Letter(key=notice.key, number=number, text=text, template="")


def _judge(where: str, text: str, allowed: frozenset[str]) -> None:
    if not text or len(text) > LONGEST:
        raise MalformedInput(f"{where}: 应为1至{LONGEST}字 must be 1 to {LONGEST} characters")
    for name in _names(text):
        if name in PERSONAL:
            raise MalformedInput(f"{where}: 短信不得含个人信息 {{{name}}} is of a person, and no SMS may hold it; take it out")
        if name not in allowed:
            raise MalformedInput(f"{where}: 没有或不得使用 {{{name}}} write one of {', '.join(sorted(allowed))}")
    if _NUMBER.search(text):
        raise MalformedInput(f"{where}: 不得写入电话号码 a telephone number stands in it; take it out")


def _names(text: str) -> list[str]:
    """The placeholders, each once. Raises `MalformedInput` for braces that are none."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise MalformedInput(f"短信模板的花括号不成对 braces do not match: {error}") from None
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise MalformedInput("短信模板只写 {名称} a placeholder is {name} alone, without ! or :")
    return list(dict.fromkeys(name for _, name, _, _ in parts if name is not None))
