import shutil
from pathlib import Path

import pytest

from runtime.commands import run
from runtime.private_apt import Deb
from runtime.unpacking import Package, Record, fix_links, packages_of, put_in_place, read_records, trim, unpack, write_record

RECORD = Record(suite="sid", programs={"asterisk": "22.10.1"}, packages=(Package(package="asterisk", version="1:22.10.1", sha256="00"),))


def make_deb(folder: Path, name: str) -> Path:
    tree = folder / name
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: x\n")
    (tree / "DEBIAN").chmod(0o755)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin" / name).write_text(name)
    run(["dpkg-deb", "--root-owner-group", "-b", str(tree), str(folder / f"{name}.deb")], remedy="")
    return folder / f"{name}.deb"


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg is not here")
def test_packages_are_laid_out_over_each_other(tmp_path: Path) -> None:
    unpack([make_deb(tmp_path, "one"), make_deb(tmp_path, "two")], tmp_path / "root")
    assert sorted(path.name for path in (tmp_path / "root/usr/bin").iterdir()) == ["one", "two"]


def test_an_absolute_link_to_something_inside_becomes_relative(tmp_path: Path) -> None:
    (tmp_path / "usr/share/sounds").mkdir(parents=True)
    link = tmp_path / "usr/lib/asterisk/sounds"
    link.parent.mkdir(parents=True)
    link.symlink_to("/usr/share/sounds")
    assert fix_links(tmp_path) == 1
    assert str(link.readlink()) == "../../share/sounds"
    assert link.resolve() == (tmp_path / "usr/share/sounds").resolve()
    assert fix_links(tmp_path) == 0


def test_a_link_to_something_outside_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "recordings").symlink_to("/var/lib/asterisk/recordings")
    (tmp_path / "relative").symlink_to("recordings")
    assert fix_links(tmp_path) == 0
    assert str((tmp_path / "recordings").readlink()) == "/var/lib/asterisk/recordings"


def test_manuals_go_and_programs_stay(tmp_path: Path) -> None:
    for name in ("usr/share/man/man8", "usr/share/doc/asterisk", "usr/share/asterisk/sounds", "usr/sbin"):
        (tmp_path / name).mkdir(parents=True)
    trim(tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "usr", "usr/sbin", "usr/share", "usr/share/asterisk", "usr/share/asterisk/sounds",
    ]  # fmt: skip


def test_the_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_record(tmp_path, "root", RECORD)
    write_record(tmp_path, "root-test", Record(suite="sid"))
    assert read_records(tmp_path) == {"root": RECORD, "root-test": Record(suite="sid")}
    write_record(tmp_path, "root", None)
    assert read_records(tmp_path) == {"root-test": Record(suite="sid")}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"root": 1}', '{"root": {"suite": "sid"}}'])
def test_a_damaged_record_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "unpacked.json").write_text(text)
    assert read_records(tmp_path) == {}


def test_a_package_is_noted_with_the_hash_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.deb").write_bytes(b"abc")
    deb = Deb(name="a", version="1", file="a.deb", size=3)
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert packages_of([deb], [tmp_path / "a.deb"]) == (Package(package="a", version="1", sha256=digest),)


def test_what_was_there_is_kept_once_beside_the_new(tmp_path: Path) -> None:
    for generation in ("first", "second", "third"):
        (tmp_path / "fresh").mkdir()
        (tmp_path / "fresh" / generation).write_text("")
        put_in_place(tmp_path / "fresh", tmp_path / "root")
    assert [path.name for path in (tmp_path / "root").iterdir()] == ["third"]
    assert [path.name for path in (tmp_path / "root.previous").iterdir()] == ["second"]
