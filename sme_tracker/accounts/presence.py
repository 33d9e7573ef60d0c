"""Who a session belongs to while it lasts, and that it is in use."""

from datetime import datetime, timedelta

from flask import request

from sme_tracker.accounts.queries import OpenSession, find_session
from sme_tracker.accounts.signing import note_seen
from sme_tracker.clock import utc_now
from sme_tracker.config import Config
from sme_tracker.db import if_free, transaction
from sme_tracker.rules.access import WITHHOLDABLE
from sme_tracker.web.pages import BY_ITSELF, current_session
from sme_tracker.web.principal import Principal

SHORT_WAIT_MS = 100


class Presence:
    """Tells who is there: a session that is in use never ends by the limit for those that are not."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._unnoted: dict[int, datetime] = {}
        """By session, the use that could not be noted because somebody else was writing."""

    def of(self, token: str) -> Principal | None:
        """Who the token belongs to, None once the session has been idle or has lasted too long."""
        now, found = utc_now(), find_session(current_session(), token)
        if found is None or not self._lasts(found, now):
            return None
        if BY_ITSELF not in request.args and now - found.seen_at > self._config.use_is_noted_every(found.role):
            self._note(found.session_id, now)
        return self._principal(found, now)

    def _lasts(self, found: OpenSession, now: datetime) -> bool:
        used_at = max(found.seen_at, self._unnoted.get(found.session_id, found.seen_at))
        return (
            now - used_at <= self._config.ends_after_idle(found.role)
            and now - found.created_at <= self._config.session_limit
        )

    def _note(self, session_id: int, now: datetime) -> None:
        session = current_session()
        self._unnoted[session_id] = now
        with if_free():
            with transaction(session, wait_ms=SHORT_WAIT_MS):
                note_seen(session, session_id, now)
            self._unnoted.pop(session_id, None)

    def _principal(self, found: OpenSession, now: datetime) -> Principal:
        return Principal(
            found.user_id,
            found.name,
            found.full_name,
            found.role,
            found.unit_id,
            found.language,
            now - found.password_set_at > timedelta(days=self._config.password_days),
            found.session_id,
            found.shortcuts_on,
            found.confirmed_at,
            found.slowed_until,
            WITHHOLDABLE if found.export_withheld else frozenset(),
        )
