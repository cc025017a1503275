"""Which troubles of the processes a human must look at (告警), from what the supervisor knows of them. Pure; monotonic seconds."""

from collections.abc import Mapping
from typing import Final

from app.restarts import Watch

SWITCH_FROZEN: Final = "switch-frozen"
SWITCH_DIED: Final = "switch-died"
ROUTER_MUTE: Final = "router-mute"
TROUBLES: Final = (SWITCH_FROZEN, SWITCH_DIED, ROUTER_MUTE)

SWITCH_SICK_S: Final = 10.0
ROUTER_SICK_S: Final = 6.0
"""A routing process that is replaced in order is back before."""
DIED_STAYS_S: Final = 10.0
"""How long a death is shown at least, though Asterisk is up again within a second."""

_FROZEN = (
    "Asterisk 没有应答（{words}）：全部无应答 10 秒即强制重启，打不通电话（call、SIP）的等无人通话时重启；"
    "若仍能通话，请看 asterisk/log/messages "
    "Asterisk does not answer: with no sign at all for 10 s it is killed and started again, one that takes no calls once nobody talks; "
    "if calls go on, look there"
)
_DIED = (
    "Asterisk 意外终止并已重新启动，当时的通话中断，将逐一回拨；请看 log/supervisor.log、asterisk/log/messages "
    "Asterisk died and was started again: its calls were cut off and are called back"
)
_ROUTER = (
    "排队程序（routing）没有应答：来电由应急队列接听；请看 log/routing.log、log/supervisor.log "
    "routing is mute: the lifeline's plain queue serves callers; look there"
)


def troubles(watches: Mapping[str, Watch], now: float) -> dict[str, str]:
    """Name of the alarm → its words. Who was never well since the start is `scripts/up`'s business."""
    found = {}
    switch = watches.get("asterisk", Watch())
    routers = [watches[name] for name in ("routing", "standby") if name in watches]
    if switch.started_at is not None and _sick_for(switch, now) >= SWITCH_SICK_S:
        found[SWITCH_FROZEN] = _FROZEN.format(words=switch.words or "正在启动 starting")
    if switch.died_at is not None and (not switch.healthy or now - switch.died_at < DIED_STAYS_S):
        found[SWITCH_DIED] = _DIED
    if routers and all(_sick_for(router, now) >= ROUTER_SICK_S for router in routers):
        found[ROUTER_MUTE] = _ROUTER
    return found


def _sick_for(watch: Watch, now: float) -> float:
    return 0.0 if watch.healthy or watch.well_at is None else now - watch.well_at
