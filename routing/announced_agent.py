"""工号播报: who waits hears by whom he will be served, and the agent who has picked up hears it with him; then they are joined.

Neither is in silence meanwhile, and nothing that the agent says is lost: he hears when he may speak. The settings turn it off. Who is in
an emergency is joined at once.
"""

from collections.abc import Callable

from hotline.line import Priority
from hotline.transfers import Announce
from routing.model import Offer
from routing.turn import Turn


def announce_agent(turn: Turn, offer: Offer, ask_to_join: Callable[[Turn, Offer], Turn]) -> Turn:
    """The first thing after he picked up: say his number, or join them at once. Who is asked by a colleague is not announced."""
    citizen = turn.board.waiting.get(offer.call)
    if (
        citizen is None
        or citizen.priority >= Priority.SPOTTED
        or not turn.board.rules.say_agent_number
        or offer.call in turn.board.transfers
    ):
        return ask_to_join(turn, offer)
    return turn.order(Announce(call=offer.call, channel=citizen.channel, agent=offer.agent, leg=offer.leg))
