"""The curves of a simulated day (排班图) as SVG: calls and agents by the hour, and the share that was answered in time.

No library; the same figures always give the same bytes. Pictures are where a shift planner would rather look than read.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

from routing.staffing import HourFigures

_WIDTH: Final = 920
_LEFT: Final = 70
_PLOT: Final = 800
_HIGH: Final = 190
_FONT: Final = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC','WenQuanYi Micro Hei',sans-serif"
_INK, _QUIET, _GRID, _BLUE, _GREEN, _RED = "#1a202c", "#5a6577", "#e2e8f0", "#1d4e89", "#2f855a", "#c53030"


def curves(figures: Sequence[HourFigures], *, title: str, share: float, within_s: float) -> str:
    """Three pictures below each other. An hour that misses the share is red."""
    calls = _bars(70, "每小时来电 calls per hour", [each.calls for each in figures], _BLUE)
    agents = _bars(70 + _HIGH + 70, "在岗坐席 agents on duty", [each.agents for each in figures], _GREEN)
    top = 70 + 2 * (_HIGH + 70)
    shares = _shares(top, f"{within_s:g} 秒接通率 answered within {within_s:g} s", [each.in_time for each in figures], share)
    high = top + _HIGH + 50
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{high}" viewBox="0 0 {_WIDTH} {high}" font-family="{_FONT}">'
    paper = f'<rect width="{_WIDTH}" height="{high}" fill="#fff"/>{_text(_LEFT, 34, title, size=20)}'
    return "\n".join([head, paper, *calls, *agents, *shares, "</svg>", ""])


def _bars(top: float, title: str, values: Sequence[float], colour: str) -> list[str]:
    most = max([*values, 1])
    step = _PLOT / max(len(values), 1)
    lines = [_text(_LEFT, top - 10, title, size=14, colour=_QUIET), *_grid(top, ["0", f"{most / 2:g}", f"{most:g}"])]
    for hour, value in enumerate(values):
        tall = _HIGH * value / most
        x = _LEFT + hour * step
        lines.append(f'<rect x="{x + 3:.1f}" y="{top + _HIGH - tall:.1f}" width="{step - 6:.1f}" height="{tall:.1f}" fill="{colour}"/>')
        lines.append(_text(x + step / 2, top + _HIGH - tall - 4, f"{value:g}", size=11, colour=_QUIET, anchor="middle"))
    return [*lines, *_hours(top, len(values), step)]


def _shares(top: float, title: str, values: Sequence[float], share: float) -> list[str]:
    step = _PLOT / max(len(values), 1)
    bound = top + _HIGH * (1 - share)
    lines = [_text(_LEFT, top - 10, title, size=14, colour=_QUIET), *_grid(top, ["0", "50%", "100%"])]
    lines.append(f'<line x1="{_LEFT}" y1="{bound:.1f}" x2="{_LEFT + _PLOT}" y2="{bound:.1f}" stroke="{_RED}" stroke-dasharray="6 4"/>')
    lines.append(_text(_LEFT + _PLOT + 4, bound + 4, f"{share:.0%}", size=11, colour=_RED))
    points = [(_LEFT + (hour + 0.5) * step, top + _HIGH * (1 - value)) for hour, value in enumerate(values)]
    lines.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="none" stroke="{_INK}" stroke-width="1.5"/>')
    for (x, y), value in zip(points, values, strict=True):
        lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_GREEN if value >= share else _RED}"/>')
    return [*lines, *_hours(top, len(values), step)]


def _grid(top: float, labels: Sequence[str]) -> list[str]:
    lines = []
    for number, label in enumerate(labels):
        y = top + _HIGH * (1 - number / (len(labels) - 1))
        lines.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _PLOT}" y2="{y:.1f}" stroke="{_GRID}"/>')
        lines.append(_text(_LEFT - 6, y + 4, label, size=11, colour=_QUIET, anchor="end"))
    return lines


def _hours(top: float, hours: int, step: float) -> list[str]:
    return [
        _text(_LEFT + (hour + 0.5) * step, top + _HIGH + 16, f"{hour}", size=11, colour=_QUIET, anchor="middle") for hour in range(hours)
    ]


def _text(x: float, y: float, words: str, *, size: int, colour: str = _INK, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
