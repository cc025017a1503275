"""What he who waits may be told about his wait (排队播报)."""

from dataclasses import dataclass

from hotline.identity import CallId


@dataclass(frozen=True, kw_only=True)
class TellPlace:
    """Lay down for his next spoken visit how many are before him, and that he will wait `least` to `most` minutes more.

    `most` 0: how long is not known. `at`: the Unix second for which all this is true. A citizen who is gone meanwhile is fine.
    """

    call: CallId
    channel: str
    ahead: int
    least: int
    most: int
    at: int
