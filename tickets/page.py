"""The page for staff that shows who may give which command, and by which article (docs/staff/tickets.md): drawn from the tables."""

from typing import Final

from hotline.access import UNIT_ROLES, Role
from tickets.authority import PERMITS, Permit, Whose
from tickets.clauses import CLAUSES
from tickets.commands import COMMANDS

_WHOSE: Final = {
    Whose.LEAD: "主办单位",
    Whose.HANDLING: "主办单位及其转派的三级单位",
    Whose.BELOW: "被转派的三级单位",
    Whose.BESIDE: "协办、同时发送的单位",
    Whose.ANY: "经手的单位",
}
_HEAD: Final = """# 业务单：谁可以做什么、依据哪一条 tickets: who may do what, by which article

由 `tickets/authority.py` 和 `tickets/clauses.py` 的表生成，请勿手改。 Drawn from the tables there; do not edit.

业务单的状态与走向见 [状态图](../states/ticket.md)。 The states are drawn there.

| 操作 command | 名称 | 依据 | 谁可以 | 承办单位一方限于 |
|---|---|---|---|---|
"""
_CLAUSES: Final = """
## 逐条检查 what is checked

系统对下列各条逐一检查，不符合的操作不予执行，并告知是哪一条。 Each is asked before anything changes; a refusal names it.

| 条款 | 内容 |
|---|---|
"""


def page() -> str:
    """The whole file."""
    lines = (_line(address, PERMITS[command]) for address, command in COMMANDS.items())
    clauses = (f"| {clause} | {words} |\n" for clause, words in CLAUSES.items())
    return _HEAD + "".join(lines) + _CLAUSES + "".join(clauses)


def _line(address: str, permit: Permit) -> str:
    roles = "、".join(role for role in Role if role in permit.rule.by)
    whose = _WHOSE[permit.whose] if permit.rule.by & UNIT_ROLES else ""
    return f"| `{address}` | {permit.rule.words} | 第{permit.rule.article}条 | {roles} | {whose} |\n"
