"""答复的实质: whether a reply says something (揭府办〔2015〕4号 article 13-1: 完整、清晰、准确、有针对性，不得简单罗列条文).

A machine sees only what is plainly no answer; it flags what looks thin, and people judge (article 15: 回访检查质量).
"""

import re
from enum import StrEnum
from typing import Final

LEAST_CHARACTERS: Final = 10
THIN_CHARACTERS: Final = 30
_CITED: Final = re.compile(r"《[^》]{1,80}》|第[零〇一二三四五六七八九十百\d]+[条款项章节]|[（(]?[一二三四五六七八九十\d]+[）)、.]")
_PHRASES: Final = re.compile(
    r"(您好|你好|感谢您的来电|感谢来电|感谢您的(理解|支持|关注|反映)(与支持)?|祝您生活愉快|已收悉|收悉|已受理|正在处理(中)?|正在办理(中)?|"
    r"已转(交)?(相关|有关)部门(处理)?|请(耐心)?等待|谢谢|特此回复|特此答复|现答复如下|根据|依据|按照|规定|之|的|等|和|及|与|有关|相关)"
)
_MARKS: Final = re.compile(r"[\s，。；：、！？,.;:!?（）()“”\"'—…-]+")


class Flag(StrEnum):
    """What is wrong with it, or may be."""

    EMPTY = "空白"
    ONLY_ARTICLES = "只列条文"
    PHRASES = "敷衍"
    THIN = "过短"


REFUSED: Final = frozenset({Flag.EMPTY, Flag.ONLY_ARTICLES, Flag.PHRASES})
"""These are no answer at all."""


def flags_of(text: str) -> tuple[Flag, ...]:
    """What a reader should know about this reply, the worst first."""
    bare = _MARKS.sub("", text)
    if not bare:
        return (Flag.EMPTY,)
    left = len(_MARKS.sub("", _PHRASES.sub("", _CITED.sub("", text))))
    if left < LEAST_CHARACTERS:
        return (Flag.ONLY_ARTICLES,) if _CITED.search(text) else (Flag.PHRASES,)
    return (Flag.THIN,) if len(bare) < THIN_CHARACTERS else ()
