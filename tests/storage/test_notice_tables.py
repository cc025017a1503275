"""What the tables of notices must not hold."""

from storage.notice_tables import notices


def test_no_column_could_hold_a_citizen_s_number_or_words() -> None:
    assert {column.name for column in notices.columns} == {
        *("key", "kind", "recipient", "ticket", "seq", "secrecy", "details", "created", "state", "attempts", "due", "told"),
        *("reference", "error"),
    }
