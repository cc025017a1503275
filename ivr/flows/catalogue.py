"""The flows that are the same on every line: the name in `agi://…/NAME` → the function. What the staff's plan decides comes beside them
(app/serve_agi.py)."""

from collections.abc import Mapping
from types import MappingProxyType

from ivr.flows.offer_emergency import offer_emergency
from ivr.flows.waiting import waiting
from ivr.orders import FlowFunction

FLOWS: Mapping[str, FlowFunction] = MappingProxyType({"waiting": waiting, "offer-emergency": offer_emergency})
