import shutil
import subprocess
from pathlib import Path

import pytest

from runtime.apt_sources import Source
from runtime.private_apt import Deb, configuration, parse_uris, sources_line, without

MIRROR = Source(uri="http://mirror.example/debian", suite="bookworm", components=("main", "contrib"), signed_by="/keys/a.gpg")


def test_another_suite_is_asked_of_the_same_mirror_with_the_same_key(tmp_path: Path) -> None:
    assert (
        sources_line(MIRROR, "sid", tmp_path) == "deb [check-valid-until=no signed-by=/keys/a.gpg] http://mirror.example/debian sid main\n"
    )


def test_the_machines_own_suite_keeps_its_components(tmp_path: Path) -> None:
    assert sources_line(MIRROR, "bookworm", tmp_path).endswith(" bookworm main contrib\n")


def test_several_keys_and_trust_are_passed_on(tmp_path: Path) -> None:
    source = Source(uri="http://a.example/", suite="sid", components=("main",), signed_by="/keys/a.gpg /keys/b.gpg", trusted=True)
    assert sources_line(source, "sid", tmp_path).startswith("deb [check-valid-until=no signed-by=/keys/a.gpg,/keys/b.gpg trusted=yes] ")


def test_a_key_written_into_the_source_becomes_a_file(tmp_path: Path) -> None:
    source = Source(uri="http://a.example/", suite="sid", components=("main",), signed_by="-----BEGIN PGP PUBLIC KEY BLOCK-----\nabc")
    assert f"signed-by={tmp_path}/mirror.asc" in sources_line(source, "sid", tmp_path)
    assert (tmp_path / "mirror.asc").read_text().startswith("-----BEGIN PGP")


def test_apts_list_of_downloads_is_read() -> None:
    text = "'http://a.example/pool/libgmp10_2%253a6.3-5_amd64.deb' libgmp10_2%3a6.3+dfsg-5+b2_amd64.deb 559860 SHA256:00\nReading…\n"
    assert parse_uris(text) == [Deb(name="libgmp10", version="2:6.3+dfsg-5+b2", file="libgmp10_2%3a6.3+dfsg-5+b2_amd64.deb", size=559860)]


def test_what_is_only_for_installing_is_left_out() -> None:
    debs = [Deb(name=name, version="1", file="", size=1) for name in ("asterisk", "debconf", "perl-base", "libperl5.42")]
    assert [deb.name for deb in without(debs, ("debconf", "perl-base"))] == ["asterisk", "libperl5.42"]


@pytest.mark.skipif(shutil.which("apt-config") is None, reason="apt is not here")
def test_apt_itself_accepts_the_configuration_and_keeps_to_its_folder(tmp_path: Path) -> None:
    (tmp_path / "apt.conf").write_text(configuration(tmp_path, "arm64"))
    dump = subprocess.run(["apt-config", "-c", tmp_path / "apt.conf", "dump"], capture_output=True, text=True, check=True).stdout
    assert f'Dir::State::lists "{tmp_path}/lists";' in dump
    assert f'Dir::State::status "{tmp_path}/status";' in dump
    assert 'APT::Architectures:: "arm64";' in dump
    assert "Post-Invoke-Success:: " not in dump
