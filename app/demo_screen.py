"""What the demonstration shows: one line per thing that happens, with its moment, and the record, draft and recording at the end."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from hotline.phone import mask

_COLOURS = {"市民": "36", "坐席": "33", "好": "32", "坏": "31", "淡": "2", "重": "1"}
_WIDE = "WF"
_OUTCOMES = {
    "joined": "接通",
    "busy": "占线",
    "no_answer": "未接",
    "refused": "拒接",
    "absent": "离席",
    "unreachable": "联系不上",
    "citizen_gone": "市民已挂断",
    "failed": "未成功",
    "ringing": "振铃",
}
_WHO = {"citizen": "市民", "agent": "坐席", "us": "系统（礼貌结束）", "unknown": "未知", "": "—"}
_STAGES = {"": "—", "prompts": "语音导航中放弃", "queue": "排队中放弃", "ringing": "振铃中放弃"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened: Unix time, who (市民, 坐席), what he did (听到, 说, 按键 …), and what."""

    at: float
    who: str
    did: str
    what: str = ""


class Screen:
    """Writes to a terminal; colours only where `colour` says so."""

    def __init__(self, out: TextIO, *, began: float, colour: bool) -> None:
        self._out = out
        self._began = began
        self._colour = colour

    def head(self, text: str) -> None:
        """A new part of the show."""
        self._write("\n" + self._paint(f"── {text} " + "─" * max(4, 66 - width(text)), "重"))

    def show(self, line: Line) -> None:
        """`00:03.2 市民 听到 欢迎词`."""
        self._write(f"{moment(line.at - self._began)}  {self._paint(line.who, line.who)}  {padded(line.did, 6)}{line.what}")

    def row(self, name: str, value: str) -> None:
        """One line of a table."""
        self._write(f"  {self._paint(padded(name, 14), '淡')}{value}")

    def verdict(self, ok: bool, text: str) -> None:
        """A check, kept or missed."""
        self._write(f"  {self._paint('✓' if ok else '✗', '好' if ok else '坏')} {text}")

    def _paint(self, text: str, what: str) -> str:
        return f"\x1b[{_COLOURS[what]}m{text}\x1b[0m" if self._colour and what in _COLOURS else text

    def _write(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()


def moment(seconds: float) -> str:
    """Minutes and seconds with a tenth: 00:03.2."""
    tenths = max(0, round(seconds * 10))
    return f"{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


def width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)


def padded(text: str, columns: int) -> str:
    """Filled up with blanks to so many columns."""
    return text + " " * max(0, columns - width(text))


def record_rows(record: Mapping[str, Any], local: Callable[[datetime], datetime] = datetime.astimezone) -> Sequence[tuple[str, str]]:
    """The call record in the words of the hotline's staff; numbers masked."""
    rings = "，".join(f"{ring['agent']} {_OUTCOMES.get(ring['outcome'], ring['outcome'])}" for ring in record["rings"])
    track = " → ".join(dict.fromkeys(point["name"] for point in record["track"] if point["what"] in ("prompts", "keys")))
    return (
        ("呼叫编号", record["call"]),
        ("被叫 / 主叫", f"{record['called']} / {mask(record['caller']) or '匿名'}（{record['trunk']}）"),
        ("来电 → 结束", f"{_clock(record['arrived'], local)} → {_clock(record['ended'], local)}"),
        ("语音轨迹", track or "—"),
        ("等候", f"{_seconds(record['waited_seconds'])}（含语音 {_seconds(record['waited_seconds_with_prompts'])}）"),
        ("振铃", rings or "—"),
        *(("通话", f"坐席 {each['agent']}，{_length(each)}，{_WHO.get(each['by'], each['by'])}先挂断") for each in record["joined"]),
        ("挂断方", _WHO.get(record["hung_up_by"], record["hung_up_by"])),
        ("放弃环节", _STAGES.get(record["abandon_stage"], record["abandon_stage"])),
        ("完整性", f"{record['completeness']}，第 {record['revision']} 版"),
    )


def draft_rows(draft: Mapping[str, Any], local: Callable[[datetime], datetime] = datetime.astimezone) -> Sequence[tuple[str, str]]:
    """The ticket draft, 业务单草稿."""
    return (
        ("草稿编号", str(draft["reference"])),
        ("来源", f"{draft['channel']} {draft['called']}"),
        ("联系电话", mask(draft["contact_phone"]) or "匿名"),
        ("受理时间", _clock(draft["received_at"], local)),
        ("版本", str(draft["revision"])),
    )


def _clock(text: str | None, local: Callable[[datetime], datetime]) -> str:
    return local(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M:%S") if text else "—"


def _seconds(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f} 秒"


def _length(talk: Mapping[str, Any]) -> str:
    if not talk["ended"]:
        return "时长未知"
    return _seconds((datetime.fromisoformat(talk["ended"]) - datetime.fromisoformat(talk["began"])).total_seconds())


def farewell(record: Mapping[str, Any] | None) -> str:
    """The prompt that ends the call: who was asked for a grade is thanked for it, whatever words the menu has for that."""
    said = [point["name"] for point in record["track"] if point["what"] == "prompts"] if record and record["survey"] else []
    return str(said[-1]).split()[-1] if said else "goodbye"
