"""The page for staff that shows who may what (docs/staff/roles.md), drawn from the gate's own table; tests notice a stale copy."""

from typing import Final

from hotline.access import Role
from hotline.gate import GRANTS, Act

EVERYWHERE: Final = "●"
OWN: Final = "○"

_COLUMNS: Final = tuple(role for role in Role if role is not Role.CLOCK)
_HEAD: Final = """# 谁可以做什么 who may do what

由 `hotline/gate.py` 的表生成，请勿手改。 Drawn from the table there; do not edit.

● 可以 may · ○ 只限本单位（或本人）的 only his own unit's, or his own · 空白 不可以 may not

另有三条，谁也不例外 and three rules for everybody:

- 被反映单位看不到反映本单位的举报，等同不存在。 A unit never sees a report about itself.
- 涉密专渠（3级）只有核准到该级的人员可见，等同不存在（第10条第2项）。 Level 3 exists for designated staff only.
- 承办单位看不到要求保密的联系方式；举报人身份只有核准的人员可见（第10条）。 Names are kept from units, a reporter's from
  all who are not designated.

同一个人不能既管帐号又管业务或审计；承办单位人员不能兼任热线平台的角色。
Nobody both manages accounts and works or audits; nobody works for a unit and the platform.

"""


def page() -> str:
    """The whole file."""
    head = f"| 操作 act | 名称 | 依据 | {' | '.join(_COLUMNS)} |\n|---|---|---|{'---|' * len(_COLUMNS)}\n"
    return _HEAD + head + "".join(_line(act) for act in Act)


def _line(act: Act) -> str:
    grant = GRANTS[act]
    cells = (EVERYWHERE if role in grant.anywhere else OWN if role in grant.own else "" for role in _COLUMNS)
    article = f"第{grant.article}条" if grant.article else "—"
    return f"| `{act}` | {grant.words} | {article} | {' | '.join(cells)} |\n"
