"""Room on the disks: levels by a table, markers and alarms on real folders."""

from pathlib import Path

import pytest

from hotline.errors import BadSettings
from storage import disk_watch
from storage.alarm_files import alarms_in, clear_alarm, raise_alarm
from storage.ballast import MIB, Ballast
from storage.disk_watch import REST_S, DiskWatch, Level, Limits, Room, join_second_volume, level_of, room_of
from storage.layout import Layout

GIB = 1024 * MIB
LIMITS = Limits(ballast_mib=1)
MUCH, LITTLE, LEAST = (Room(free=free * GIB, total=100 * GIB) for free in (50, 15, 5))


@pytest.mark.parametrize(
    ("free", "total", "before", "level"),
    [
        (50, 100, Level.FINE, Level.FINE),
        (20, 100, Level.FINE, Level.FINE),
        (19, 100, Level.FINE, Level.LOW),
        (10, 100, Level.LOW, Level.LOW),
        (9, 100, Level.LOW, Level.SHORT),
        (11, 100, Level.SHORT, Level.SHORT),  # not to and fro
        (12, 100, Level.SHORT, Level.LOW),
        (1, 2, Level.FINE, Level.SHORT),  # half of a small disk is little
        (0, 0, Level.FINE, Level.SHORT),
    ],
)
def test_the_level_follows_the_share_and_an_absolute_bound(free: int, total: int, before: Level, level: Level) -> None:
    assert level_of(Room(free=free * GIB, total=total * GIB), LIMITS, before=before) is level


class Disks:
    """What the disks of a data folder and of its second volume have left, as a test says."""

    def __init__(self, var: Path) -> None:
        self.first, self.second = MUCH, MUCH
        self.layout = Layout(var=var)

    def room_of(self, place: Path) -> Room:
        return self.second if place == self.layout.second else self.first


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(var=tmp_path / "var")
    layout.make()
    return layout


@pytest.fixture
def disks(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Disks:
    disks = Disks(layout.var)
    monkeypatch.setattr(disk_watch, "room_of", disks.room_of)
    return disks


@pytest.fixture
def second(tmp_path: Path) -> Path:
    place = tmp_path / "second"
    place.mkdir()
    return place


def alarms(layout: Layout) -> list[str]:
    return [alarm.name for alarm in alarms_in(layout.var)]


def test_the_room_of_a_real_disk_is_a_part_of_it(tmp_path: Path) -> None:
    assert 0 < room_of(tmp_path).share <= 1


def test_with_much_room_there_is_no_alarm_and_recordings_go_to_the_first_volume(layout: Layout, disks: Disks) -> None:
    DiskWatch(layout=layout, limits=LIMITS).look(0.0)
    assert (alarms(layout), layout.first_room.exists(), layout.first_is_short) == ([], True, False)


def test_a_disk_that_fills_up_alarms_twice_and_is_well_again(layout: Layout, disks: Disks) -> None:
    watch = DiskWatch(layout=layout, limits=LIMITS)
    words = []
    for disks.first in (LITTLE, LEAST, MUCH):
        watch.look(0.0)
        words += [alarm.words.split("：")[0] for alarm in alarms_in(layout.var)]
    assert [text[:6] for text in words] == ["磁盘空间不足", "磁盘即将写满"]


def test_without_a_second_volume_recordings_stay_where_they_are(layout: Layout, disks: Disks) -> None:
    disks.first = LEAST
    DiskWatch(layout=layout, limits=LIMITS).look(0.0)
    assert (layout.first_room.exists(), layout.first_is_short) == (False, False)


def test_new_recordings_go_to_the_second_volume_and_come_back(layout: Layout, disks: Disks, second: Path) -> None:
    watch = DiskWatch(layout=layout, limits=LIMITS, second=str(second))
    found = []
    for disks.first in (MUCH, LEAST, MUCH):
        watch.look(0.0)
        found.append(layout.first_is_short)
    assert found == [False, True, False]
    assert layout.second_spool.resolve() == second / "spool" / "recording"


def test_a_second_volume_that_is_nearly_full_too_is_not_used(layout: Layout, disks: Disks, second: Path) -> None:
    watch = DiskWatch(layout=layout, limits=LIMITS, second=str(second))
    watch.look(0.0)
    disks.first = disks.second = LEAST
    watch.look(1.0)
    assert not layout.first_is_short
    assert alarms(layout) == ["disk-low", "second-volume"]


def test_a_second_volume_that_is_gone_alarms_and_is_taken_up_when_it_is_back(layout: Layout, disks: Disks, tmp_path: Path) -> None:
    watch = DiskWatch(layout=layout, limits=LIMITS, second=str(tmp_path / "not-mounted"))
    disks.first = LEAST
    watch.look(0.0)
    assert (alarms(layout), layout.first_is_short) == (["disk-low", "second-volume"], False)
    (tmp_path / "not-mounted").mkdir()
    watch.look(1.0)
    assert (alarms(layout), layout.first_is_short) == (["disk-low"], True)


def test_another_second_volume_replaces_the_link_and_none_leaves_what_lies_there(layout: Layout, second: Path, tmp_path: Path) -> None:
    join_second_volume(layout, str(second))
    (tmp_path / "third").mkdir()
    join_second_volume(layout, str(tmp_path / "third"))
    assert layout.second.readlink() == tmp_path / "third"
    layout.second_room.touch()
    join_second_volume(layout, "")
    assert layout.second.is_symlink()
    assert not layout.second_room.exists()


def test_a_second_volume_that_cannot_be_used_is_refused_with_the_setting(layout: Layout) -> None:
    layout.second.mkdir()
    (layout.second / "spool").write_text("")
    with pytest.raises(BadSettings, match=r"storage\.second_volume"):
        join_second_volume(layout, "/nonexistent")


def test_a_full_disk_releases_the_ballast_and_alarms_even_without_one(layout: Layout, disks: Disks) -> None:
    Ballast(layout.var).make(1)
    disks.first = Room(free=1000, total=100 * GIB)
    watch = DiskWatch(layout=layout, limits=LIMITS)
    watch.look(0.0)
    assert Ballast(layout.var).mib == 0
    clear_alarm(layout.var, "disk-full")
    watch.look(1.0)
    assert "disk-full" in alarms(layout)


def test_the_ballast_is_made_anew_after_some_minutes_of_room(layout: Layout, disks: Disks) -> None:
    watch = DiskWatch(layout=layout, limits=LIMITS)
    raise_alarm(layout.var, "disk-full", "磁盘已满 full")
    held = []
    for now, disks.first in (
        (0.0, MUCH),
        (REST_S - 1, MUCH),
        (REST_S, LEAST),
        (REST_S + 1, MUCH),
        (2 * REST_S, MUCH),
        (2 * REST_S + 1, MUCH),
    ):
        watch.look(now)
        held.append(Ballast(layout.var).mib)
    assert held == [0, 0, 0, 0, 0, 1]
    assert alarms(layout) == ["disk-full"]
    watch.look(2 * REST_S + 3)
    assert alarms(layout) == []
