"""Who sent it is proved, in time, and once."""

from datetime import UTC, datetime, timedelta

import pytest

from console.problems import Problem
from console.signatures import MOST_NONCES, WINDOW, Signatures, Stamp, signature_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = b"a gateway's own secret, not a short one"
BODY = '{"text": "路灯不亮"}'.encode()


def stamp(*, sender: str = "gateway", at: datetime = NOW, nonce: str = "nonce-0001", secret: bytes = SECRET, body: bytes = BODY) -> Stamp:
    when = str(int(at.timestamp()))
    signed = signature_of(secret, timestamp=when, nonce=nonce, method="POST", path="/api/v1/intake/sms", body=body)
    return Stamp(sender=sender, timestamp=when, nonce=nonce, signature=signed)


def told(signatures: Signatures, each: Stamp, *, path: str = "/api/v1/intake/sms", body: bytes = BODY, now: datetime = NOW) -> int:
    """200, or the status of the refusal."""
    try:
        signatures.sender_of(each, method="POST", path=path, body=body, now=now)
    except Problem as problem:
        return problem.status
    return 200


def signatures() -> Signatures:
    return Signatures(secrets={"gateway": SECRET})


def test_what_is_signed_rightly_is_known_by_its_sender() -> None:
    assert signatures().sender_of(stamp(), method="POST", path="/api/v1/intake/sms", body=BODY, now=NOW) == "gateway"


@pytest.mark.parametrize(
    "wrong",
    [
        stamp(secret=b"another"),
        stamp(sender="nobody"),
        stamp(sender="nobody", secret=b"nobody"),
        stamp(nonce="short"),
        stamp(at=NOW - WINDOW - timedelta(seconds=1)),
        stamp(at=NOW + WINDOW + timedelta(seconds=1)),
        Stamp(sender="gateway", timestamp="x", nonce="nonce-0001", signature="0" * 64),
        Stamp(sender="", timestamp="", nonce="", signature=""),
        Stamp(sender="gateway", timestamp="٣", nonce="nonce-0001", signature="é"),
    ],
)
def test_any_fault_of_a_signature_is_the_same_refusal(wrong: Stamp) -> None:
    assert told(signatures(), wrong) == 401


def test_neither_the_words_nor_the_address_can_be_changed() -> None:
    assert told(signatures(), stamp(), body=BODY + b" ") == 401
    assert told(signatures(), stamp(), path="/api/v1/webhooks/status") == 401


def test_nothing_is_taken_twice() -> None:
    mine = signatures()
    assert [told(mine, stamp()), told(mine, stamp()), told(mine, stamp(nonce="nonce-0002"))] == [200, 409, 200]


def test_what_was_seen_long_ago_is_forgotten_before_memory_is_full_and_no_sooner() -> None:
    mine = signatures()
    assert told(mine, stamp()) == 200
    mine._seen.update({("gateway", f"{count}"): NOW for count in range(MOST_NONCES)})
    assert told(mine, stamp(nonce="nonce-0002")) == 503
    later = NOW + 3 * WINDOW
    assert told(mine, stamp(nonce="nonce-0003", at=later), now=later) == 200
    assert len(mine._seen) == 1
