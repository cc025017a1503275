"""A ticket backend in memory."""

from hotline.errors import DoorClosed
from hotline.messages import Receipt, TicketDraft


class FakeTicketSink:
    """The `TicketSink` door. `drafts` is what stands in it; `pushes` counts every delivery; `closed` makes it silent."""

    def __init__(self) -> None:
        self.drafts: dict[str, TicketDraft] = {}
        self.pushes: list[tuple[str, int]] = []
        self.closed = False

    async def push(self, draft: TicketDraft) -> Receipt:
        """Keep the draft if it is newer than what is there."""
        if self.closed:
            raise DoorClosed("the fake ticket backend is closed")
        self.pushes.append((draft.key, draft.revision))
        known = self.drafts.get(draft.key)
        fresh = known is None or draft.revision > known.revision
        if fresh:
            self.drafts[draft.key] = draft
        return Receipt(reference=f"fake-{draft.key}", fresh=fresh)
