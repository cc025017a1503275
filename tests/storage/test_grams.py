"""Words are found however they are spelled."""

from storage.grams import asked_words, folded, grams


def test_widths_and_capitals_are_one_spelling_and_marks_part_words() -> None:
    assert folded("ＡＢ１２３，居住证（新）") == "ab123 居住证 新"


def test_every_pair_of_neighbours_is_kept_but_none_across_a_mark() -> None:
    assert grams("居住证，医保") == {"居住", "住证", "医保"}


def test_what_is_looked_for_has_two_characters_at_least() -> None:
    assert asked_words(["居住证 医保", "的", "居住证"]) == ("居住证", "医保")
