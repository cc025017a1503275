"""Who may hand in messages, and the secrets that are made for them."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.intake_settings import Intake
from app.secrets_file import ensure_secrets
from app.settings import Settings
from console.wechat import SafeMode


def test_nobody_may_hand_in_anything_until_he_is_named() -> None:
    assert Intake().signers == ()
    assert Intake(sms_gateways=("mas",), outside_systems=("city", "mas")).signers == ("mas", "city")


@pytest.mark.parametrize("wrong", [{"sms_gateways": ["A b"]}, {"wechat_app_id": "wx 1"}, {"more": 1}])
def test_what_is_no_name_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Intake.model_validate(wrong)


def test_each_gateway_and_wechat_get_secrets_that_stay_the_same(tmp_path: Path) -> None:
    settings = Settings(intake=Intake(sms_gateways=("mas",), outside_systems=("city",), wechat_app_id="wx0123456789abcdef"))
    made = ensure_secrets(settings, tmp_path / "secrets.toml")
    assert set(made.intake_secrets) == {"mas", "city"}
    assert len({secret.get_secret_value() for secret in made.intake_secrets.values()}) == 2
    token = made.wechat_token.get_secret_value()
    assert 3 <= len(token) <= 32
    assert token.isalnum()
    SafeMode(token=token, app_id=settings.intake.wechat_app_id, aes_key=made.wechat_aes_key.get_secret_value())
    assert ensure_secrets(settings, tmp_path / "secrets.toml") == made


def test_without_wechat_there_is_no_token_that_could_be_guessed(tmp_path: Path) -> None:
    assert ensure_secrets(Settings(), tmp_path / "secrets.toml").wechat_token.get_secret_value() == ""
