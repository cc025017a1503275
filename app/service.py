"""`scripts/up --service`: start at boot. A systemd unit where systemd runs, else a line for crontab, said plainly."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from app.places import PROJECT, Places

UNIT = "hotline-12345.service"
_LINGER = "loginctl enable-linger   # 未登录时也运行 runs without a login, too"


@dataclass(frozen=True, kw_only=True)
class Service:
    """What to write where, and what the operator does next."""

    path: Path | None
    text: str
    advice: str


def unit_text(*, command: str, environment: dict[str, str], target: str) -> str:
    """The unit. KillMode=process: a killed supervisor leaves calls alive; systemctl stop is an ordered stop by SIGTERM."""
    variables = "".join(f'Environment="{key}={value}"\n' for key, value in environment.items())
    return f"""# Written by scripts/up --service.
[Unit]
Description=12345 政务服务便民热线 (citizen hotline)
Wants=network-online.target
After=network-online.target

[Service]
Type=simple
WorkingDirectory={PROJECT}
{variables}ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=process
Restart=always
RestartSec=2
TimeoutStopSec=90
LimitNOFILE=65536

[Install]
WantedBy={target}
"""


def service(*, config: Path, places: Places, home: Path, root: bool, systemd: bool) -> Service:
    """What fits this machine. `root`: a system unit, else a user unit under `home`."""
    words = [str(PROJECT / "scripts" / "up"), "--config", str(config), "--var", str(places.var)]
    command = shlex.join([*words, "--foreground"])
    environment = {key: os.environ[key] for key in ("HOTLINE_RUNTIME",) if os.environ.get(key)}
    if not systemd:
        return _crontab(shlex.join(words), environment)
    if root:
        path = Path("/etc/systemd/system") / UNIT
        advice = f"systemctl daemon-reload && systemctl enable --now {UNIT}"
        return Service(path=path, text=unit_text(command=command, environment=environment, target="multi-user.target"), advice=advice)
    path = home / ".config" / "systemd" / "user" / UNIT
    advice = f"systemctl --user daemon-reload && systemctl --user enable --now {UNIT}\n{_LINGER}"
    return Service(path=path, text=unit_text(command=command, environment=environment, target="default.target"), advice=advice)


def _crontab(command: str, environment: dict[str, str]) -> Service:
    variables = "".join(f"{key}={shlex.quote(value)} " for key, value in environment.items())
    line = f"@reboot {variables}{command}"
    advice = f"本机没有 systemd，未安装服务。请运行 crontab -e 并加入 no systemd here, nothing was installed; add with crontab -e:\n{line}"
    return Service(path=None, text=line, advice=advice)


def install(chosen: Service) -> str:
    """Write the unit and return what to do next."""
    if chosen.path is None:
        return chosen.advice
    chosen.path.parent.mkdir(parents=True, exist_ok=True)
    chosen.path.write_text(chosen.text, encoding="utf-8")
    return f"已写入 written: {chosen.path}\n请运行 now run:\n{chosen.advice}"
