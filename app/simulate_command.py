"""`scripts/simulate`: how many agents each hour needs, or how a roster would do; a table, and curves for who would rather look."""

from pathlib import Path
from random import Random

from app.day_plan import DayPlan
from hotline.errors import BadSettings
from routing.curves import curves
from routing.staffing import HOURS, Staffing, judge_roster, staff_day


def simulated(day: DayPlan, *, days: int, seed: int) -> Staffing:
    """Find a roster, or judge the one that the day brings. Raises `BadSettings` when it has not 24 numbers."""

    def chances() -> list[Random]:
        return [Random(seed + number) for number in range(days)]

    if not day.agents:
        return staff_day(day.plan(), share=day.share, within_s=day.within_s, chances=chances)
    if len(day.agents) != HOURS:
        raise BadSettings(f"agents: 应为 24 个数，每小时一个 must be 24 numbers, one for each hour; there are {len(day.agents)}")
    return judge_roster(day.plan(), day.agents, share=day.share, within_s=day.within_s, chances=chances())


def table(day: DayPlan, staffing: Staffing) -> list[str]:
    """What a shift planner reads."""
    lines = [f"{day.name}：{day.calls:g} 个来电 calls；目标 target {day.within_s:g} 秒接通率 ≥ {day.share:.0%}", ""]
    lines.append("  时 hour   来电 calls   坐席 agents   按时接通 in time   接通 answered   平均等待 mean wait")
    for each in staffing.hours:
        mark = " " if each.in_time >= day.share else "✗"
        figures = f"{each.calls:10d}   {each.agents:11d}   {each.in_time:15.1%}   {each.answered:12.1%}   {each.mean_wait_s:12.1f} s"
        lines.append(f"{mark} {each.hour:02d}–{each.hour + 1:02d}  {figures}")
    verdict = "每小时都达标 every hour keeps the target" if staffing.met else "有的小时不达标 an hour misses the target (✗)"
    whole = f"全天 all day：按时 {staffing.in_time:.1%}，接通 {staffing.answered:.1%}，坐席占用 occupancy {staffing.occupancy:.0%}"
    return [*lines, "", f"  {whole}", f"  坐席小时 agent hours {sum(staffing.agents)}；{verdict}"]


def draw(day: DayPlan, staffing: Staffing, target: Path) -> None:
    """Write the curves. Raises `BadSettings` when that is impossible there."""
    title = f"{day.name}：{day.calls:g} 个来电"
    try:
        target.write_text(curves(staffing.hours, title=title, share=day.share, within_s=day.within_s), encoding="utf-8")
    except OSError as error:
        raise BadSettings(f"{target}: 写不进 cannot be written ({error.strerror})；请换一个位置 choose another place") from error
