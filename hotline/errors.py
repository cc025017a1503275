"""Whose fault it is.

HotlineError
├── OurMistake          we broke a rule of our own: a bug, please report it
├── LineFault           Asterisk or the carrier broke its protocol, or went away
│   ├── LinkLost        the connection to Asterisk is down; what was asked may or may not have been done
│   └── Refused         Asterisk answered, and the answer was no
├── MalformedInput      somebody gave us a value that cannot be right; the message says what to do
│   └── BadSettings     the operator's settings: which key, what is wrong, how to mend it
└── DoorClosed          an outside thing of ours (database, Redis, ticket backend) did not answer; try again later
Exception
└── Deposed             no error: another process leads. Beside the tree, so that nobody who handles errors goes on

A citizen's hang-up is no error: `ivr.facts.HungUp` is a BaseException, so that `except Exception` cannot eat it.
"""


class HotlineError(Exception):
    """Root of everything that this application raises on purpose."""


class OurMistake(HotlineError):
    """We broke a rule of our own."""


class LineFault(HotlineError):
    """Asterisk or the carrier broke its protocol, or went away."""


class LinkLost(LineFault):
    """The connection to Asterisk is down; what was asked may or may not have been done."""


class Refused(LineFault):
    """Asterisk answered, and the answer was no."""


class MalformedInput(HotlineError, ValueError):
    """A value from outside that cannot be right."""


class BadSettings(MalformedInput):
    """The operator's settings are wrong: names the key and the remedy."""


class DoorClosed(HotlineError):
    """An outside thing of ours did not answer; the same request may succeed later."""


class Deposed(Exception):
    """Another routing process leads: nothing more may be ordered, written down or shown by this one."""
