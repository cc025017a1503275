"""[intake]: who may hand in written messages, and which other systems may tell what became of a ticket."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]


class Intake(BaseModel):
    """受理渠道. Each gateway and system has a secret of its own in var/secrets.toml (intake_secrets); without one it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sms_gateways: tuple[Name, ...] = Field(default=(), max_length=20, description="短信网关: they post inbound SMS to /api/v1/intake/sms")
    outside_systems: tuple[Name, ...] = Field(
        default=(), max_length=20, description="外部系统: they post the status of tickets to /api/v1/webhooks/status"
    )
    wechat_app_id: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$", description="公众号 AppID; empty: no WeChat")
    wechat_safe_mode: bool = Field(default=True, description="安全模式: what is posted in the clear is refused then")

    @property
    def signers(self) -> tuple[str, ...]:
        """Everybody who signs what he posts."""
        return tuple(dict.fromkeys((*self.sms_gateways, *self.outside_systems)))
