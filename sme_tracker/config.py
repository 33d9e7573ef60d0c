"""What the operator sets: read once from the environment, checked whole, then never changed."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from sme_tracker.rules.terms import Role

LEAST_KEY_LENGTH = 32
USE_IS_NOTED_EVERY = timedelta(minutes=1)
DATABASES = ("sqlite", "postgresql", "postgres")


class ConfigInvalid(Exception):
    """The settings cannot be used; `faults` lists every reason, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Config:
    """All settings of one running product; durations are timedeltas, sizes bytes."""

    data_folder: Path
    database_url: str
    secret_key: str = field(repr=False)
    history_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    trusted_hosts: tuple[str, ...] = ()
    https: bool = False
    proxies: int = 0
    upload_limit_bytes: int = 20 * 1024 * 1024
    idle_limit: timedelta = timedelta(minutes=30)
    administrator_idle_limit: timedelta = timedelta(minutes=15)
    session_limit: timedelta = timedelta(hours=10)
    failures_before_lock: int = 5
    lock_duration: timedelta = timedelta(minutes=15)
    address_failures_before_lock: int = 30
    failures_before_slowing: int = 50
    password_length: int = 10
    password_days: int = 90
    passwords_remembered: int = 5
    backup_within: timedelta = timedelta(hours=26)
    testing: bool = False

    def idle_limit_of(self, role: Role) -> timedelta:
        """After how long without use a session of the role ends."""
        return self.administrator_idle_limit if role is Role.ADMINISTRATOR else self.idle_limit

    def use_is_noted_every(self, role: Role) -> timedelta:
        """How long a session may have been in use since its use was last noted."""
        return min(USE_IS_NOTED_EVERY, self.idle_limit_of(role) / 4)

    def ends_after_idle(self, role: Role) -> timedelta:
        """How long ago use must have been noted for a session to end: the limit, and the use that is not noted."""
        return self.idle_limit_of(role) + self.use_is_noted_every(role)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the settings; raises ConfigInvalid naming everything that is wrong at once."""
        reader = _Reader(os.environ if environ is None else environ)
        config = reader.config()
        if reader.faults:
            raise ConfigInvalid(reader.faults)
        return config


class _Reader:
    """Collects settings and faults while reading the environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def config(self) -> Config:
        folder = Path(self.environ.get("SME_TRACKER_DATA", "instance")).absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        default_url = f"sqlite:///{folder / 'tracker.sqlite'}"
        if self.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
            self.faults.append(
                "FLASK_DEBUG：不得设置，本系统不以调试模式运行 · must not be set; the register never runs in debug mode"
            )
        return Config(
            data_folder=folder,
            database_url=self._database(self.environ.get("DATABASE_URL") or default_url),
            secret_key=self._key("SECRET_KEY", folder / "secret.key"),
            history_key=self._key("SME_TRACKER_HISTORY_KEY", folder / "history.key"),
            secret_key_fallbacks=tuple(self.environ.get("SECRET_KEY_FALLBACKS", "").split()),
            trusted_hosts=self._hosts(),
            https=self.environ.get("SME_TRACKER_HTTPS", "") == "1",
            proxies=self._whole("SME_TRACKER_PROXIES", 0),
            upload_limit_bytes=self._whole("SME_TRACKER_UPLOAD_MB", 20) * 1024 * 1024,
            idle_limit=timedelta(minutes=self._whole("SME_TRACKER_IDLE_MINUTES", 30)),
            administrator_idle_limit=timedelta(minutes=self._whole("SME_TRACKER_ADMIN_IDLE_MINUTES", 15)),
            session_limit=timedelta(hours=self._whole("SME_TRACKER_SESSION_HOURS", 10)),
            failures_before_lock=self._whole("SME_TRACKER_LOCK_AFTER", 5),
            lock_duration=timedelta(minutes=self._whole("SME_TRACKER_LOCK_MINUTES", 15)),
            address_failures_before_lock=self._whole("SME_TRACKER_LOCK_ADDRESS_AFTER", 30),
            failures_before_slowing=self._whole("SME_TRACKER_SLOW_AFTER", 50),
            password_length=self._whole("SME_TRACKER_PASSWORD_LENGTH", 10),
            password_days=self._whole("SME_TRACKER_PASSWORD_DAYS", 90),
            passwords_remembered=self._whole("SME_TRACKER_PASSWORDS_REMEMBERED", 5),
            backup_within=timedelta(hours=self._whole("SME_TRACKER_BACKUP_HOURS", 26)),
        )

    def _database(self, url: str) -> str:
        try:
            parsed = make_url(url)
            kind = parsed.get_backend_name()
        except (ArgumentError, ValueError):
            kind = ""
        if kind not in DATABASES:
            self.faults.append(
                "DATABASE_URL：不是 SQLite 或 PostgreSQL 数据库的地址"
                " · is not the address of an SQLite or PostgreSQL database"
            )
        elif kind == "sqlite" and _others_may_read(Path(parsed.database or "")):
            self.faults.append(_readable_by_others(Path(parsed.database or "")))
        return url

    def _hosts(self) -> tuple[str, ...]:
        hosts = tuple(self.environ.get("SME_TRACKER_HOSTS", "").split())
        for host in hosts:
            if "/" in host or urlsplit(f"//{host}").hostname is None:
                self.faults.append(f"SME_TRACKER_HOSTS：“{host}”不是主机名 · “{host}” is not a host name")
        return hosts

    def _whole(self, name: str, default: int) -> int:
        text = self.environ.get(name, str(default))
        if text.isdecimal():
            return int(text)
        self.faults.append(f"{name}：须为整数，现为“{text}” · must be a whole number, it is “{text}”")
        return default

    def _key(self, name: str, path: Path) -> str:
        key = self.environ.get(name) or self._key_file(path)
        if len(key) < LEAST_KEY_LENGTH:
            self.faults.append(
                f"{name}：至少须有 {LEAST_KEY_LENGTH} 个字符 · must have at least {LEAST_KEY_LENGTH} characters"
            )
        return key

    def _key_file(self, path: Path) -> str:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if os.name == "posix" and path.stat().st_mode & 0o077:
                self.faults.append(_readable_by_others(path))
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            key = secrets.token_hex(32)
            file.write(key)
        return key


def _others_may_read(path: Path) -> bool:
    return os.name == "posix" and path.is_file() and bool(path.stat().st_mode & 0o007)


def _readable_by_others(path: Path) -> str:
    return (
        f"{path}：其他账号可以读取此文件，请先运行 chmod 600 {path}"
        f" · other accounts may read this file; take their rights away first: chmod 600 {path}"
    )
