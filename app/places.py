"""Where everything of one system lies under its own directory (docs/design.md §1), so that several stand side by side on a machine."""

from dataclasses import dataclass
from pathlib import Path

from hotline.errors import BadSettings

LONGEST_VAR = 71
"""A unix socket's path has at most 107 bytes (unix(7)); the longest of ours is 33 longer than the directory."""

PROJECT = Path(__file__).resolve().parent.parent
"""The checkout: where `python -m app.cli` works."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """The directory `var` and the names in it. Absolute from birth; raises `BadSettings` when sockets would not fit."""

    var: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "var", self.var.resolve())
        if len(str(self.var).encode()) > LONGEST_VAR:
            raise BadSettings(f"--var: {self.var}: 路径太长 longer than {LONGEST_VAR} bytes: sockets would not fit; take a shorter one")

    @property
    def secrets(self) -> Path:
        """Generated passwords, mode 0600."""
        return self.var / "secrets.toml"

    @property
    def run(self) -> Path:
        """Pid files, locks and sockets."""
        return self.var / "run"

    @property
    def log(self) -> Path:
        """NAME.log written by the process itself, NAME.out its bare output."""
        return self.var / "log"

    @property
    def asterisk_etc(self) -> Path:
        """The rendered Asterisk configuration."""
        return self.var / "asterisk" / "etc"

    @property
    def asterisk_log(self) -> Path:
        """Where Asterisk writes its own logs."""
        return self.var / "asterisk" / "log"

    @property
    def asterisk_conf(self) -> Path:
        """What `asterisk -C` is given."""
        return self.asterisk_etc / "asterisk.conf"

    @property
    def line(self) -> Path:
        """The book of menus (app/line_book.py)."""
        return self.var / "line"

    @property
    def redis_socket(self) -> Path:
        """The live state's only door."""
        return self.run / "redis.sock"

    @property
    def supervisor_socket(self) -> Path:
        """One JSON line asked, one answered (app/control.py)."""
        return self.run / "supervisor.sock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the one supervisor of this directory as long as he lives."""
        return self.run / "supervisor.lock"

    @property
    def journal(self) -> Path:
        """open/, closed/, kept/, late/."""
        return self.var / "journal"

    def pid_file(self, name: str) -> Path:
        """Who runs under this name (app/pidfile.py)."""
        return self.run / f"{name}.pid"

    def alive_file(self, name: str) -> Path:
        """Touched every second by a process of ours whose event loop turns."""
        return self.run / f"{name}.alive"

    def make(self) -> None:
        """Create what is missing, for this user's eyes only (0700): recordings and journals are citizens' words."""
        inner = ("lib", "spool", "run", "log", "db", "etc")
        wanted = [
            self.var,
            self.run,
            self.log,
            self.journal,
            self.var / "asterisk",
            self.var / "spool",
            *(self.var / "asterisk" / part for part in inner),
        ]
        wanted += [
            self.var / part
            for part in ("spool/recording", "recordings", "db", "journal/open", "journal/closed", "journal/kept", "journal/late")
        ]
        for place in wanted:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.chmod(0o700)
