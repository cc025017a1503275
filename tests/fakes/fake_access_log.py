"""`hotline.access.AccessLog` in memory."""

from hotline.access import Access
from hotline.errors import DoorClosed


class FakeAccessLog:
    """Keeps every line; `closed` makes it refuse."""

    def __init__(self) -> None:
        self.lines: list[Access] = []
        self.closed = False

    async def keep(self, *seen: Access) -> None:
        """All or none."""
        if self.closed:
            raise DoorClosed("the fake access log is closed")
        self.lines += seen
