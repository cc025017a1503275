"""A picture of a plan for the people who write it: SVG, Chinese labels, no library, the same plan always gives the same bytes.

Read from left to right: our numbers, then the menus, then where their keys lead. A human is a green mark on the row itself, for he is
everywhere; lines are drawn only to what has a card of its own. A way back to a card further left is written, not drawn.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

from hotline.emergency import KeyPlan
from ivr.line_graph import exists
from ivr.line_plan import END, HUMAN, Hours, Kind, MenuPlan, NumberPlan, StaffPlan, Target
from ivr.session import KEYS

_WIDTH, _GAP_X, _GAP_Y, _MARGIN, _HEAD = 310, 130, 34, 40, 126
_TITLE, _ROW, _LINE, _PAD = 46, 38, 21, 14
_SAID_UNITS = (_WIDTH - 2 * 18) / 14
_FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Micro Hei',sans-serif"
_WEEK = "一二三四五六日"

_COLOURS: Final[Mapping[str, str]] = {
    "number": "#1d4e89",
    "menu": "#0b7285",
    "info": "#b7791f",
    "language": "#6b46c1",
    "message": "#c2571a",
    "survey": "#4a5568",
}
_CALLED: Final[Mapping[str, str]] = {
    "menu": "菜单",
    "info": "信息",
    "language": "语言",
    "message": "留言",
    "survey": "通话后评价",
    "number": "号码",
}
_INK, _QUIET, _LINE_COLOUR, _PAPER, _GREEN, _RED = "#1a202c", "#5a6577", "#cbd5e0", "#f7f9fc", "#2f855a", "#c53030"


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One way on a card: a key or a word in front, what it means, and where it leads (None = it only tells)."""

    badge: str
    label: str
    to: Target | None = None


@dataclass(kw_only=True)
class _Card:
    """One table of the plan, or a number."""

    target: Target | None
    kind: str
    title: str
    said: tuple[str, ...] = ()
    rows: tuple[_Row, ...] = ()
    column: int = 0
    x: float = 0
    y: float = 0

    @property
    def height(self) -> float:
        """As tall as its words and rows."""
        said = len(self.said) * _LINE + _PAD if self.said else 0
        return _TITLE + said + len(self.rows) * _ROW + (_PAD if self.rows else 0)

    def row_y(self, index: int) -> float:
        """The middle of a row."""
        said = len(self.said) * _LINE + _PAD if self.said else 0
        return self.y + _TITLE + said + _PAD / 2 + index * _ROW + _ROW / 2


@dataclass(kw_only=True)
class _Sheet:
    """Cards by their target, in columns."""

    cards: list[_Card] = field(default_factory=list)

    def of(self, target: Target) -> _Card | None:
        return next((card for card in self.cards if card.target == target), None)

    def columns(self) -> list[list[_Card]]:
        count = max((card.column for card in self.cards), default=0) + 1
        return [[card for card in self.cards if card.column == column] for column in range(count)]


def draw(plan: StaffPlan, texts: Mapping[str, str], keys: KeyPlan = KEYS) -> str:
    """The plan as an SVG document. `texts`: prompt key → what is said; a key without a text is shown as it is. `keys`: the emergency's."""
    sheet = _laid_out(plan, texts)
    width = max((card.x for card in sheet.cards), default=0) + _WIDTH + _MARGIN
    height = max((card.y + card.height for card in sheet.cards), default=_HEAD) + _MARGIN
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FONT}">'
    body = [_box(0, 0, width, height, fill=_PAPER, radius=0), *_heading(plan, width, keys.key)]
    body += [line for card in sheet.cards for line in _edges(card, sheet)]
    body += [line for card in sheet.cards for line in _drawn(card, sheet, plan)]
    return "\n".join([head, *body, "</svg>", ""])


# ── what is on the sheet ─────────────────────────────────────────────────────────────────────────


def _laid_out(plan: StaffPlan, texts: Mapping[str, str]) -> _Sheet:
    sheet = _Sheet(cards=[_number_card(plan, number, texts) for number in plan.numbers.values()])
    todo = list(sheet.cards)
    while todo:
        card = todo.pop(0)
        for row in card.rows:
            if row.to and row.to.kind is not Kind.HUMAN and exists(plan, row.to) and sheet.of(row.to) is None:
                made = _card(plan, row.to, texts)
                if made:
                    made.column = card.column + 1
                    sheet.cards.append(made)
                    todo.append(made)
    _place(sheet)
    return sheet


def _place(sheet: _Sheet) -> None:
    """Each card beside the rows that lead to it, as far as there is room."""
    wanted: dict[int, float] = {}
    for cards in sheet.columns():
        low = float(_HEAD)
        for card in sorted(cards, key=lambda card: (wanted.get(id(card), 0.0), sheet.cards.index(card))):
            card.x = _MARGIN + card.column * (_WIDTH + _GAP_X)
            card.y = max(low, wanted.get(id(card), 0.0))
            low = card.y + card.height + _GAP_Y
        for card in cards:
            for index, row in enumerate(card.rows):
                there = sheet.of(row.to) if row.to else None
                if there and there.column > card.column:
                    wanted.setdefault(id(there), card.row_y(index) - _TITLE / 2)


def _card(plan: StaffPlan, target: Target, texts: Mapping[str, str]) -> _Card | None:
    name = target.name
    if target.kind is Kind.MENU:
        return _menu_card(target, plan.menus[name], texts)
    if target.kind is Kind.INFO:
        info = plan.infos[name]
        return _simple(target, info.label, _said(info.prompts, texts), _Row(badge="", label="播完", to=info.then))
    if target.kind is Kind.LANGUAGE:
        language = plan.languages[name]
        then = Target(kind=Kind.HUMAN, name=language.skill) if language.then == HUMAN else language.then
        return _simple(target, language.label, _said(language.prompts, texts), _Row(badge="", label="播完", to=then))
    if target.kind is Kind.MESSAGE:
        message = plan.messages[name]
        return _simple(
            target, message.label, _said(message.prompts, texts), _Row(badge="", label=f"录音，最长 {message.most_s} 秒，每条都有人办")
        )
    if target.kind is Kind.SURVEY:
        survey = plan.surveys[name]
        rows = [_Row(badge=key, label=grade) for key, grade in survey.grades.items()]
        return _simple(target, survey.label, _said(survey.prompts, texts), *rows)
    return None


def _simple(target: Target, title: str, said: tuple[str, ...], *rows: _Row) -> _Card:
    return _Card(target=target, kind=target.kind.value, title=title, said=said, rows=rows)


def _menu_card(target: Target, menu: MenuPlan, texts: Mapping[str, str]) -> _Card:
    rows = [_Row(badge=key, label=choice.label, to=choice.to) for key, choice in menu.keys.items()]
    rows.append(_Row(badge="", label=f"{menu.timeout_s:g} 秒不按键", to=menu.silence))
    rows.append(_Row(badge="", label=f"按错 {menu.tries} 次", to=menu.gave_up))
    return _simple(target, menu.label, _said(menu.prompts, texts), *rows)


def _number_card(plan: StaffPlan, line: NumberPlan, texts: Mapping[str, str]) -> _Card:
    hours = plan.hours.get(line.hours)
    rows = [_Row(badge="", label=f"{surge.label} {surge.first:%m-%d %H:%M} 至 {surge.last:%m-%d %H:%M}") for surge in line.surges]
    rows += [
        _Row(badge="", label=f"{season.days.name}问候 {season.days.first:%Y-%m-%d} 至 {season.days.last:%m-%d}") for season in line.seasons
    ]
    rows.append(_Row(badge="", label=_hours_words(hours) if hours else "任何时候", to=line.start))
    if line.outside:
        rows.append(_Row(badge="", label="其余时间", to=line.outside))
    if line.on_holiday:
        rows.append(_Row(badge="", label="节假日（含调休）", to=line.on_holiday))
    rows.append(_Row(badge="", label="通话以后", to=line.after_call))
    said = _said(line.greeting + line.recording_notice, texts)
    return _Card(target=None, kind="number", title=f"{line.number}　{line.name}", said=said, rows=tuple(rows))


def _hours_words(hours: Hours) -> str:
    days = "每天" if len(hours.days) == len(_WEEK) else "周" + "".join(_WEEK[day] for day in sorted(hours.days))
    return f"{hours.label} {'工作日' if hours.workdays_only else days} {hours.opens:%H:%M}–{hours.closes:%H:%M}"


def _said(prompts: tuple[str, ...], texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(_wrapped("".join(texts.get(key, f"〔{key}〕") for key in prompts))) if prompts else ()


def _wrapped(text: str, units: float = _SAID_UNITS) -> Iterator[str]:
    """Lines of so many full-width characters; no line begins with a stop or a comma."""
    line, used = "", 0.0
    for letter in text:
        if used + _units(letter) > units and letter not in "，。、：；！？”）":
            yield line
            line, used = "", 0.0
        line, used = line + letter, used + _units(letter)
    if line:
        yield line


def _units(text: str) -> float:
    return sum(1.0 if ord(letter) > 0x2000 else 0.58 for letter in text)


# ── ink ──────────────────────────────────────────────────────────────────────────────────────────


def _heading(plan: StaffPlan, width: float, emergency_key: str) -> Iterator[str]:
    yield _text(_MARGIN, 52, "热线语音导航", size=26, weight=700)
    yield _text(_MARGIN + 176, 52, f"版本 {plan.version}", size=15, colour=_QUIET)
    x: float = _MARGIN
    for badge, words, colour in (("0", "任何时候转人工", _GREEN), (emergency_key, "任何时候紧急求助", _RED), ("", "不按键转人工", _GREEN)):
        if badge:
            yield from _badge(x, 82, badge, colour)
            x += 34
        yield _text(x, 87, words, size=14, colour=_INK)
        x += _units(words) * 14 + 30
    yield f'<line x1="{_MARGIN}" y1="102" x2="{width - _MARGIN:g}" y2="102" stroke="{_LINE_COLOUR}"/>'


def _drawn(card: _Card, sheet: _Sheet, plan: StaffPlan) -> Iterator[str]:
    colour = _COLOURS[card.kind]
    yield _box(card.x, card.y, _WIDTH, card.height, fill="#ffffff", stroke=colour)
    yield f'<path d="{_top(card)}" fill="{colour}"/>'
    yield _text(card.x + 18, card.y + 30, card.title, size=16, colour="#ffffff", weight=700)
    if card.kind != "number":
        yield _text(card.x + _WIDTH - 16, card.y + 29, _CALLED[card.kind], size=12, colour="#ffffff", anchor="end")
    for index, line in enumerate(card.said):
        yield _text(card.x + 18, card.y + _TITLE + 20 + index * _LINE, line, size=14, colour=_QUIET)
    if card.said:
        y = card.y + _TITLE + len(card.said) * _LINE + _PAD
        yield f'<line x1="{card.x + 1:g}" y1="{y:g}" x2="{card.x + _WIDTH - 1:g}" y2="{y:g}" stroke="{_LINE_COLOUR}"/>'
    for index, row in enumerate(card.rows):
        yield from _drawn_row(card, row, card.row_y(index), sheet, plan)


def _drawn_row(card: _Card, row: _Row, y: float, sheet: _Sheet, plan: StaffPlan) -> Iterator[str]:
    x = card.x + 18
    if row.badge:
        yield from _badge(x, y, row.badge, _COLOURS[card.kind])
        x += 34
    yield _text(x, y + 5, row.label, size=14, colour=_INK if row.badge or card.kind == "number" else _QUIET)
    if row.to is None:
        return
    mark, colour = _mark(row.to, card, sheet, plan)
    if mark:
        yield _text(card.x + _WIDTH - 16, y + 5, mark, size=13, colour=colour, anchor="end", weight=700)
    else:
        yield f'<circle cx="{card.x + _WIDTH:g}" cy="{y:g}" r="5" fill="{_COLOURS[row.to.kind.value]}" stroke="#ffffff" stroke-width="2"/>'


def _mark(to: Target, card: _Card, sheet: _Sheet, plan: StaffPlan) -> tuple[str, str]:
    """What is written at the end of a row instead of a line to a card; empty when there is a line."""
    if to.kind is Kind.HUMAN:
        return (f"人工 {to.name}" if to.name else "人工"), _GREEN
    if to.kind is Kind.AGAIN:
        return "↻ 再听", _QUIET
    if to == END:
        return "再见", _QUIET
    there = sheet.of(to)
    if there is None:
        return f"没有 {to}", _RED
    return ("", "") if there.column > card.column else (f"↩ {there.title}", _COLOURS[there.kind])


def _edges(card: _Card, sheet: _Sheet) -> Iterator[str]:
    for index, row in enumerate(card.rows):
        there = sheet.of(row.to) if row.to else None
        if there and there.column > card.column:
            x, y, to_x, to_y = card.x + _WIDTH, card.row_y(index), there.x - 8, there.y + _TITLE / 2
            bend, colour = (to_x - x) * 0.5, _COLOURS[there.kind]
            path = f"M{x:g} {y:g}C{x + bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}"
            yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-opacity="0.75"/>'
            yield f'<path d="M{to_x - 3:g} {to_y - 6:g}l10 6l-10 6z" fill="{colour}"/>'


def _badge(x: float, y: float, key: str, colour: str) -> Iterable[str]:
    drop = 9 if key == "*" else 5
    yield _box(x, y - 12, 24, 24, fill=colour, radius=6)
    yield _text(x + 12, y + drop, key, size=20 if key == "*" else 14, colour="#ffffff", anchor="middle", weight=700)


def _top(card: _Card) -> str:
    x, y, right, below = card.x, card.y, card.x + _WIDTH, card.y + _TITLE
    return f"M{x:g} {below:g}V{y + 10:g}Q{x:g} {y:g} {x + 10:g} {y:g}H{right - 10:g}Q{right:g} {y:g} {right:g} {y + 10:g}V{below:g}Z"


def _box(x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "none", radius: int = 10) -> str:
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius}"'
    return f'<rect {place} fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>'


def _text(x: float, y: float, words: str, *, size: int, colour: str = _INK, anchor: str = "start", weight: int = 400) -> str:
    place = f'x="{x:g}" y="{y:g}" font-size="{size}"'
    more = (f' text-anchor="{anchor}"' if anchor != "start" else "") + (f' font-weight="{weight}"' if weight != 400 else "")
    return f'<text {place} fill="{colour}"{more}>{escape(words)}</text>'
