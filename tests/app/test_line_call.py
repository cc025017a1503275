"""拨测: an agent's phone rings and hears a draft."""

import asyncio
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from agi.ami_guard import checked
from app.line_book import LineBook
from app.line_call import originate, phone_of, try_call
from app.settings import Agent, Asterisk, Secrets, Settings
from hotline.errors import LinkLost, MalformedInput
from tests.live.ports import free_port

SETTINGS = Settings(agents=(Agent(id="1001", name="坐席1001"),))
SECRETS = Secrets(ami_password=SecretStr("x" * 24))


def test_the_phone_that_answers_becomes_a_caller_on_the_draft() -> None:
    action = originate(phone=phone_of("1001", SETTINGS), number="12345", draft="draft-2026.2-0a1b2c3d")
    assert (action["Channel"], action["Context"], action["Exten"]) == ("PJSIP/1001", "from-phones", "12345")
    assert "HL_VALUES=plan=draft-2026.2-0a1b2c3d" in action["Variable"]
    checked(action)


@pytest.mark.parametrize("agent", ["1009", "", "1001/x", "sip:evil"])
def test_nobody_but_an_agent_is_rung(agent: str) -> None:
    with pytest.raises(MalformedInput, match=r"没有这个坐席.*1001"):
        phone_of(agent, SETTINGS)


def test_a_line_that_does_not_run_is_told_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.line_call.LINKED_WITHIN_S", 0.01)
    settings = SETTINGS.model_copy(update={"asterisk": Asterisk(ami_port=free_port(socket.SOCK_STREAM))})
    ringing = try_call("text", "1", agent="1001", number="12345", settings=settings, secrets=SECRETS, book=LineBook(tmp_path / "line"))
    with pytest.raises(LinkLost, match="scripts/up"):
        asyncio.run(ringing)
