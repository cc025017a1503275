"""The FastAGI wire: what was recorded from Asterisk is read back, and nothing that anybody writes gets it out of step."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agi.wire import (
    BAD_USAGE,
    DEAD_CHANNEL,
    EXEC,
    GET_DATA,
    MOST_COMMAND_BYTES,
    MOST_HEAD_BYTES,
    MOST_REPLY_BYTES,
    MOST_WORDS,
    OK,
    STREAM_FILE,
    UNKNOWN_COMMAND,
    VERBS,
    Event,
    Garbled,
    HangupNotice,
    Head,
    HeadReader,
    Reply,
    ReplyReader,
    command,
)
from hotline.errors import MalformedInput, OurMistake
from tests.agi.dialogues import Dialogue, dialogues

HEAD = b"agi_network: yes\nagi_network_script: welcome\nagi_calleridname: unknown\nagi_threadid: 1\nagi_arg_1: hl1-1.2\nagi_arg_2: \n\n"
SIX_HUNDRED = '"a" ' * 600


def words(line: bytes) -> list[str]:
    """Split a command as Asterisk's parse_args does: blanks, quotes, backslashes."""
    found, word, quoted, in_word = [], "", False, False
    characters = iter(line.decode().removesuffix("\n"))
    for character in characters:
        if character == "\\":
            word, in_word = word + next(characters), True
        elif character == '"':
            quoted, in_word = not quoted, True
        elif character in " \t" and not quoted:
            found += [word] * in_word
            word, in_word = "", False
        else:
            word, in_word = word + character, True
    assert not quoted
    return found + [word] * in_word


def chunked(text: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


def read_all(text: bytes, cuts: list[int]) -> tuple[Head | str | None, list[Event]]:
    """Everything in a stream that begins with a head: the head or why there is none, and the events behind it."""
    reader, replies, head, events = HeadReader(), ReplyReader(), None, []
    for chunk in chunked(text, cuts):
        if head is None:
            try:
                read = reader.feed(chunk)
            except MalformedInput as error:
                return str(error), []
            if read is None:
                continue
            head, rest = read
            events += replies.feed(rest)
        else:
            events += replies.feed(chunk)
    return head, events


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


def test_a_command_is_one_line_with_every_argument_quoted() -> None:
    assert command(STREAM_FILE, "/sounds/greeting", "") == b'STREAM FILE "/sounds/greeting" ""\n'
    assert command(EXEC, "MSet", "A=1,B=2") == b'EXEC "MSet" "A=1,B=2"\n'


@pytest.mark.parametrize("name", ['"', '\\" ; rm', "a\nHANGUP", "a\r\nHANGUP\0", SIX_HUNDRED, "揭阳,张三|&^${SHELL(id)}", "\ud800"])
def test_a_hostile_text_stays_one_word_of_one_command(name: str) -> None:
    line = command(GET_DATA, name, "100", "1")
    assert line.count(b"\n") == 1
    assert len(words(line)) == 5
    assert re.sub(r"[\r\n\0]", " ", name).encode("utf-8", "replace").decode() == words(line)[2]


@given(st.sampled_from(sorted(VERBS)), st.lists(st.text(max_size=300), max_size=200))
def test_whatever_is_said_is_one_line_of_at_most_128_words_that_reads_back(verb: str, arguments: list[str]) -> None:
    try:
        line = command(verb, *arguments)
    except OurMistake:
        assert len(verb.split()) + len(arguments) > MOST_WORDS or sum(len(argument) for argument in arguments) > 1000
        return
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert len(line) <= MOST_COMMAND_BYTES + 1
    assert len(words(line)) <= 128
    assert words(line) == [*verb.split(), *(re.sub(r"[\r\n\0]", " ", argument) for argument in arguments)]


def test_a_command_that_would_kill_asterisk_is_never_said() -> None:
    command(EXEC, *["a"] * (MOST_WORDS - 1))
    with pytest.raises(OurMistake, match="128 words"):
        command(EXEC, *["a"] * MOST_WORDS)


def test_a_command_whose_tail_asterisk_would_run_is_never_said() -> None:
    longest = MOST_COMMAND_BYTES - len('EXEC ""')
    assert len(command(EXEC, "a" * longest)) == MOST_COMMAND_BYTES + 1
    with pytest.raises(OurMistake, match="second command"):
        command(EXEC, "a" * (longest + 1))


def test_nobody_can_say_get_variable_because_its_names_run_shells() -> None:
    with pytest.raises(OurMistake, match="GET VARIABLE"):
        command("GET VARIABLE", "SHELL(id)")


# ── the head ─────────────────────────────────────────────────────────────────────────────────────


def test_a_head_names_the_flow_without_its_query_and_keeps_empty_arguments() -> None:
    head, events = read_all(HEAD.replace(b"welcome", b"welcome?x=1") + b"200 result=0\n", [])
    assert head == Head(flow="welcome", arguments=("hl1-1.2", ""))
    assert events == [Reply(code=OK, result="0")]


@pytest.mark.parametrize("dialogue", dialogues("wire") + dialogues("visit"), ids=lambda dialogue: dialogue.name)
def test_every_recorded_head_is_read_whole(dialogue: Dialogue) -> None:
    head, events = read_all(dialogue.heard, [])
    assert isinstance(head, Head)
    assert head.arguments[1:4] == ("12345", "19900001234", "telecom")
    assert not any(isinstance(event, Garbled) for event in events)


def test_a_name_with_an_empty_line_neither_ends_the_head_nor_changes_the_arguments() -> None:
    name = b"x\n\nagi_arg_1: forged\nagi_network_script: evil\n200 result=1\nHANGUP\n, \xe6\x8f\xad\xff"
    head, events = read_all(HEAD.replace(b"agi_calleridname: unknown", b"agi_arg_2: forged\nagi_calleridname: " + name), [])
    assert isinstance(head, Head)
    assert head.arguments == ("hl1-1.2", "")
    assert events == []


def test_a_name_that_forges_a_whole_head_is_found_out_by_the_lines_behind_it() -> None:
    _, events = read_all(HEAD.replace(b"unknown", b"x\nagi_threadid: 1\nagi_arg_1: forged\n\n"), [])
    assert events == [Garbled(reason="lines of a head behind the head")]


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"GET / HTTP/1.1\r\n", "garbage"),
        (b"\n\n", "garbage"),
        (b"\xff\xfe", "garbage"),
        (b"agi_network: yes\n" + b"a" * MOST_HEAD_BYTES, "bytes"),
        (b"agi_network: yes\n" * 101, "lines"),
    ],
)
def test_what_is_no_head_is_refused_with_a_reason(head: bytes, reason: str) -> None:
    with pytest.raises(MalformedInput, match=reason):
        HeadReader().feed(head)


@given(st.binary(max_size=200), st.lists(st.integers(min_value=0), max_size=5))
def test_garbage_gives_the_same_answer_in_whatever_chunks(garbage: bytes, cuts: list[int]) -> None:
    assert read_all(garbage, cuts) == read_all(garbage, [])
    assert read_all(b"agi_" + garbage, cuts) == read_all(b"agi_" + garbage, [])


# ── replies ──────────────────────────────────────────────────────────────────────────────────────


def replies(text: bytes) -> list[Event]:
    return ReplyReader().feed(text)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("200 result=0", Reply(code=OK, result="0")),
        ("200 result=-1 endpos=0", Reply(code=OK, result="-1")),
        ("200 result=49 endpos=4960", Reply(code=OK, result="49", endpos=4960)),
        ("200 result=", Reply(code=OK, result="")),
        ("200 result= (timeout)", Reply(code=OK, result="", note="timeout")),
        ("200 result=12 (timeout)", Reply(code=OK, result="12", note="timeout")),
        ("200 result=1 ()", Reply(code=OK, result="1", note="")),
        ("200 result=1 (a) b) (c)", Reply(code=OK, result="1", note="a) b) (c")),
        ("200 result=1 (a\nb\n\nc)", Reply(code=OK, result="1", note="a\nb\n\nc")),
        ("200 result=1 (a\nHANGUP\n200 result=5\n)", Reply(code=OK, result="1", note="a\nHANGUP\n200 result=5\n")),
        ("200 result=1 (hangup)", Reply(code=OK, result="1", note="hangup")),
        ("200 result=1 (x) endpos=7", Reply(code=OK, result="1", note="x", endpos=7)),
        ("200 result=0 something new", Reply(code=OK, result="0")),
        ("510 Invalid or unknown command", Reply(code=UNKNOWN_COMMAND, text="Invalid or unknown command")),
        ("511 Command Not Permitted on a dead channel", Reply(code=DEAD_CHANNEL, text="Command Not Permitted on a dead channel")),
        ("520 Invalid command syntax.", Reply(code=BAD_USAGE, text="Invalid command syntax.")),
    ],
)
def test_one_reply_is_one_reply_and_the_next_one_is_in_step(text: str, reply: Reply) -> None:
    assert replies(f"{text}\n200 result=9\n".encode()) == [reply, Reply(code=OK, result="9")]


def test_a_usage_text_of_many_lines_is_one_reply() -> None:
    usage = "520-Invalid command syntax.  Proper usage follows:\nHANGUP\n200 result=1\n520 End of proper usage.\n"
    first, second = replies(f"{usage}200 result=9\n".encode())
    assert isinstance(first, Reply)
    assert first.code == BAD_USAGE
    assert "Proper usage follows:\nHANGUP" in first.text
    assert second == Reply(code=OK, result="9")


def test_a_hang_up_is_never_a_reply() -> None:
    notice, zero = HangupNotice(), Reply(code=OK, result="0")
    assert replies(b"HANGUP\n200 result=0\n") == [notice, zero]
    assert replies(b"200 result=0\nHANGUP\nHANGUP\n") == [zero, notice, notice]


def test_the_rest_of_a_value_that_looked_complete_is_dropped() -> None:
    reader = ReplyReader()
    assert reader.feed(b"200 result=1 (a)\nb)\n100 Trying...\n200 result=9\n") == [
        Reply(code=OK, result="1", note="a"),
        Reply(code=OK, result="9"),
    ]
    assert reader.strays == 1


@pytest.mark.parametrize("text", [b"a" * (MOST_REPLY_BYTES + 1), b"200 result=1 (" + b"a\n" * MOST_REPLY_BYTES])
def test_a_reply_without_end_breaks_the_line_once(text: bytes) -> None:
    reader = ReplyReader()
    first = reader.feed(text)
    assert len(first) == 1
    assert isinstance(first[0], Garbled)
    assert reader.feed(b"200 result=0\n") == []


@pytest.mark.parametrize("dialogue", dialogues("wire") + dialogues("visit"), ids=lambda dialogue: dialogue.name)
def test_a_recorded_dialogue_has_a_reply_for_each_command_until_the_hang_up(dialogue: Dialogue) -> None:
    _, events = read_all(dialogue.heard, [])
    answers = [event for event in events if isinstance(event, Reply)]
    hung_up = any(isinstance(event, HangupNotice) for event in events)
    assert len(answers) == len(dialogue.said) or (hung_up and len(answers) >= len(dialogue.said) - 1)


@pytest.mark.parametrize("dialogue", dialogues("wire") + dialogues("visit"), ids=lambda dialogue: dialogue.name)
@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_recorded_dialogue_reads_the_same_in_chunks(dialogue: Dialogue, size: int) -> None:
    assert read_all(dialogue.heard, list(range(0, len(dialogue.heard), size))) == read_all(dialogue.heard, [])


LINES = st.sampled_from(
    b"200 result=0|200 result=1 (a|b)|HANGUP|511 dead|520-usage|520 End|100 Trying||\xff\xfe(|agi_x: y|200 result=1 (a) endpos=1".split(
        b"|"
    )
)


@given(st.lists(st.one_of(LINES, st.binary(max_size=40)), max_size=12), st.lists(st.integers(min_value=0), max_size=6))
def test_replies_read_the_same_in_whatever_chunks_and_never_raise(lines: list[bytes], cuts: list[int]) -> None:
    text, reader = b"\n".join(lines) + b"\n", ReplyReader()
    assert [event for chunk in chunked(text, cuts) for event in reader.feed(chunk)] == replies(text)
