"""What the application does with a caller right now, as the switch tells it (AMI events AGIExecStart and AGIExecEnd).

A key is heard while a command runs; between two commands Asterisk drops it (res_agi.c reads and forgets). So a test that presses a key
waits for the command that is to hear it, instead of guessing by time.
"""

from tests.live.ami import AmiTap

QUESTION = "GET DATA"
"""The last part of a question and the time for the answer: any key counts from its first moment to its last."""
HEARING = (QUESTION, "STREAM FILE", "WAIT FOR DIGIT", "RECORD FILE")


def commands(ami: AmiTap) -> dict[str, str]:
    """Channel → the command that runs on it now and hears keys, of all callers since the mark."""
    now: dict[str, str] = {}
    for event in ami.seen_any("AGIExecStart", "AGIExecEnd"):
        if event["Event"] == "AGIExecStart" and event["Command"].startswith(HEARING):
            now[event["Channel"]] = event["Command"]
        else:
            now.pop(event["Channel"], None)
    return now


def running(ami: AmiTap, words: str, caller: str = "") -> set[str]:
    """Channels on which a command runs in which all these words stand; of this caller's only, when one is named."""
    of = {event["Channel"] for event in ami.seen("AGIExecStart", CallerIDNum=caller)} if caller else None
    found = commands(ami).items()
    return {channel for channel, command in found if all(word in command for word in words.split()) and (of is None or channel in of)}
