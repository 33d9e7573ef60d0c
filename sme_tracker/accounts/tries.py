"""Wrong passwords: counted before a password is looked at, by account and address, by address, and by account."""

import hmac
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import BoundedSemaphore

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import WrongTries
from sme_tracker.accounts.queries import folded

ANY = ""
A_DAY = timedelta(days=1)
MOST_DOUBLINGS = 10
SLOWED_BY_S = 1.0
_WAITING = BoundedSemaphore(2)
NETWORK_OF_ONE = 64
"""So many bits of an IPv6 address belong to one subscriber, who chooses the rest at will."""


@dataclass(frozen=True, slots=True)
class Limits:
    """After how many wrong tries an account is locked for an address, an address for all, an account slowed for all.

    `lock` is how long the first lock lasts; each further one lasts twice as long, up to a day.
    """

    pair: int
    address: int
    account: int
    lock: timedelta

    @property
    def longest_lock(self) -> timedelta:
        """A lock never lasts longer."""
        return max(A_DAY, self.lock)


@dataclass(frozen=True, slots=True)
class Counted:
    """Whether the password may be looked at, and whether the answer has to wait."""

    is_open: bool
    is_slow: bool


@dataclass(frozen=True, slots=True)
class Locked:
    """An address that is locked, for one account or for all, and until when."""

    address: str
    until: datetime


def count(session: Session, at: datetime, name: str, address: str | None, limits: Limits) -> Counted:
    """Count a try as wrong before its password is looked at, so that tries in parallel cannot outrun a lock.

    The last try before a lock is still looked at; if it is right, `take_back` lifts the lock again. While a lock holds
    nothing is looked at and nothing counted. Writers take turns, so that no two read the same number.
    """
    pair, host, account = _rows(session, at, name, address, limits)
    if not any(row.locked_until and row.locked_until > at for row in (pair, host)):
        _count(pair, at, limits.pair, limits)
        _count(host, at, limits.address, limits)
        account.failures += 1
        session.add_all((pair, host, account))
        session.flush()
        return Counted(is_open=True, is_slow=account.failures > limits.account)
    return Counted(is_open=False, is_slow=account.failures >= limits.account)


def take_back(session: Session, at: datetime, name: str, address: str | None, limits: Limits) -> None:
    """The password was right: that try was none of the wrong ones, and the account begins anew at this address."""
    pair, host, account = _rows(session, at, name, address, limits)
    pair.failures, pair.locked_until = 0, None
    if host.failures and host.failures % max(limits.address, 1) == 0:
        host.locked_until, host.since = None, at
    for row in (host, account):
        row.failures = max(row.failures - 1, 0)
    session.flush()


def forgive(session: Session, name: str) -> None:
    """Forget what was tried on an account; locks of whole addresses stay."""
    session.execute(delete(WrongTries).where(WrongTries.name_mark == mark(session, name)))


def forget(session: Session, at: datetime) -> None:
    """Delete what was counted more than a day ago."""
    session.execute(delete(WrongTries).where(WrongTries.since < at - A_DAY))


def locks(session: Session, at: datetime) -> Mapping[str, Sequence[Locked]]:
    """What is locked now, by the mark of the account; under ANY the addresses that are locked for all accounts."""
    found: dict[str, list[Locked]] = defaultdict(list)
    for row in session.scalars(select(WrongTries).where(WrongTries.locked_until > at).order_by(WrongTries.address)):
        if row.locked_until:
            found[row.name_mark].append(Locked(row.address, row.locked_until))
    return found


def mark(session: Session, name: str) -> str:
    """What is kept of a name that was typed: a hash under the key of the installation."""
    key: str = session.info["history_key"]
    return hmac.digest(key.encode(), f"account name {folded(name)}".encode("utf-8", "surrogatepass"), "sha256").hex()


def place(address: str | None) -> str:
    """Where somebody sits: the address, of IPv6 the network of one subscriber."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address or "")
    except ValueError:
        return (address or "?")[:64]
    if isinstance(found, IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or IPv6Network((int(found), NETWORK_OF_ONE), strict=False))


def slow_down() -> None:
    """Let an answer wait. No more than two wait at a time: wrong passwords must not hold the threads of the server."""
    if _WAITING.acquire(blocking=False):
        try:
            time.sleep(SLOWED_BY_S)
        finally:
            _WAITING.release()


def _rows(
    session: Session, at: datetime, name: str, address: str | None, limits: Limits
) -> tuple[WrongTries, WrongTries, WrongTries]:
    """What is counted of the account at the address, of the address, and of the account; begun anew where it is old."""
    marked, placed = mark(session, name), place(address)
    pair, host, account = (_row(session, at, *key, limits) for key in ((marked, placed), (ANY, placed), (marked, ANY)))
    return pair, host, account


def _row(session: Session, at: datetime, name_mark: str, address: str, limits: Limits) -> WrongTries:
    row = session.get(WrongTries, (name_mark, address))
    if row is None:
        return WrongTries(name_mark=name_mark, address=address, failures=0, since=at)
    if not at - A_DAY < row.since <= at + limits.longest_lock:  # a clock that was set back locks nobody out for long
        row.failures, row.since, row.locked_until = 0, at, None
    return row


def _count(row: WrongTries, at: datetime, limit: int, limits: Limits) -> None:
    row.failures += 1
    times, rest = divmod(row.failures, max(limit, 1))
    if rest == 0:
        doubled = limits.lock * 2 ** min(times - 1, MOST_DOUBLINGS)
        row.locked_until = row.since = at + min(doubled, limits.longest_lock)
