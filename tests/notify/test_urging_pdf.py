"""The 《催办通知书》 as a document: one page, the same bytes each time, every word in it, and a font that it brings itself."""

import re
import zlib
from dataclasses import replace

import pytest

from notify.urging_pdf import FONT, MISSING, printable, urging_pdf
from tests.notify.test_urging_notice import NOTICE


@pytest.fixture(scope="module")
def document() -> bytes:
    return urging_pdf(NOTICE)


def words_of(document: bytes) -> str:
    """Everything that is drawn, in order: the glyphs of each page's stream, read back by the font's own ToUnicode table."""
    streams = [_plain(found) for found in re.findall(rb"stream\n(.*?)\nendstream", document, re.DOTALL)]
    table = next(stream for stream in streams if b"beginbfchar" in stream or b"beginbfrange" in stream).decode()
    unicode_of = {int(glyph, 16): _text(words) for glyph, words in re.findall(r"<([0-9A-Fa-f]+)>\s+<([0-9A-Fa-f]+)>", table)}
    return "".join(unicode_of[glyph] for stream in streams if b"BT" in stream for glyph in _glyphs(stream))


def _plain(stream: bytes) -> bytes:
    return zlib.decompress(stream) if stream[:1] == b"\x78" else stream


def _text(words: str) -> str:
    return bytes.fromhex(words).decode("utf-16-be")


def _glyphs(stream: bytes) -> list[int]:
    """Two bytes a glyph, in PDF strings with their escapes."""
    found: list[int] = []
    for text in re.findall(rb"\(((?:\\.|[^\\)])*)\)", stream, re.DOTALL):
        plain = re.sub(rb"\\(.)", lambda each: {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(each[1], each[1]), text, flags=re.DOTALL)
        found += [int.from_bytes(plain[at : at + 2]) for at in range(0, len(plain), 2)]
    return found


def test_it_is_one_page_and_holds_every_word(document: bytes) -> None:
    assert document.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", document)) == 1
    said = words_of(document).replace("\u3000", "")
    for words in (
        "业务催办通知书",
        NOTICE.unit,
        NOTICE.opening,
        NOTICE.demand,
        NOTICE.warning,
        NOTICE.ticket,
        NOTICE.due_why,
        "2026年11月24日",
    ):
        assert words in said
    assert f"抄送：{NOTICE.unit}分管领导" in said


def test_the_leader_gets_a_copy_that_says_so(document: bytes) -> None:
    assert "（抄送件）" in words_of(urging_pdf(NOTICE, copy_to_leader=True))
    assert "（抄送件）" not in words_of(document)


def test_the_same_notice_makes_the_same_bytes(document: bytes) -> None:
    assert urging_pdf(NOTICE) == document


def test_its_font_is_in_it(document: bytes) -> None:
    assert b"/FontFile3" in document or b"/FontFile2" in document
    assert len(document) < 100_000
    assert (FONT.parent / "OFL.txt").read_text(encoding="utf-8").count("SIL OPEN FONT LICENSE") == 1


def test_a_character_that_the_font_lacks_leaves_its_mark() -> None:
    assert printable("渧洞村") == f"{MISSING}洞村"
    assert f"{MISSING}洞村" in words_of(urging_pdf(replace(NOTICE, unit="渧洞村")))


def test_a_long_name_and_a_long_reason_keep_to_the_page() -> None:
    long = replace(NOTICE, unit="揭阳市榕城区人民政府某某街道办事处综合行政执法队", due_why=NOTICE.due_why + "；其间国庆节、中秋节放假不计")
    assert len(re.findall(rb"/Type /Page\b", urging_pdf(long, copy_to_leader=True))) == 1
