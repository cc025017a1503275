"""What was asked for, who was called and who accepted, and what the lifeline did."""

from datetime import UTC, datetime, timedelta

from hotline import call_facts as facts
from hotline.call_facts import CallFact
from records.emergency import emergencies, lifelines, once, origin, source_of, words
from records.journal import JournalLine
from records.model import Emergency

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)

ASKED = facts.EmergencyAsked(how="key")
AGENT_ASKED = facts.EmergencyAsked(how="agent", service="110")
UNREACHED = facts.EmergencyUnreached(service="110")
BROUGHT_IN = facts.ThreeWayBegan(service="110", agent="1001")


def dialled(attempt: int = 1, service: str = "110", trunk: str = "telecom") -> CallFact:
    return facts.EmergencyDialled(service=service, trunk=trunk, attempt=attempt)


def answered(attempt: int = 1, service: str = "110") -> CallFact:
    return facts.EmergencyAnswered(service=service, trunk="telecom", attempt=attempt)


def ended(attempt: int = 1, outcome: str = "talked", cause: int = 16) -> CallFact:
    return facts.EmergencyOver(service="110", trunk="telecom", attempt=attempt, outcome=outcome, cause=cause)


def left(who: str) -> CallFact:
    return facts.ThreeWayLeft(who=who)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def told(*said: CallFact, over: bool = True) -> tuple[Emergency, ...]:
    """One second between two facts."""
    return emergencies([(at(second), fact) for second, fact in enumerate(said)], over=over)


def accepted(*said: CallFact, over: bool = True) -> list[str]:
    return [each.accepted_by for each in told(*said, over=over)]


# ── who was called ───────────────────────────────────────────────────────────────────────────────


def test_the_key_and_the_service_a_moment_later_are_one_request() -> None:
    [one] = told(ASKED, facts.EmergencyAsked(how="key", service="110"), dialled())
    assert (one.service, one.how, one.asked) == ("110", "key", at(0))


def test_the_service_may_be_told_by_the_call_alone() -> None:
    assert [each.service for each in told(ASKED, dialled())] == ["110"]


def test_each_target_is_an_attempt_with_its_times_and_its_outcome() -> None:
    [one] = told(ASKED, dialled(1), ended(1, "busy", 17), dialled(2, trunk="mobile"), answered(2), ended(2))
    first, second = one.attempts
    assert (first.trunk, first.began, first.answered, first.ended) == ("telecom", at(1), None, at(2))
    assert (first.outcome, first.cause) == ("busy", 17)
    assert (second.trunk, second.answered, second.ended, second.outcome) == ("mobile", at(4), at(5), "talked")


def test_a_list_that_begins_anew_is_another_emergency() -> None:
    assert [len(each.attempts) for each in told(ASKED, dialled(1), ended(1), dialled(1), ended(1))] == [1, 1]
    assert [each.service for each in told(ASKED, dialled(), ended(), ASKED, dialled(service="120"))] == ["110", "120"]


def test_what_was_lost_before_does_not_matter() -> None:
    [one] = told(answered(3))
    assert (one.service, one.how, one.attempts[0].attempt, one.attempts[0].answered) == ("110", "", 3, at(0))
    assert told(UNREACHED)[0].unreached
    assert told(left("agent")) == ()


# ── who accepted ─────────────────────────────────────────────────────────────────────────────────


def test_a_centre_that_talked_with_him_has_accepted() -> None:
    assert accepted(ASKED, dialled(), answered(), ended()) == ["110"]
    assert accepted(ASKED, dialled(), answered()) == ["110"]


def test_while_they_talk_nothing_is_decided() -> None:
    assert accepted(ASKED, dialled(), answered(), over=False) == [""]


def test_a_centre_whose_line_broke_off_has_not_accepted() -> None:
    assert accepted(ASKED, dialled(), answered(), ended(1, "lost", 38), UNREACHED) == ["us"]


def test_whom_nobody_reached_stays_with_us() -> None:
    assert accepted(ASKED, dialled(), ended(1, "busy"), UNREACHED, over=False) == ["us"]
    assert accepted(ASKED) == ["us"]


def test_in_a_three_way_call_the_service_accepts_when_the_agent_leaves_first() -> None:
    assert accepted(BROUGHT_IN, AGENT_ASKED, dialled(), answered(), left("agent"), left("citizen")) == ["110"]
    assert accepted(AGENT_ASKED, BROUGHT_IN, dialled(), answered(), left("agent"), over=False) == ["110"]


def test_in_a_three_way_call_we_keep_it_when_the_service_or_the_citizen_leaves_first() -> None:
    assert accepted(BROUGHT_IN, dialled(), answered(), left("service"), left("agent")) == ["us"]
    assert accepted(BROUGHT_IN, dialled(), answered(), left("citizen"), left("agent")) == ["us"]


def test_a_service_that_never_answered_accepts_nothing_when_the_agent_leaves() -> None:
    assert accepted(BROUGHT_IN, dialled(), left("agent"), left("citizen")) == ["us"]


def test_an_agent_who_brings_the_service_in_later_makes_another_emergency() -> None:
    first, second = told(ASKED, dialled(), ended(1, "busy"), UNREACHED, BROUGHT_IN, dialled(), answered(), left("agent"))
    assert (first.how, first.unreached, first.three_way, second.how) == ("key", True, None, "agent")
    assert second.three_way is not None
    assert (second.three_way.agent, second.three_way.agent_left, second.accepted_by) == ("1001", at(7), "110")


# ── one step, told by several ────────────────────────────────────────────────────────────────────


def line(second: float, writer: str, fact: CallFact) -> JournalLine:
    return JournalLine(writer=writer, seq=int(second * 1000), call="c", at=at(second), kind=fact.kind, fact=fact, fields={})


def test_what_routing_the_note_taker_and_the_switch_tell_of_one_step_counts_once() -> None:
    entered = facts.LifelineEntered(why="died")
    lines = [line(0.0, "cel-1", entered), line(0.2, "routing-a", entered), line(1.5, "note-x", entered)]
    assert once(lines) == lines[:1]


def test_what_one_of_them_tells_twice_happened_twice() -> None:
    lines = [line(second, writer, ASKED) for second in (0.0, 2.0) for writer in ("cel-1", "routing-a")]
    assert [each.writer for each in once(lines)] == ["cel-1", "cel-1"]
    assert len(once([line(0.0, "routing-a", ASKED), line(1.0, "routing-b", ASKED)])) == 2


def test_the_same_words_much_later_are_another_step() -> None:
    assert len(once([line(0.0, "routing-a", ASKED), line(9.0, "cel-1", ASKED)])) == 2


def test_visits_are_never_taken_for_echoes() -> None:
    began = facts.VisitBegan(flow="welcome")
    assert len(once([line(0.0, "agi-a", began), line(0.1, "agi-b", began)])) == 2


def test_a_writer_is_known_by_its_name_before_the_number() -> None:
    assert source_of("routing-5f2c") == "routing"


# ── the lifeline, origin, words ──────────────────────────────────────────────────────────────────


def test_the_lifeline_tells_why_who_answered_and_how_it_ended() -> None:
    said = (facts.LifelineEntered(why="died"), facts.LifelineAnswered(agent="1001"), facts.LifelineOver(outcome="talked"))
    [one] = lifelines([(at(second), fact) for second, fact in enumerate(said)])
    assert (one.why, one.entered, one.agent, one.answered, one.over, one.ended) == ("died", at(0), "1001", at(1), "talked", at(2))


def test_the_lifeline_may_come_twice_and_half_of_it_may_be_lost() -> None:
    said = (facts.LifelineOver(outcome="nobody"), facts.LifelineEntered(why="frozen"), facts.LifelineEntered(why="no_router"))
    found = lifelines([(at(second), fact) for second, fact in enumerate((*said, facts.LifelineAnswered(agent="1001")))])
    assert [(each.why, each.over, each.agent) for each in found] == [("", "nobody", ""), ("frozen", "", ""), ("no_router", "", "1001")]


def test_who_was_handed_in_is_told_with_the_case_number_of_the_centre() -> None:
    found = origin([(at(0), facts.HandedIn(service="110", case="A-7"))])
    assert found is not None
    assert (found.service, found.case) == ("110", "A-7")
    assert origin([]) is None


def test_a_spotted_word_leaves_its_service_and_its_moment() -> None:
    assert [(each.at, each.service) for each in words([(at(3), facts.WordSpotted(service="119"))])] == [(at(3), "119")]
