from runtime.errors import CommandFailedError, MirrorLacksSuiteError, SetupError


def test_every_error_says_what_was_found_and_what_to_do() -> None:
    for kind in (SetupError, MirrorLacksSuiteError, CommandFailedError):
        error = kind("The disk is full.", "Make room.")
        assert str(error) == "The disk is full.\n  → Make room."
        assert isinstance(error, SetupError)
