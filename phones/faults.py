"""What can go wrong with a softphone.

PhoneFault
├── PhoneDied     the phone's process ended; carries its exit status and last words
├── PhoneRefused  the phone understood the order and could not obey (no call, no such file)
└── PhoneSilent   what was expected did not come in time; says what came instead
"""


class PhoneFault(Exception):
    """Root of this room's errors."""


class PhoneDied(PhoneFault):
    """The phone's process is gone."""


class PhoneRefused(PhoneFault):
    """The phone could not obey an order."""


class PhoneSilent(PhoneFault):
    """An expected event did not come in time."""
