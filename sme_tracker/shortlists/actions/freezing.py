"""Freezing a shortlist as its next version, and undoing that as long as nothing rests on it."""

from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.rules.bounds import BLANKS, need_reason
from sme_tracker.rules.canonical import seal
from sme_tracker.rules.findings import Finding, Refused, refuse
from sme_tracker.shortlists.actions.forwarding import bring_back, follow
from sme_tracker.shortlists.actions.keyed import of, told_of
from sme_tracker.shortlists.consequences import consequences
from sme_tracker.shortlists.draft import judged_draft
from sme_tracker.shortlists.models import ShortlistVersion, VersionUndone
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.undoing import built_on
from sme_tracker.shortlists.versions import content_of, recommended, versions_of


def freeze(session: Session, by: Author, key: ShortlistKey) -> ShortlistVersion:
    """Freeze the shortlist as its next version, and put forward whom it recommends.

    Only who was decided against is taken back from that day on, and nobody whom the round has recognised; a frozen
    version is never changed. Raises Refused when nothing changed since the last version that stands.
    """
    current, verdicts = judged_draft(session, key, local(by.at).date())
    content = content_of(current, verdicts)
    checksum, earlier = seal(content), versions_of(session, key)
    standing = [version for version in earlier if version.undone is None]
    if standing and checksum == standing[-1].checksum:
        raise Refused(Finding("shortlist.unchanged", {"number": standing[-1].number}))
    version = ShortlistVersion(
        **of(key),
        number=len(earlier) + 1,
        as_of=current.as_of,
        frozen_at=by.at,
        frozen_by_id=by.user_id,
        candidates=len(current.rows),
        recommended=len(recommended(content)),
        content=content,
        checksum=checksum,
    )
    session.add(version)
    session.flush()
    told = ("number", "candidates", "recommended", "checksum")
    changes: dict[str, tuple[object, object]] = {name: (None, getattr(version, name)) for name in told}
    record(session, by, [Entry("shortlist.freeze", str(key), version.id, changes=told_of(key) | changes)])
    follow(session, by, version, consequences(current))
    return version


def undo_freeze(session: Session, by: Author, version: ShortlistVersion, reason: str) -> None:
    """Undo that a version was frozen: who is put forward is again as it was; the version stays on record as undone.

    Raises Refused without a reason, and with everything that was built on the version.
    """
    need_reason(reason)
    refuse(built_on(session, version))
    key, why = ShortlistKey.of(version), reason.strip(BLANKS)
    session.add(VersionUndone(version_id=version.id, undone_at=by.at, undone_by_id=by.user_id, reason=why))
    session.flush()
    session.expire(version, ["undone"])
    changes: dict[str, tuple[object, object]] = {"number": (version.number, None), "reason": (None, why)}
    record(session, by, [Entry("shortlist.undo_freeze", str(key), version.id, changes=told_of(key) | changes)])
    bring_back(session, by, version, why)
