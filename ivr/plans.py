"""What differs from one of our numbers to the next (双号并行, 分中心): flows are code, plans are given to them by the application."""

from dataclasses import dataclass

from ivr.menu import Menu


@dataclass(frozen=True, kw_only=True)
class LinePlan:
    """How a number greets. `greeting` and `recording_notice` are prompt keys; `menu` stays out unless the city insists on one."""

    number: str
    name: str
    greeting: str = "greeting"
    recording_notice: str = "recording-notice"
    menu: Menu | None = None
