"""《揭阳市12345市民服务热线业务催办通知书》 in words (揭府办〔2015〕4号 article 19). Pure; notify/urging_pdf.py draws it.

It goes to the unit that let a term run out without a word, with a copy to its leader. It says which ticket, since when it is late, by which
rule, and what follows if nothing is reported; never a name, a number or a word of the citizen.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hotline.errors import MalformedInput
from hotline.workdays import CHINA

TITLE: Final = ("揭阳市12345市民服务热线", "业务催办通知书")
REGULATION: Final = "《揭阳市12345市民服务热线管理规定（试行）》（揭府办〔2015〕4号）"
OFFICE: Final = "揭阳市综合政务服务管理办公室"


@dataclass(frozen=True, kw_only=True)
class UrgingNotice:
    """What the document says. Moments carry a zone."""

    number: str
    """文号 of the notice itself: the ticket's number and which notice of it."""
    ticket: str
    unit: str
    """承办单位, its full name."""
    appeal: str
    """诉求类型; empty for a secret ticket: then the document does not say it."""
    dispatched_at: datetime
    due: datetime
    """The first moment that is too late."""
    due_why: str
    """Why just then (tickets.terms.Due.why)."""
    urged_at: datetime | None
    """When the unit was urged before the term ended (article 19: 应在办理时限届满前催办)."""
    issued_at: datetime
    inspection_after: date
    """The fifth working day after the term: after it the matter goes to 市监察局."""

    def __post_init__(self) -> None:
        if not (self.dispatched_at < self.due <= self.issued_at):
            raise MalformedInput("催办通知书只在超过办理期限后发出 a notice is issued after the term has run out, not before")

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """业务单情况, for the table."""
        return tuple(
            (name, text)
            for name, text in (
                ("业务单编号", self.ticket),
                ("诉求类型", self.appeal),
                ("分转时间", moment_in_words(self.dispatched_at)),
                ("办理期限", f"{day_in_words(_last_day(self.due))}24时"),
                ("期限依据", self.due_why),
                ("届满前催办", moment_in_words(self.urged_at) if self.urged_at else ""),
                ("截至本通知发出", f"已超过办理期限{self._late()}"),
            )
            if text
        )

    @property
    def opening(self) -> str:
        """第一段."""
        return f"根据{REGULATION}第十九条的规定，你单位承办的下列业务单已超过办理期限，又未报告说明理由，现予催办："

    @property
    def demand(self) -> str:
        """第二段."""
        return (
            "请你单位接到本通知书后立即办理，答复诉求人，并于答复当天将办结的业务单反馈热线平台备案；"
            "确因客观原因不能办结的，请立即书面报告说明理由。"
        )

    @property
    def warning(self) -> str:
        """第三段."""
        return (
            f"经催办仍超过办理时限5个工作日（即{day_in_words(self.inspection_after)}24时）且不报告说明理由的，将依照上述规定第十九条提交市监察局进行效能问责。"
            "催办和效能问责的情况，作为热线成员单位工作考核的依据。"
        )

    def _late(self) -> str:
        late = self.issued_at - self.due
        return f"{late.days}天" if late.days else f"{late.seconds // 3600}小时"


def day_in_words(day: date) -> str:
    """2026年11月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_in_words(moment: datetime) -> str:
    """2026年11月30日9时05分, in China."""
    here = moment.astimezone(CHINA)
    return f"{day_in_words(here.date())}{here.hour}时{here.minute:02d}分"


def _last_day(due: datetime) -> date:
    """`due` is the first moment that is too late: at midnight the day before was the last one."""
    here = due.astimezone(CHINA)
    return date.fromordinal(here.date().toordinal() - (here.hour == here.minute == here.second == 0))
