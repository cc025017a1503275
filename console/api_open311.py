"""Open311 GeoReport v2, read only: the tickets that the office has published, as the world's civic software reads them.

Nothing of a citizen is in it, not even where he lives: the text is the one that was written for publication, the place is left out. A
ticket counts as public only while it is published, open to everybody (保密级别 0) and no 举报.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from console.problems import Problem
from console.ticket_bodies import Moment
from hotline.access import Actor, Role
from tickets.desk import TicketDesk
from tickets.moves import TicketState
from tickets.ports import Asked, Tickets
from tickets.terms import Appeal, Step
from tickets.ticket import Secrecy, Ticket

BASE: Final = "/open311/v2"
PUBLIC: Final = Actor(id="t-open311", roles=frozenset({Role.MONITOR}))
SPAN: Final = timedelta(days=90)
"""GeoReport v2: no more than 90 days, and 1000 requests, unless asked otherwise."""
CLOSED: Final = frozenset(
    {
        TicketState.ANSWERED_AT_ONCE,
        TicketState.DECLINED,
        TicketState.CLOSED,
        TicketState.CALLED_BACK,
        TicketState.REDONE,
        TicketState.CONFIRMED,
        TicketState.ARCHIVED,
    }
)
_MOST: Final = 200
_CODE: Final = r"^[A-Za-z0-9._-]{0,32}$"
_NUMBER: Final = r"^[0-9A-Za-z-]{1,32}$"


def router(desk: TicketDesk, tickets: Tickets) -> APIRouter:
    """services.json, requests.json, requests/ID.json."""
    routes = APIRouter(prefix=BASE, tags=["Open311"])

    @routes.get("/services.json", summary="事项目录")
    async def services() -> JSONResponse:
        return JSONResponse([_service(entry.code, entry.name) for entry in desk.rules.catalogue.entries])

    @routes.get("/requests.json", summary="已公开的业务单")
    async def requests(
        status: Annotated[str, Query(pattern=r"^(open|closed)?$")] = "",
        service_code: Annotated[str, Query(pattern=_CODE)] = "",
        start_date: Moment | None = None,
        end_date: Moment | None = None,
    ) -> JSONResponse:
        asked = Asked(published=True, code=service_code, states=_states(status), limit=_MOST, **_span(start_date, end_date))
        page = await tickets.search(asked, PUBLIC)
        return JSONResponse([_request(each, desk) for each in page.tickets if is_public(each)])

    @routes.get("/requests/{number}.json", summary="一件已公开的业务单")
    async def one(number: Annotated[str, Path(pattern=_NUMBER)]) -> JSONResponse:
        loaded = await tickets.load(number)
        if loaded is None or not is_public(loaded.ticket):
            raise Problem(404, "not_found", "没有这件公开的业务单 no such published request")
        return JSONResponse([_request(loaded.ticket, desk)])

    return routes


def is_public(ticket: Ticket) -> bool:
    """Asked anew each time: a ticket that became confidential after it was published is public no more."""
    return ticket.published and ticket.secrecy is Secrecy.OPEN and ticket.appeal is not Appeal.REPORT


def _span(start: datetime | None, end: datetime | None) -> dict[str, Any]:
    """At most 90 days of those that are named, as the specification says."""
    if start is not None:
        return {"filed_from": start, "filed_before": min(end or start + SPAN, start + SPAN)}
    return {"filed_from": end - SPAN, "filed_before": end} if end is not None else {}


def _states(status: str) -> frozenset[TicketState]:
    return {"": frozenset[TicketState](), "closed": CLOSED, "open": frozenset(TicketState) - CLOSED}[status]


def _service(code: str, name: str) -> dict[str, Any]:
    words = {"service_code": code, "service_name": name, "description": name, "group": "12345", "keywords": ""}
    return {**words, "metadata": False, "type": "realtime"}


def _request(ticket: Ticket, desk: TicketDesk) -> dict[str, Any]:
    entry = desk.rules.catalogue.entry(ticket.code)
    unit = desk.rules.catalogue.units.get(ticket.lead)
    due = ticket.dues.get(Step.ANSWER)
    nothing = dict.fromkeys(("address", "address_id", "zipcode", "lat", "long", "media_url", "service_notice"))
    return {
        "service_request_id": ticket.number,
        "status": "closed" if ticket.state in CLOSED else "open",
        "status_notes": ticket.public_words,
        "service_name": entry.name if entry else "",
        "service_code": ticket.code,
        "description": ticket.public_title,
        "agency_responsible": unit.name if unit else "",
        "requested_datetime": ticket.filed_at.isoformat(),
        "updated_datetime": _latest((ticket.filed_at, ticket.dispatched_at, ticket.replied_at, ticket.closed_at, ticket.confirmed_at)),
        "expected_datetime": due.until.isoformat() if due else None,
        **nothing,
    }


def _latest(times: Iterable[datetime | None]) -> str:
    return max(each for each in times if each is not None).isoformat()
