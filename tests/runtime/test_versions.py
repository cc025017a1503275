import pytest

from runtime.versions import at_least, rank


@pytest.mark.parametrize(
    ("version", "wanted", "enough"),
    [
        ("22.10.1~dfsg+~cs6.15.60671435-1", "22.10.1", True),
        ("22.10.1", "22.9", True),
        ("22.9.0", "22.10.1", False),
        ("1:22.10.1+dfsg-1", "22.10.1", True),
        ("22.10", "22.10.0", True),
        ("23.0.0", "22.10.1", True),
        ("22.10.1~rc1", "22.10.1", False),
        ("22.11.0-rc1", "22.10.1", True),
        ("8.0.6", "6.2", True),
        ("6.0.16", "6.2", False),
        ("certified-20.7-cert2", "22.10.1", False),
        ("", "6.2", False),
    ],
)
def test_a_version_is_enough_only_when_it_is_as_new(version: str, wanted: str, enough: bool) -> None:
    assert at_least(version, wanted) is enough


def test_what_does_not_start_with_a_number_has_no_rank() -> None:
    assert rank("GIT-master-1234") is None
