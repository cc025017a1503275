"""看板: how many wait, and how each agent stands, since when and why. Rendered on the server; no citizen's number is on it."""

from collections.abc import Mapping
from typing import Any, Final

from jinja2 import Environment

STATES: Final[Mapping[str, str]] = {
    "offline": "未签入",
    "ready": "空闲",
    "offered": "派单中",
    "ringing": "振铃",
    "talking": "通话",
    "after_call": "话后处理",
    "paused": "示忙",
    "absent": "话机离线",
    "occupied": "话机占用",
}
"""`routing.moves.Presence`, and what a telephone makes of one who is ready (`routing.board.BoardView.agents`)."""

REASONS: Final[Mapping[str, str]] = {"missed": "未接来电", "unreachable": "话机联系不上"}
"""Reasons of our own; those of pauses are the settings'."""

_PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<title>12345 热线 · 看板</title>
<style>
body { font-family: sans-serif; margin: 2rem; max-width: 60rem }
table { border-collapse: collapse; width: 100% }
td, th { padding: .4rem; border-bottom: 1px solid #ccc; text-align: left }
.bad { color: #b00020; font-weight: bold }
</style>
</head>
<body>
<h1>12345 热线 · 看板</h1>
{% if board is none %}
<p class="bad" role="alert">看板暂缺，通话不受影响</p>
{% else %}
<p>排队 {{ board.waiting }} 人 · 最长等待 {{ lasted(board.longest_wait_s) }}</p>
<table>
<tr><th>工号</th><th>状态</th><th>时长</th><th>原因</th><th>未接</th></tr>
{% for each in board.presences %}
<tr>
<td>{{ each.agent }}</td>
<td>{{ states.get(board.agents[each.agent], board.agents[each.agent]) }}{% if each.wanted %}（通话后有安排）{% endif %}</td>
<td{% if each.overdue %} class="bad" role="alert"{% endif %}>{{ lasted(each.for_s) }}{{ '，已超时' if each.overdue }}</td>
<td>{{ reasons.get(each.reason, each.reason) }}{% if each.by %}（班长 {{ each.by }}）{% endif %}</td>
<td>{{ each.missed }}</td>
</tr>
{% endfor %}
</table>
{% endif %}
</body>
</html>
""")


def board_page(board: Mapping[str, Any] | None, reasons: Mapping[str, str]) -> str:
    """The page. `board`: as GET /api/board gives it, None = nothing fresh; `reasons`: word → what people call it."""
    return _PAGE.render(board=board, states=STATES, reasons={**REASONS, **reasons}, lasted=lasted)


def lasted(seconds: float) -> str:
    """3:05, or 1:02:03."""
    hours, rest = divmod(max(0, int(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
