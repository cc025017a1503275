"""The watchdog's rules (看门狗): when the application counts as mute, and where a citizen who stands in it is sent. Pure.

Two things go wrong when a visit of ours freezes or dies: the citizen stands still, and Asterisk swallows the keys that he presses there.
The keys are still told to us as events (asterisk.md §15), so whoever takes him out of the visit hands on what he asked for. The dead-man
of the dialplan stays the second net: whatever is forgotten here is only slower.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from agi.variables import (
    EMERGENCY_CONTEXT,
    IN_LINE,
    THREE_WAY_CONTEXT,
    TO_EMERGENCY,
    TO_HOLDING,
    TO_MUSIC,
    emergency_context,
)
from hotline.emergency import KeyPlan

MISSES: Final = 2
"""One missed beat may be ours: a machine that stood still for a second."""
PROMISE_S: Final = 2
"""How long the dialplan believes that the application is down: said again with every beat, it runs out by itself when we die."""
KEPT_S: Final = 10.0
"""How long a key is remembered."""
PATIENCE_S: Final = 0.5
"""What the application and the dialplan get to obey an emergency key by themselves."""
CHECK_S: Final = 0.3
"""After so long we look whether he arrived. Measured: a Redirect that meets a Goto of his own thread is lost, although AMI says Success."""
ALARM_S: Final = 3.0
"""A mute application is an alarm after so long: one that is replaced in order is back before."""
BIRTH_S: Final = 20.0
"""The same for one that was never heard: it may be starting."""

WAYS: Final[Mapping[str, str]] = MappingProxyType(dict.fromkeys(IN_LINE, TO_MUSIC))
"""Context in which a visit fails → where its citizen goes on; everywhere else he is held until the application is back, or the lifeline
begins."""


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """What the beats say. Times are monotonic seconds."""

    misses: int = 0
    heard: bool = False
    mute_since: float | None = None

    @property
    def mute(self) -> bool:
        """The application does not take visits in."""
        return self.misses >= MISSES

    def alarming(self, now: float) -> bool:
        """It is time that a human looks."""
        return self.mute_since is not None and now - self.mute_since >= (ALARM_S if self.heard else BIRTH_S)


def beaten(pulse: Pulse, now: float, *, answered: bool) -> Pulse:
    """After one more beat."""
    if answered:
        return Pulse(heard=True)
    after = replace(pulse, misses=pulse.misses + 1)
    return replace(after, mute_since=now) if after.mute and after.mute_since is None else after


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a channel stands now. `in_visit`: in AGI of our application; `recording`: he leaves a message (留言) there."""

    channel: str
    unique_id: str
    call: str
    context: str
    in_visit: bool
    bridged: bool
    service: str = ""
    recording: bool = False

    @property
    def is_citizen(self) -> bool:
        """The channel is the call itself: no agent's leg, no leg to a centre, no script beside it."""
        return bool(self.call) and self.call == self.unique_id


def way_out(standing: Standing, asked: str | None, *, mute: bool) -> str:
    """Where he must be sent (context,extension,priority); empty: he is well where he is. `asked`: KeyPlan.service_of what he pressed.

    Nobody is taken from a talk or out of an emergency call. Who leaves a message to a mute application may finish it: Asterisk records on
    (docs/design.md §4).
    """
    if not standing.is_citizen or standing.bridged or _is_served(standing):
        return ""
    if asked:
        return f"{emergency_context(asked)},s,1"
    if not standing.in_visit:
        return ""  # the dialplan hears his keys itself
    if asked is not None:
        return TO_EMERGENCY
    return WAYS.get(standing.context, TO_HOLDING) if mute and not standing.recording else ""


def _is_served(standing: Standing) -> bool:
    """An emergency call is under way. Who is only asked which service he wants is not served yet; in a visit nobody is, whatever
    HL_SERVICE says."""
    called = standing.context.startswith(f"{EMERGENCY_CONTEXT}-") or standing.context == THREE_WAY_CONTEXT
    return called or bool(standing.service and not standing.in_visit)


@dataclass(kw_only=True)
class Keys:
    """The last keys of each channel, for `KEPT_S` in memory and nowhere else. What was obeyed is not obeyed twice."""

    plan: KeyPlan
    _pressed: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    _obeyed: set[str] = field(default_factory=set)
    _sent: dict[str, float] = field(default_factory=dict)

    def press(self, channel: str, key: str, now: float) -> None:
        """He pressed one."""
        self.forget_old(now)
        self._pressed.setdefault(channel, []).append((now, key))
        self._obeyed.discard(channel)
        self._sent.pop(channel, None)

    def asked(self, channel: str) -> str | None:
        """What he asks for and has not got: a service, the empty string for the emergency key alone, None for no emergency."""
        if channel in self._obeyed:
            return None
        return self.plan.service_of("".join(key for _, key in self._pressed.get(channel, ())))

    def due(self, now: float) -> list[str]:
        """Channels whose emergency keys should have been obeyed by now."""
        return [channel for channel in self._pressed if now >= self._moment(channel) and self.asked(channel) is not None]

    def sent(self, channel: str, now: float) -> None:
        """We have sent him where his keys lead: whether he arrived is due soon."""
        self._sent[channel] = now

    def on_his_way(self, channel: str, now: float) -> bool:
        """He was sent a moment ago: to send him once more now would call the centre twice."""
        return channel in self._sent and now < self._moment(channel)

    def obeyed(self, channel: str) -> None:
        """He is where his keys lead. The key alone stays in mind: the service's key may come while he is on his way."""
        self._sent.pop(channel, None)
        if self.asked(channel):
            self._pressed.pop(channel, None)
        else:
            self._obeyed.add(channel)

    def forget_old(self, now: float) -> None:
        """Drop what is older than `KEPT_S`."""
        for channel, keys in list(self._pressed.items()):
            fresh = [each for each in keys if now - each[0] < KEPT_S]
            if fresh:
                self._pressed[channel] = fresh
            else:
                del self._pressed[channel]
        self._obeyed &= self._pressed.keys()
        self._sent = {channel: moment for channel, moment in self._sent.items() if channel in self._pressed}

    def wake_in(self, now: float) -> float | None:
        """Seconds until there is something to judge or to forget; None when no key is remembered."""
        moments = [
            self._moment(channel) if self.asked(channel) is not None else keys[0][0] + KEPT_S for channel, keys in self._pressed.items()
        ]
        return max(0.0, min(moments) - now) if moments else None

    def _moment(self, channel: str) -> float:
        """When to look what became of his keys."""
        if channel in self._sent:
            return self._sent[channel] + CHECK_S
        return self._pressed[channel][-1][0] + PATIENCE_S
