"""A call as readable lines: `<<` what the flow asks for, `>>` what the citizen does.

<< Say('greeting')
>> PromptsPlayed()
<< Collect('topic', 'main-menu')
>> Keyed('1')
"""

from collections.abc import Iterable
from dataclasses import MISSING, Field, fields

from ivr.facts import CheckpointKept, Fact, HungUp, Keyed, PromptsPlayed, Recorded, Silence, WaitOver
from ivr.orders import Order

Entry = Order | Fact | HungUp
_FACTS = (PromptsPlayed, Keyed, Silence, WaitOver, Recorded, CheckpointKept, HungUp)
_PLAIN = {"prompts", "question", "digits", "seconds", "name", "skills", "flow", "interrupted_by", "service"}  # clear without their name
_KEYS = {"digits", "interrupted_by", "key"}


def line(entry: Entry, *, hide_keys: bool = False) -> str:
    """One line for one order or fact; what stands at its default is left out.

    `hide_keys` shows only how many keys were pressed: what a citizen types may be his identity card (for logs).
    """
    return f"{'>>' if isinstance(entry, _FACTS) else '<<'} {spell(entry, hide_keys=hide_keys)}"


def lines(entries: Iterable[Entry], *, hide_keys: bool = False) -> str:
    """A whole call, one line per entry."""
    return "\n".join([line(entry, hide_keys=hide_keys) for entry in entries])


def spell(entry: object, *, hide_keys: bool = False) -> str:
    """`Say('greeting', until_key=False)`; anything that is neither order nor fact by its type only."""
    kind = type(entry).__name__
    if not isinstance(entry, (*_FACTS, Order)):
        return f"{kind}, which is no order"
    if isinstance(entry, HungUp):
        return f"{kind}()"
    words = [_word(of.name, getattr(entry, of.name), hide_keys) for of in fields(entry) if getattr(entry, of.name) != _default(of)]
    return f"{kind}({', '.join([word for word in words if word])})"


def _word(name: str, value: object, hide_keys: bool) -> str:
    if name in _KEYS and hide_keys:
        return f"{len(str(value))} key{'s' if len(str(value)) != 1 else ''}"
    if callable(value):
        return str(getattr(value, "__name__", "a flow"))
    word = ", ".join([repr(part) for part in value]) if isinstance(value, tuple) else repr(value)
    return word if name in _PLAIN else f"{name}={word}"


def _default(of: Field[object]) -> object:
    return of.default if of.default_factory is MISSING else of.default_factory()
