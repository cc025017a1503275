"""Who knows whom."""

from datetime import timedelta

from hotline.identity import AgentId
from routing.knows import Knowledge, Known
from tests.routing.words import A1, A2, at

NUMBER, OTHER = "19900000001", "19900000002"
KEY = b"a-key-of-a-test"


def test_the_agent_who_talked_with_him_last_is_known_and_others_are_not() -> None:
    knows = Knowledge(key=KEY).learnt(NUMBER, A1, at(0)).learnt(OTHER, A1, at(1)).learnt(NUMBER, A2, at(2))
    assert knows.of(NUMBER) == Known(agent=A2, at=at(2).timestamp())
    assert knows.of(OTHER) == Known(agent=A1, at=at(1).timestamp())
    assert knows.of("19900000003") is None


def test_who_withholds_his_number_is_known_to_nobody() -> None:
    assert Knowledge(key=KEY).learnt("", A1, at(0)) == Knowledge(key=KEY)
    assert Knowledge(key=KEY).of("") is None


def test_the_number_stands_nowhere_and_another_key_gives_another_veil() -> None:
    knows = Knowledge(key=KEY).learnt(NUMBER, A1, at(0))
    words = knows.changed_since(None)
    assert NUMBER not in f"{words}{knows.shelves}{knows!r}"
    assert KEY.decode() not in repr(knows)
    assert set(words) != set(Knowledge(key=b"other").learnt(NUMBER, A1, at(0)).changed_since(None))


def test_what_was_kept_is_recalled() -> None:
    knows = Knowledge(key=KEY).learnt(NUMBER, A1, at(0)).learnt(OTHER, A2, at(60))
    words = {veil: word for veil, word in knows.changed_since(None).items() if word}
    again = Knowledge(key=KEY).recalled([*words.items(), ("ff00", "torn"), ("ff01", "1001 never"), ("ff02", "x 1")])
    assert again.of(NUMBER) == knows.of(NUMBER)
    assert again.of(OTHER) == knows.of(OTHER)
    assert len(again.changed_since(None)) == 2


def test_only_what_changed_is_kept_again() -> None:
    before = Knowledge(key=KEY).learnt(NUMBER, A1, at(0)).learnt(OTHER, A1, at(0))
    after = before.learnt(NUMBER, A2, at(5))
    assert after.changed_since(before) == {before.veil(NUMBER): f"1002 {at(5).timestamp():.0f}"}
    assert after.changed_since(after) == {}


def test_what_is_too_old_is_forgotten_within_minutes_and_the_roster_forgets_it_too() -> None:
    knows = Knowledge(key=KEY, life=timedelta(hours=1))
    for number in range(300):
        knows = knows.learnt(f"1990000{number:04d}", AgentId("1001"), at(number))
    before = knows
    for second in range(256):
        knows = knows.without_old(at(3600 + 150 + second / 256) + timedelta(seconds=second))
    assert 0 < sum(map(len, knows.shelves.values())) < 150
    assert len([word for word in knows.changed_since(before).values() if word is None]) >= 150
