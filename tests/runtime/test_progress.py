import io
from collections.abc import Iterator
from itertools import count

import pytest

from runtime.progress import Progress


def every(seconds: float) -> Iterator[float]:
    return (n * seconds for n in count())


def test_a_step_is_named_at_once_and_ends_with_its_seconds() -> None:
    out, ticks = io.StringIO(), every(12.3)
    with Progress(out, lambda: next(ticks)).step("下载 / downloading"):
        assert out.getvalue() == "下载 / downloading …"
    assert out.getvalue() == "下载 / downloading … 12.3 s\n"


def test_the_last_note_stands_in_the_line() -> None:
    out, ticks = io.StringIO(), every(1)
    with Progress(out, lambda: next(ticks)).step("downloading") as step:
        step.note("34/83 MB")
    assert out.getvalue() == "downloading … 34/83 MB, 2.0 s\n"


def test_a_long_step_shows_how_far_it_is() -> None:
    out, ticks = io.StringIO(), every(10)
    with Progress(out, lambda: next(ticks)).step("downloading") as step:
        step.note("34/83 MB")
        assert out.getvalue() == "downloading … 34/83 MB …"


def test_a_step_that_raises_is_marked() -> None:
    out, ticks = io.StringIO(), every(1)
    with pytest.raises(OSError, match="disk"), Progress(out, lambda: next(ticks)).step("unpacking"):
        raise OSError("disk")
    assert out.getvalue() == "unpacking … 1.0 s, 失败 / failed\n"


def test_a_remark_is_a_line_of_its_own() -> None:
    out = io.StringIO()
    Progress(out).say("ready")
    assert out.getvalue() == "ready\n"
