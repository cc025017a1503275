"""Who acts."""

import pytest

from hotline.access import SYSTEM, Actor, NotAllowed, Role
from hotline.errors import HotlineError, MalformedInput


def test_an_actor_has_one_of_the_roles_that_are_asked_for() -> None:
    actor = Actor(id="p-1001", roles=frozenset({Role.AGENT, Role.CALLBACK_STAFF}))

    assert actor.has(Role.OFFICE, Role.AGENT)
    assert not actor.has(Role.OFFICE)
    assert not actor.has()


@pytest.mark.parametrize("made_up", ["", "p-1001 or 1=1", "p-张三", "-1", "p-" + "9" * 80])
def test_an_id_is_safe_in_a_log_line(made_up: str) -> None:
    with pytest.raises(MalformedInput):
        Actor(id=made_up, roles=frozenset())


@pytest.mark.parametrize("level", [-1, 4])
def test_a_secrecy_level_is_one_of_four(level: int) -> None:
    with pytest.raises(MalformedInput):
        Actor(id="p-1001", roles=frozenset(), cleared=level)


def test_the_clock_is_nobody_else() -> None:
    assert SYSTEM.roles == {Role.CLOCK}


def test_a_refusal_carries_its_article_and_its_words() -> None:
    refused = NotAllowed("承办人不能指定承办单位；请由市政管办办理", article="12")

    assert isinstance(refused, HotlineError)
    assert (refused.article, str(refused)) == ("12", refused.words)
