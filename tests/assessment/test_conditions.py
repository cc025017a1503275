"""The words of definitions: each has words for people."""

from assessment.conditions import CONDITION_WORDS, CONDITIONS, MOMENT_WORDS, MOMENTS


def test_every_word_has_its_words_in_chinese() -> None:
    assert set(CONDITION_WORDS) == set(CONDITIONS)
    assert set(MOMENT_WORDS) == set(MOMENTS) | {"rated"}
