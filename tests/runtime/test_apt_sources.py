from pathlib import Path

import pytest

from runtime.apt_sources import Source, codename, own_sources, parse_deb822, parse_one_line, read_sources
from runtime.errors import SetupError

MIRROR = "http://mirror.example/debian"

DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
# a comment inside
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://off.example/
Suites: bookworm
Components: main

Types: deb-src
URIs: http://source.example/
Suites: bookworm
Components: main
"""

INLINE_KEY = """\
types: deb
uris: http://mirror.example/debian
suites: sid
components: main
signed-by:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEYCQjIxYJ
 -----END PGP PUBLIC KEY BLOCK-----
"""


def source(suite: str = "bookworm", uri: str = MIRROR, components: tuple[str, ...] = ("main",)) -> Source:
    return Source(uri=uri, suite=suite, components=components)


def test_a_one_line_source_is_read_with_its_options() -> None:
    text = f"deb [arch=amd64 signed-by=/keys/a.gpg trusted=yes] {MIRROR} bookworm main contrib # ours\n"
    assert parse_one_line(text) == [
        Source(uri=MIRROR, suite="bookworm", components=("main", "contrib"), signed_by="/keys/a.gpg", trusted=True)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "# deb http://a.example/ x main",
        f"deb-src {MIRROR} bookworm main",
        "deb cdrom:[Debian]/ bookworm main",
        "deb http://a.example/ ./ x",
        "",
    ],
)
def test_comments_sources_discs_and_flat_archives_are_passed_over(line: str) -> None:
    assert parse_one_line(line) == []


def test_a_stanza_gives_one_source_for_each_suite() -> None:
    assert [(found.uri, found.suite, found.components) for found in parse_deb822(DEB822)] == [
        (MIRROR, "bookworm", ("main", "contrib")),
        (MIRROR, "bookworm-updates", ("main", "contrib")),
        ("http://mirror.example/debian-security", "bookworm-security", ("main",)),
    ]
    assert parse_deb822(DEB822)[0].signed_by == "/usr/share/keyrings/archive.gpg"


def test_a_key_written_into_a_stanza_is_kept_whole() -> None:
    assert parse_deb822(INLINE_KEY)[0].signed_by == (
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEYCQjIxYJ\n-----END PGP PUBLIC KEY BLOCK-----"
    )


def test_both_formats_are_read_from_where_apt_reads_them(tmp_path: Path) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (tmp_path / "sources.list").write_text(f"deb {MIRROR} one main\n")
    (parts / "b.sources").write_text(f"Types: deb\nURIs: {MIRROR}\nSuites: three\nComponents: main\n")
    (parts / "a.list").write_text(f"deb {MIRROR} two main\n")
    (parts / "c.list.disabled").write_text(f"deb {MIRROR} four main\n")
    assert [found.suite for found in read_sources(tmp_path)] == ["one", "two", "three"]


def test_a_machine_without_sources_has_none(tmp_path: Path) -> None:
    assert read_sources(tmp_path) == []


def test_only_the_distribution_itself_counts_as_its_mirror() -> None:
    others = [source("bookworm-security"), source("bookworm-updates"), source("nodistro"), source(components=("stable",))]
    assert own_sources([*others, source()], "bookworm") == [source()]


def test_a_machine_that_follows_stable_is_understood() -> None:
    assert own_sources([source("stable")], "bookworm") == [source("stable")]


def test_a_machine_without_a_mirror_is_told_so() -> None:
    with pytest.raises(SetupError, match="by hand"):
        own_sources([source("nodistro")], "bookworm")


@pytest.mark.parametrize(
    ("text", "name"), [("ID=debian\nVERSION_CODENAME=bookworm\n", "bookworm"), ('VERSION_CODENAME="noble"\n', "noble"), ("", "")]
)
def test_the_release_has_a_name(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / "os-release").write_text(text)
    assert codename(tmp_path / "os-release") == name
    assert codename(tmp_path / "nothing") == ""
