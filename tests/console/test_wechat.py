"""WeChat's words: what is signed is believed, what is flat is read, anything else is refused."""

import base64
import contextlib
import hashlib
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from console.wechat import LARGEST, MOST_FIELDS, SafeMode, is_signed, read_xml, signature_of, text_reply
from hotline.errors import MalformedInput

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
SAFE = SafeMode(token="a-token-of-ours", app_id="wx0123456789abcdef", aes_key=KEY)
MESSAGE = "<xml><Content><![CDATA[路灯不亮]]></Content></xml>".encode()
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=60)


def test_the_signature_is_that_of_the_guide() -> None:
    """Sorted as text, joined without anything between: reckoned here by hand."""
    assert signature_of("token", "1409659589", "263014780") == hashlib.sha1(b"1409659589263014780token").hexdigest()
    assert is_signed(hashlib.sha1(b"12b").hexdigest(), "b", "1", "2")
    assert not is_signed("é", "b", "1", "2")


def test_a_message_is_read_as_fields() -> None:
    body = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n<CreateTime>1460537339</CreateTime><Content>a &lt; b</Content></xml>"
    assert read_xml(body.encode()) == {"ToUserName": "gh_1", "CreateTime": "1460537339", "Content": "a < b"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"<xml/><xml/>",
        b"<html><a>1</a></html>",
        b"<xml><a b='1'>x</a></xml>",
        b"<xml><a><b>x</b></a></xml>",
        b"<!DOCTYPE xml><xml><a>1</a></xml>",
        b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]><xml><a>&x;</a></xml>',
        b'<!DOCTYPE xml [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><xml><a>&y;</a></xml>',
        b"<xml><?php exit ?><a>1</a></xml>",
        b"<xml><a>&unknown;</a></xml>",
        b"<xml><a>\xff\xfe</a></xml>",
        b"<xml>" + b"".join(b"<f%d>x</f%d>" % (count, count) for count in range(MOST_FIELDS + 1)) + b"</xml>",
        b"<xml><a>" + b"x" * LARGEST + b"</a></xml>",
    ],
)
def test_anything_but_a_flat_message_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedInput):
        read_xml(body)


@given(TEXT, TEXT)
def test_what_is_answered_can_be_read_whatever_is_in_it(to: str, words: str) -> None:
    said = read_xml(text_reply(to=to, sender="gh_1", at=1, words=words))
    assert (said["ToUserName"], said["Content"], said["MsgType"], said["CreateTime"]) == (to, words, "text", "1")


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_parser_down(body: bytes) -> None:
    with contextlib.suppress(MalformedInput):
        read_xml(body)


def test_a_message_in_safe_mode_is_what_the_specification_says() -> None:
    """Made here from the specification's own words, not by our other half."""
    plain = b"R" * 16 + struct.pack("!I", len(MESSAGE)) + MESSAGE + b"wx0123456789abcdef"
    missing = 32 - len(plain) % 32
    cipher = Cipher(algorithms.AES(bytes(range(32))), modes.CBC(bytes(range(16)))).encryptor()
    encrypted = base64.b64encode(cipher.update(plain + bytes([missing]) * missing) + cipher.finalize()).decode()
    signed = signature_of("a-token-of-ours", "1", "2", encrypted)
    assert SAFE.opened(encrypted, signature=signed, timestamp="1", nonce="2") == MESSAGE


@given(TEXT)
def test_what_is_closed_can_be_opened(words: str) -> None:
    closed = read_xml(SAFE.closed(words.encode(), timestamp="1409304348", nonce="n", chaos=b"0" * 16))
    opened = SAFE.opened(closed["Encrypt"], signature=closed["MsgSignature"], timestamp=closed["TimeStamp"], nonce=closed["Nonce"])
    assert opened.decode() == words


def test_what_is_for_another_account_changed_or_cut_is_refused() -> None:
    other = SafeMode(token=SAFE.token, app_id="wxother", aes_key=KEY)
    foreign = read_xml(other.closed(MESSAGE, timestamp="1", nonce="2", chaos=b"0" * 16))["Encrypt"]
    mine = read_xml(SAFE.closed(MESSAGE, timestamp="1", nonce="2", chaos=b"0" * 16))["Encrypt"]
    for encrypted in (foreign, mine[:-24], mine[:40] + "AAAA" + mine[44:], "", "!", "路"):
        with pytest.raises(MalformedInput):
            SAFE.opened(encrypted, signature=signature_of(SAFE.token, "1", "2", encrypted), timestamp="1", nonce="2")
    with pytest.raises(MalformedInput):
        SAFE.opened(mine, signature="0" * 40, timestamp="1", nonce="2")


@pytest.mark.parametrize("key", ["", "short", "A" * 44, "路" * 43])
def test_a_key_that_is_none_is_refused_at_once_and_never_shown(key: str) -> None:
    with pytest.raises(MalformedInput, match="43"):
        SafeMode(token="t", app_id="a", aes_key=key)
    assert KEY not in repr(SAFE)
