import dataclasses
import json
from typing import get_args, get_type_hints

import pytest

from hotline.call_facts import KINDS, AgentJoined, CallFact

PLAIN = {str, int, float, bool}


def test_every_fact_has_a_kind_of_its_own() -> None:
    assert len(KINDS) == len(CallFact.__subclasses__())
    assert KINDS["agent_joined"] is AgentJoined


@pytest.mark.parametrize("fact", KINDS.values(), ids=lambda fact: str(fact.kind))
def test_a_fact_is_flat_so_that_a_journal_line_is_plain_json(fact: type[CallFact]) -> None:
    hints = get_type_hints(fact)
    for field in dataclasses.fields(fact):
        hint = hints[field.name]
        assert hint in PLAIN or get_args(hint) == (str, ...), f"{fact.__name__}.{field.name} is {hint}"


def test_a_fact_cannot_be_changed_and_is_told_by_name() -> None:
    joined = AgentJoined(agent="1001", leg="leg-1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        joined.agent = "1002"  # type: ignore[misc]
    assert json.loads(json.dumps(dataclasses.asdict(joined))) == {"agent": "1001", "leg": "leg-1"}
