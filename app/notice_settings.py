"""[notices]: how staff, leaders and citizens are told by SMS."""

from pydantic import BaseModel, ConfigDict, Field

_PHONE = r"^[0-9]{0,20}$"


class Notices(BaseModel):
    """通知. Without `url` nothing is sent: every text is kept in var/notices and can be read there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(default="", pattern=r"^(https?://\S+)?$", description="the SMS gateway; its secret is sms_secret in var/secrets.toml")
    asks: bool = Field(default=False, description="true: the gateway knows no idempotency keys, but can be asked for one (GET URL?key=…)")
    texts: str = Field(default="jieyang-2015", pattern=r"^[a-z][a-z0-9-]{0,31}$", description="which catalogue of config/notices")
    office_phone: str = Field(default="", pattern=_PHONE, description="市政管办 duty telephone")
    inspection_phone: str = Field(default="", pattern=_PHONE, description="市监察局 duty telephone")
