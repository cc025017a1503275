"""Random facts for the tests of the assessment."""

from datetime import datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from assessment.model import Handling, RatedCall
from hotline.workdays import CHINA

BASE: Final = datetime(2026, 11, 1, tzinfo=CHINA)
HOURS: Final = 24 * 60
moments = st.integers(min_value=-24 * 20, max_value=HOURS).map(lambda hours: BASE + timedelta(hours=hours))
maybe = st.none() | moments
several = st.lists(moments, max_size=3, unique=True).map(lambda found: tuple(sorted(found)))


def handling(number: int, began: datetime) -> st.SearchStrategy[Handling]:
    later = st.none() | st.integers(min_value=1, max_value=HOURS).map(lambda hours: began + timedelta(hours=hours))
    return st.builds(
        Handling,
        ticket=st.just(f"{20261101000000 + number}"),
        unit=st.sampled_from(["u1", "u2", "u3"]),
        appeal=st.sampled_from(["咨询", "投诉", "举报"]),
        began=st.just(began),
        left=later,
        due=later,
        contact_due=later,
        contacted=later,
        replied=later,
        closed=later,
        called_back=later,
        satisfied=st.sampled_from(["", "满意", "基本满意", "不满意"]),
        redone=later,
        returned=later,
        urged=several,
        noticed=several,
        handed_over=several,
        return_asked=several,
        return_refused=several,
        extended=several,
    )


facts = st.lists(moments, max_size=12).flatmap(lambda begins: st.tuples(*(handling(number, began) for number, began in enumerate(begins))))
rated = st.lists(
    st.builds(RatedCall, call=st.integers(min_value=1, max_value=99).map(lambda each: f"hl1-{each}.1"), at=moments, content=st.booleans()),
    max_size=6,
    unique_by=lambda call: call.call,
)
