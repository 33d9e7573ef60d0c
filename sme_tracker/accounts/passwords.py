"""Hashing passwords: argon2id with sane memory, never more than four at once."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = BoundedSemaphore(4)
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
NOBODY = _HASHER.hash("checked when there is no such account, so that the answer takes as long")


def hashed(password: str) -> str:
    """The hash to store, with its parameters inside."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)
