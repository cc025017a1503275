"""What is wrong with a plan: where, what, and what to write instead, in plain Chinese for the staff who wrote it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.line_places import Place, Places


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Something wrong at a place of the plan. With `refuses` false it is a hint (提醒): the plan may be published all the same."""

    place: Place
    what: str
    fix: str
    refuses: bool = True


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """A flaw with the line of the file on which it stands; line 0: the file as a whole."""

    line: int
    what: str
    fix: str
    refuses: bool = True

    def __str__(self) -> str:
        where = f"第 {self.line} 行" if self.line else "整个文件"
        return f"{where}{'' if self.refuses else '（提醒）'}：{self.what}。改法：{self.fix}。"


def findings(flaws: Iterable[Flaw], places: Places) -> tuple[Finding, ...]:
    """The flaws in the file's order, each once."""
    found = {Finding(line=places.line_of(flaw.place), what=flaw.what, fix=flaw.fix, refuses=flaw.refuses) for flaw in flaws}
    return tuple(sorted(found))
