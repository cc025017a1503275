"""What a citizen may be told of his ticket, for console/progress.py: by tickets.views, never more."""

from typing import Final

from console.progress import Find, Known
from tickets.ports import Tickets
from tickets.views import progress

DUE: Final = "办理期限"


def teller(tickets: Tickets) -> Find:
    """Looks a number up; None for whatever nothing may be told of."""

    async def find(number: str) -> Known | None:
        loaded = await tickets.load(number)
        told = progress(loaded.ticket, loaded.history) if loaded is not None else None
        if loaded is None or told is None:
            return None
        citizen = loaded.ticket.citizen
        steps = tuple((words, day) for words, day in told.dates.items() if words != DUE)
        due = told.dates.get(DUE)
        return Known(
            number=told.number,
            contacts=tuple(each for each in (citizen.phone, citizen.account) if each),
            state=told.state,
            due=due.isoformat() if due else "",
            steps=steps,
        )

    return find
