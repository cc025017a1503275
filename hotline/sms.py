"""短信: parts of long messages, and how they become one. Pure; what is kept between two parts is behind the door `SmsParts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from hotline.errors import MalformedInput

MOST_PARTS: Final = 20
"""More is no citizen's SMS; 3GPP TS 23.040 would allow 255."""
PATIENCE: Final = timedelta(seconds=60)
"""So long the missing parts are waited for; then it is taken as it is, well within the three minutes of GB/T 33358."""
REF_HOLDS: Final = timedelta(minutes=30)
"""A phone's reference numbers begin anew after 256 messages: parts further apart than this do not belong together."""
_GAP: Final = "〔此处缺第{index}条〕"


@dataclass(frozen=True, kw_only=True, repr=False)
class SmsPart:
    """One short message as the gateway hands it over. `id`: the gateway's; `ref`: the same for all parts of one message, empty = it is
    whole. `repr` shows neither number nor words."""

    gateway: str
    id: str
    sender: str
    text: str
    sent_at: datetime
    ref: str = ""
    index: int = 1
    total: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.total <= MOST_PARTS:
            raise MalformedInput(f"长短信的序号不对 part {self.index} of {self.total}: 1 to {MOST_PARTS}")
        if self.total > 1 and not self.ref:
            raise MalformedInput("长短信缺少 ref a part of a long message needs the ref of the whole")

    def __repr__(self) -> str:
        return f"SmsPart({self.gateway}/{self.id}, {self.index} of {self.total})"


@dataclass(frozen=True, kw_only=True, repr=False)
class SmsGroup:
    """What has come of one message. `number`: of its ticket once it was filed."""

    name: str
    parts: tuple[SmsPart, ...]
    number: str = ""

    def __repr__(self) -> str:
        return f"SmsGroup({self.name}, {len(self.parts)} parts, {self.number or 'waits'})"

    @property
    def whole(self) -> bool:
        """True if no part is missing."""
        return len({part.index for part in self.parts}) == self.parts[0].total

    @property
    def words(self) -> str:
        """The parts in order; where one is missing, it says so."""
        text = {part.index: part.text for part in self.parts}
        return "".join(text.get(index, _GAP.format(index=index)) for index in range(1, self.parts[0].total + 1))

    @property
    def sent_at(self) -> datetime:
        """When its last part was sent."""
        return max(part.sent_at for part in self.parts)


class SmsParts(Protocol):
    """Parts on their way. A part is known by gateway and id, and is kept once; its text is forgotten when its message is filed."""

    async def keep(self, part: SmsPart, *, now: datetime) -> SmsGroup:
        """Keep it and give all that belongs to it so far. Raises `DoorClosed`: nothing was kept."""

    async def close(self, group: SmsGroup) -> SmsGroup:
        """From now on no part joins it: a late one begins another message. Gives all that it has; with its number, if it was filed by now.

        Called before a message that is not whole is filed. Raises `DoorClosed`.
        """

    async def filed(self, group: SmsGroup, number: str) -> None:
        """This message has its ticket now: forget its words."""

    async def waiting(self, *, since_before: datetime) -> Sequence[SmsGroup]:
        """Messages without a ticket whose first part came before then, closed ones too."""
