"""Nobody guesses for long, nobody shuts others out, and what is remembered of it is bounded."""

from datetime import UTC, datetime, timedelta

from console.tries import ALTOGETHER, ALTOGETHER_IN, ENDINGS, MOST_NUMBERS, PER_NUMBER, PER_NUMBER_IN, Tries

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_after_some_wrong_tries_a_number_is_closed_to_that_source_for_an_hour_and_others_are_not() -> None:
    tries = Tries()
    for count in range(PER_NUMBER):
        assert tries.begin("1", "here", NOW + timedelta(minutes=count))
    last = NOW + timedelta(minutes=PER_NUMBER)
    assert (tries.begin("1", "here", last), tries.begin("2", "here", last), tries.begin("1", "there", last)) == (False, True, True)
    assert tries.begin("1", "here", NOW + PER_NUMBER_IN)


def test_endings_guessed_from_many_sources_close_the_number_to_endings_and_not_to_who_knows_the_whole_contact() -> None:
    tries = Tries()
    assert [tries.begin("1", str(source), NOW) for source in range(ENDINGS + 3)] == [True] * ENDINGS + [False] * 3
    assert tries.begin("1", "his own", NOW, ending=False)


def test_one_try_at_each_of_many_numbers_is_closed_too_and_only_to_that_source() -> None:
    tries = Tries()
    for count in range(ALTOGETHER):
        tries.begin(str(count), "here", NOW)
    assert (tries.begin("new", "here", NOW), tries.begin("new", "there", NOW)) == (False, True)
    assert tries.begin("new", "here", NOW + ALTOGETHER_IN)


def test_who_was_right_has_used_up_nothing() -> None:
    tries = Tries()
    for _ in range(ALTOGETHER + ENDINGS):
        assert tries.begin("1", "here", NOW)
        tries.take_back("1", "here", NOW)
    assert [lane.keys for lane in (tries._here, tries._endings, tries._source)] == [{}, {}, {}]


def test_memory_is_bounded() -> None:
    tries = Tries()
    for count in range(MOST_NUMBERS + 10):
        assert tries.begin(str(count), str(count), NOW)
    assert [len(lane.keys) for lane in (tries._here, tries._endings, tries._source)] == [MOST_NUMBERS] * 3
