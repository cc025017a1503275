"""Reading the ledger for the command line and the self-check."""

from app.places import Places
from app.selfcheck import FindRecord


def recorded_in(places: Places) -> FindRecord:
    """Asks the ledger of this directory whether a call's record stands in it."""

    async def recorded(call: str) -> bool:
        raise NotImplementedError(call)

    return recorded
