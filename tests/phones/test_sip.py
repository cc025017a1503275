"""SIP as text: what is written can be read again, and a password is proved as RFC 2617 says."""

import pytest

from phones.sip import NotSip, answer, ask, media_line, proof, read, user_of

INVITE = ask(
    "INVITE",
    "sip:06630000110@127.0.0.1:5080",
    [
        ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1"),
        ("Via", "SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK2"),
        ("From", "<sip:19900000001@127.0.0.1>;tag=a"),
        ("To", "<sip:06630000110@127.0.0.1>"),
        ("Call-ID", "one"),
        ("CSeq", "7 INVITE"),
    ],
    media_line("127.0.0.9", 4000),
)


def test_a_request_is_read_as_it_was_written() -> None:
    read_again = read(INVITE.bytes())
    assert (read_again.method, read_again.status, read_again.uri) == ("INVITE", 0, "sip:06630000110@127.0.0.1:5080")
    assert read_again.get("call-id") == "one"
    assert read_again.media == ("127.0.0.9", 4000)


def test_an_answer_carries_every_via_and_names_its_side_of_the_dialog() -> None:
    told = read(answer(INVITE, 180, "Ringing", tag="b").bytes())
    assert (told.status, told.method, told.media) == (180, "INVITE", None)
    assert len(told.all("Via")) == 2
    assert told.get("To").endswith(";tag=b")
    assert answer(read(told.bytes()), 200, "OK", tag="c").get("To").endswith(";tag=b")


@pytest.mark.parametrize("packet", [b"", b"\r\n\r\n", b"\x00\xff", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_sip_is_refused(packet: bytes) -> None:
    with pytest.raises(NotSip):
        read(packet)


@pytest.mark.parametrize(
    ("text", "user"), [('"anonymous" <sip:anonymous@anonymous.invalid>', "anonymous"), ("<sip:110@h;user=phone>", "110"), ("tel:110", "")]
)
def test_the_user_of_an_address_is_found(text: str, user: str) -> None:
    assert user_of(text) == user


def test_a_password_is_proved_as_the_standard_says() -> None:
    """The example of RFC 2617 §3.5 (cnonce and count are ours), and the older way without qop of RFC 2069 §2.4 (as corrected)."""
    told = proof('Digest realm="testrealm@host.com", nonce="dcd98b", opaque="5ccc"', method="GET", uri="/dir", user="Mufasa", password="x")
    assert 'opaque="5ccc"' in told
    assert told.endswith('response="' + _response("testrealm@host.com", "dcd98b") + '"')
    assert "qop=auth, nc=00000001" in proof('Digest realm="r", nonce="n", qop="auth"', method="GET", uri="/", user="u", password="p")


def _response(realm: str, nonce: str) -> str:
    import hashlib

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    return md5(f"{md5(f'Mufasa:{realm}:x')}:{nonce}:{md5('GET:/dir')}")
