"""docs/staff/assessment.md: what every figure means, made of the definitions that are reckoned with."""

from collections.abc import Iterable, Iterator

from assessment.bulletin import meaning
from assessment.conditions import CONDITION_WORDS, MOMENT_WORDS
from assessment.model import Definitions

_HEAD = """# 考核指标 What the figures mean

由 `config/assessment/*.toml` 生成，请勿手改。 Made of the definitions in `config/assessment`; do not edit.

* 只考核主办单位：协办单位对主办单位负责。业务单转派其他单位的，从转派起由新单位负责；期限届满后才转出的，仍算原单位的。
* 期限未到又未答复的，既不算好也不算差，期满再算。三天联系未果视为已答复（第14条）。
* 话务满意率评的是话务服务（通话后按键，一次一评），事项满意率评的是办理结果（回访时，一事一评），两者分开。
* 每个数都能列出背后的业务单：`/api/v1/assessment/figures/指标/tickets?month=2026-11&unit=单位`。
* 涉密专渠的业务单不计入未经指定人员所见的数，也不计入发布的通报；通报发布后不再变动。
* 定义按 `since` 生效：考核期开始那天有效的一版算完整个考核期。
"""


def assessment_page(versions: Iterable[Definitions]) -> str:
    """The page."""
    parts = [_HEAD]
    for version in sorted(versions, key=lambda each: each.since, reverse=True):
        parts += ["", f"## {version.title}（{version.name}，{version.since} 起，{version.document}）", "", *_table(version)]
    parts += ["", "## 用词 Words", "", "| 写法 | 含义 |", "|---|---|", *_words()]
    return "\n".join(parts) + "\n"


def _table(version: Definitions) -> Iterator[str]:
    yield "| 指标 | 条款 | 含义 |"
    yield "|---|---|---|"
    for measure in version.measures:
        yield f"| {measure.name} `{measure.id}` | 第{measure.article}条 | {meaning(measure)} |"


def _words() -> Iterator[str]:
    for name, words in MOMENT_WORDS.items():
        yield f'| `moment = "{name}"` | {words} |'
    for name, words in CONDITION_WORDS.items():
        yield f"| `{name}` | {words} |"
