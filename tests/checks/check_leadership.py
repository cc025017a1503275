"""What every `Leadership` door promises. Run on the twin in memory and on a real Redis."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from routing.ports import Leadership


class Candidates(Protocol):
    """Two processes of one machine, and the time they share."""

    @property
    def first(self) -> Leadership:
        """One of them."""

    @property
    def second(self) -> Leadership:
        """The other."""

    async def pass_time(self, seconds: float) -> None:
        """So much later; who does not claim in between is as if frozen."""


async def of_two_one_leads_and_keeps_his_number(who: Candidates) -> None:
    epoch = await who.first.claim()
    assert epoch
    assert await who.second.claim() is None
    for _ in range(10):
        await who.pass_time(0.3)
        assert await who.first.claim() == epoch
        assert await who.second.claim() is None
    assert who.first.holds(epoch)
    assert not who.second.holds(epoch)


async def who_falls_silent_is_followed_and_knows_it_before_he_asks(who: Candidates) -> None:
    epoch = await who.first.claim()
    assert epoch
    await who.pass_time(1.1)
    assert await who.second.claim() is None
    assert who.first.holds(epoch)
    await who.pass_time(0.2)
    assert not who.first.holds(epoch), "by his own clock"
    later = await who.second.claim()
    assert later
    assert later > epoch
    assert await who.first.claim() is None
    assert not who.first.holds(epoch)
    assert who.second.holds(later)


async def who_thaws_right_after_another_began_holds_nothing(who: Candidates) -> None:
    epoch = await who.first.claim()
    assert epoch
    await who.pass_time(1.3)
    later = await who.second.claim()
    assert later
    assert not who.first.holds(epoch)
    assert who.second.holds(later)
    assert not who.second.holds(epoch), "each term is asked for by its own number"


async def who_resigns_is_followed_at_once(who: Candidates) -> None:
    epoch = await who.first.claim()
    assert epoch
    await who.first.resign()
    assert not who.first.holds(epoch)
    later = await who.second.claim()
    assert later
    assert later > epoch
    await who.second.resign()
    assert (await who.first.claim() or 0) > later


async def whoever_was_late_but_alone_goes_on(who: Candidates) -> None:
    epoch = await who.first.claim()
    assert epoch
    await who.pass_time(5)
    assert not who.first.holds(epoch)
    assert await who.first.claim() == epoch
    assert who.first.holds(epoch)
    assert await who.second.claim() is None


async def the_resignation_of_who_does_not_lead_changes_nothing(who: Candidates) -> None:
    epoch = await who.first.claim()
    await who.second.resign()
    assert await who.second.claim() is None
    assert await who.first.claim() == epoch


async def who_follows_knows_when_a_silent_leader_is_followed(who: Candidates) -> None:
    assert await who.first.claim()
    assert await who.second.claim() is None
    await who.pass_time(1.0)
    assert await who.second.claim() is None
    left = who.second.free_in()
    assert 0.0 < left <= 0.21
    await who.pass_time(left + 0.01)
    assert await who.second.claim()


CHECKS: tuple[Callable[[Candidates], Awaitable[None]], ...] = (
    of_two_one_leads_and_keeps_his_number,
    who_falls_silent_is_followed_and_knows_it_before_he_asks,
    who_thaws_right_after_another_began_holds_nothing,
    who_resigns_is_followed_at_once,
    whoever_was_late_but_alone_goes_on,
    the_resignation_of_who_does_not_lead_changes_nothing,
    who_follows_knows_when_a_silent_leader_is_followed,
)
