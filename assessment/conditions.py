"""The words that definitions are made of: moments of a handling, and what may be true of it at the time of reckoning. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from assessment.model import Handling

CONTENT: Final = frozenset({"满意", "基本满意"})
RATED: Final = CONTENT | {"不满意"}

Moments = Callable[[Handling, datetime], tuple[datetime, ...]]
Condition = Callable[[Handling, datetime], bool]


def _one(moment: datetime | None) -> tuple[datetime, ...]:
    return () if moment is None else (moment,)


def _settled(due: datetime | None, done: datetime | None, left: datetime | None, now: datetime) -> tuple[datetime, ...]:
    """When it was decided whether it was in time: it was done, or its term ran out before; never after it was another unit's."""
    known = min((moment for moment in (due, done) if moment is not None), default=None)
    if known is None or known > now or (left is not None and known >= left):
        return ()
    return (known,)


def _in_time(due: datetime | None, done: datetime | None) -> bool:
    return done is not None and (due is None or done < due)


MOMENTS: Final[Mapping[str, Moments]] = MappingProxyType(
    {
        "dispatched": lambda it, _: (it.began,),
        "settled": lambda it, now: _settled(it.due, it.replied, it.left, now),
        "contact_settled": lambda it, now: _settled(it.contact_due, it.contacted, it.left, now),
        "replied": lambda it, _: _one(it.replied),
        "closed": lambda it, _: _one(it.closed),
        "called_back": lambda it, _: _one(it.called_back),
        "redone": lambda it, _: _one(it.redone),
        "returned": lambda it, _: _one(it.returned),
        "urged": lambda it, _: it.urged,
        "noticed": lambda it, _: it.noticed,
        "handed_over": lambda it, _: it.handed_over,
        "return_asked": lambda it, _: it.return_asked,
        "return_refused": lambda it, _: it.return_refused,
        "extended": lambda it, _: it.extended,
    }
)
"""In which period it counts; several moments are counted each."""

CONDITIONS: Final[Mapping[str, Condition]] = MappingProxyType(
    {
        "kept": lambda it, _: it.left is None or (it.due is not None and it.due <= it.left),
        "running": lambda it, now: it.replied is None and it.due is not None and now < it.due,
        "replied": lambda it, _: it.replied is not None,
        "on_time": lambda it, _: _in_time(it.due, it.replied),
        "contact_on_time": lambda it, _: _in_time(it.contact_due, it.contacted),
        "called_back": lambda it, _: it.called_back is not None,
        "rated": lambda it, _: it.satisfied in RATED,
        "content": lambda it, _: it.satisfied in CONTENT,
        "redone": lambda it, _: it.redone is not None,
        "noticed": lambda it, _: bool(it.noticed),
        "extended": lambda it, _: bool(it.extended),
    }
)

CONDITION_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "kept": "由本单位办到底，或期限届满后才转出、并单",
        "running": "期限未到又未答复",
        "replied": "已答复（含视为已答复）",
        "on_time": "期限届满前答复",
        "contact_on_time": "期限届满前与市民沟通",
        "called_back": "已回访",
        "rated": "回访时表示满意、基本满意或不满意",
        "content": "满意或基本满意",
        "redone": "因单位主观原因发回重办",
        "noticed": "发过催办通知书",
        "extended": "延期获同意",
    }
)
MOMENT_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dispatched": "分转至单位",
        "settled": "答复或期限届满（先到者）",
        "contact_settled": "首次沟通或其期限届满（先到者）",
        "replied": "答复",
        "closed": "反馈办结",
        "called_back": "回访",
        "redone": "认定发回重办",
        "returned": "退办后转派其他单位",
        "urged": "催办",
        "noticed": "发催办通知书",
        "handed_over": "移交监察",
        "return_asked": "申请退办",
        "return_refused": "退办未获同意",
        "extended": "延期获同意",
        "rated": "通话后评价",
    }
)
