"""The comparison with app_queue: what is counted, from the switch's log and the agents' telephones."""

from datetime import UTC, datetime
from pathlib import Path

from bench.app_queue import Served, Side, bars_of, figures_of, served, waits_in
from bench.routing_live import Load

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def side(*moments: tuple[float, float], switch_ms: float = 0.0, beside_ms: float = 0.0) -> Side:
    citizens = tuple(Served(caller=str(number), since=since, rung=rung) for number, (since, rung) in enumerate(moments))
    return Side(served=citizens, gaps=(0.1, 0.3, 0.2), switch_ms=switch_ms, beside_ms=beside_ms, calls=len(moments))


def test_who_is_rung_for_after_somebody_who_came_later_was_overtaken() -> None:
    assert side((0, 5), (1, 6), (2, 7)).overtaken() == 0
    assert side((0, 7), (0.5, 5), (2, 6)).overtaken() == 1
    assert side((0, 7), (0.5, 6), (3, 5)).overtaken() == 2
    assert side((0, 7), (0.5, 6)).overtaken(by_more_than_s=1) == 0


def test_the_wait_begins_in_the_switch_s_log_and_ends_at_the_first_telephone_that_is_called(tmp_path: Path) -> None:
    log = tmp_path / "calls.csv"
    begin = NOON.timestamp()
    words = [
        ("CHAN_START", 0, "19900001"),
        ("CitizenWaits", 0.5, "19900003"),
        ("CitizenWaits", 1.5, "19900001"),
        ("CitizenWaits", 2, "19900002"),
    ]
    log.write_text("".join(f'"{what}","{begin + at:.6f}","u","PJSIP/c","bench","queue","{who}","","",""\n' for what, at, who in words))
    since = waits_in(log, begin + 1)
    rung = [("19900001", begin + 4), ("19900001", begin + 9)]
    assert [(each.caller, round(each.waited_s, 3)) for each in served(since, rung)] == [("19900001", 2.5)]


def test_both_have_a_row_for_each_measure_and_everybody_s_cpu_is_counted() -> None:
    figures = {
        figure.name: figure.value for figure in figures_of(side((0, 1), (1, 3), switch_ms=10), side((0, 2), switch_ms=8, beside_ms=4))
    }
    assert (figures["app_queue_wait_mean"], figures["router_wait_mean"]) == (1.5, 2)
    assert (figures["app_queue_switch_cpu_per_call"], figures["app_queue_all_cpu_per_call"]) == (5, 5)
    assert (figures["router_switch_cpu_per_call"], figures["router_all_cpu_per_call"]) == (8, 12)
    assert figures["router_gap_median"] == 0.2
    assert len(figures) % 2 == 0


def test_a_citizen_who_is_lost_overtaken_or_kept_waiting_misses_a_bar() -> None:
    good = side((0, 1), (1, 2))

    def kept(router: Side) -> list[bool]:
        return [bar.ok for bar in bars_of(good, router, Load(waiting=2))]

    assert kept(good) == [True, True, True]
    assert kept(side((0, 1))) == [False, True, True]
    assert kept(side((0, 3), (2, 2.5))) == [True, False, False]
