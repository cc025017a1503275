"""What can go wrong while a machine is being prepared. Every error says what to do about it."""


class SetupError(Exception):
    """The machine could not be given something it needs.

    `what` is the finding, `remedy` what the operator can do; both are whole sentences.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n  → {remedy}")
        self.what = what
        self.remedy = remedy


class MirrorLacksSuiteError(SetupError):
    """This machine's mirror does not carry the Debian suite that has a new enough Asterisk (Ubuntu's do not)."""


class CommandFailedError(SetupError):
    """A tool that we started (apt-get, dpkg-deb, pip, venv) ended with an error."""
