"""What an import needs to know beforehand: the enterprises its rows name, and the lists its words are looked up in."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.enterprises.models import Contact, Enterprise, EnterpriseName, Tally, YearlyFigure
from sme_tracker.history.facts import portions
from sme_tracker.imports.choices import choices_of
from sme_tracker.imports.fields import FileKind
from sme_tracker.imports.lists import Reading
from sme_tracker.imports.matching import register
from sme_tracker.imports.matching.known import (
    Known,
    KnownEnterprise,
    KnownTitle,
    Listed,
    Lists,
    Reach,
    Units,
    WordList,
)
from sme_tracker.imports.matching.match import Portion
from sme_tracker.imports.matching.verdict import Answers, Circumstances
from sme_tracker.imports.models import HeadingChoice, Import
from sme_tracker.imports.plan import FileContent
from sme_tracker.imports.rows import EnterpriseRow, RegisterRow
from sme_tracker.recognitions.models import Recognition
from sme_tracker.recognitions.queries import TitleHeld, titles_of
from sme_tracker.reference.models import Batch, Chain, Industry, ReportingUnit
from sme_tracker.rules.access import own_unit_only
from sme_tracker.rules.figures import FIGURES, YearlyFigures
from sme_tracker.rules.names import name_key
from sme_tracker.rules.terms import Level, RecognitionKind, Role, Source, Status, Title

_ENTERPRISE = Enterprise.metadata.tables["enterprise"]
_COLUMNS = [
    _ENTERPRISE.c[name] for name in ("id", "code", "name", "unit_id", "is_branch", "founded_on", "level", "status")
]
_PROFILE = [_ENTERPRISE.c[name] for name in register.COMPARED if name != "founded_on"]


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import with the name of whoever uploaded its file."""

    imported: Import
    uploaded_by: str | None


def reach_of(role: Role, unit_id: int | None) -> Reach:
    """Whose records an account reaches."""
    return Reach(unit_id, is_limited=True) if own_unit_only(role) else Reach()


def imports_seen_by(session: Session, reach: Reach, user_id: int, most: int) -> list[PastImport]:
    """The latest imports not discarded; who reaches one unit's records only sees their own."""
    wanted = _imports(reach, user_id).order_by(Import.id.desc()).limit(most)
    return [PastImport(imported, name) for imported, name in session.execute(wanted)]


def find_import(session: Session, reach: Reach, user_id: int, import_id: int) -> PastImport | None:
    """One such import, None if it is not there or not for these eyes."""
    found = session.execute(_imports(reach, user_id).where(Import.id == import_id)).first()
    return PastImport(found[0], found[1]) if found else None


def _imports(reach: Reach, user_id: int) -> Select[Import, str]:
    wanted = select(Import, User.full_name).outerjoin(User, User.id == Import.uploaded_by_id)
    wanted = wanted.where(Import.discarded_at.is_(None))
    return wanted.where(Import.uploaded_by_id == user_id) if reach.is_limited else wanted


def portions_of(
    session: Session, content: FileContent, reach: Reach, today: date, answers: Answers
) -> Iterator[Portion]:
    """The rows of a file in portions, each with what is known of its enterprises.

    The rows of a ledger and of yearly figures may speak of one another's enterprises, so what is known of them grows.
    """
    lists = lists_on(session, today)
    known = Known()
    for rows in portions(content.rows):
        if content.parts <= {FileKind.REGISTER}:
            known = Known()
        _learn(session, known, content.parts, rows, answers.enterprises)
        yield rows, Circumstances(known, lists, reach, today, answers)


def lists_on(session: Session, today: date) -> Lists:
    """The units, industries and chains in use on the day, with all the ways in which they are written, and batches."""
    industries = [
        Listed(industry.code, industry.name, (industry.code, industry.code[1:], industry.name, industry.name_en))
        for industry in session.scalars(select(Industry))
    ]
    chains = [
        Listed(chain.id, chain.name, (chain.code, chain.name, chain.name_en))
        for chain in session.scalars(select(Chain))
        if chain.is_open(today)
    ]
    batches = {
        (Title(batch.title), written): batch.published_on
        for batch in session.scalars(select(Batch).where(Batch.published_on.is_not(None)))
        for written in (batch.code, batch.name)
        if batch.published_on
    }
    return Lists(units_on(session, today), WordList(industries), WordList(chains), batches)


def units_on(session: Session, today: date) -> Units:
    """The units in use on the day, with all the ways in which they are written."""
    return Units(
        Listed(unit.id, unit.short_name, (unit.code, unit.name, unit.short_name, unit.name_en))
        for unit in session.scalars(select(ReportingUnit))
        if unit.is_open(today)
    )


def reading_of(
    session: Session,
    imported: Import | None,
    today: date,
    *,
    confirms: bool = False,
    user_id: int | None = None,
) -> Reading:
    """With what a file is read: headings its person once mapped, what was decided about this one, districts in use."""
    of_person = select(HeadingChoice).where(
        HeadingChoice.chosen_by_id == (imported.uploaded_by_id if imported else user_id)
    )
    remembered = {one.heading: one.choice for one in session.scalars(of_person)}
    own, answers = (imported.choices or {}, imported.answers or {}) if imported else ({}, {})
    places = units_on(session, today).places
    return Reading(
        choices=choices_of({**remembered, **own}),
        confirms=confirms,
        fixes={name: value for name, value in answers.items() if name.startswith("fix:")},
        hidden={name: value for name, value in answers.items() if name.startswith("hidden_")},
        printed=_printed(session).union(
            name.removeprefix("printed:") for name, value in answers.items() if value == "yes"
        ),
        titles={
            name.removeprefix("title:"): Title(value)
            for name, value in answers.items()
            if name.startswith("title:") and value in {one.value for one in Title}
        },
        is_district=lambda text: places.find(text) is not None,
    )


def _printed(session: Session) -> set[str]:
    """The codes on record that do not verify, as the licence prints them so."""
    return set(session.scalars(select(Enterprise.code).where(Enterprise.code_as_printed)))


def holders_by_notice(
    session: Session, reach: Reach, title: Title, batch: str | None, document_number: str | None, published_on: date
) -> Sequence[Row[int, str, str, date]]:
    """Who within reach is recorded with a title by the same batch, document or day: id, code, name, last day."""
    same = [Recognition.published_on == published_on]
    same += [Recognition.batch == batch] if batch else []
    same += [Recognition.document_number == document_number] if document_number else []
    wanted = (
        select(Enterprise.id, Enterprise.code, Enterprise.name, Recognition.valid_until)
        .join(Recognition, Recognition.enterprise_id == Enterprise.id)
        .where(Recognition.title == title.value, Recognition.in_force(), or_(*same))
        .order_by(Enterprise.name, Enterprise.id)
    )
    return session.execute(wanted.where(Enterprise.unit_id == reach.own_unit_id) if reach.is_limited else wanted).all()


def level_counts(session: Session, reach: Reach) -> dict[Level, int]:
    """How many enterprises within reach are counted at each level today."""
    counted = select(Tally.level, func.sum(Tally.enterprises)).where(Tally.status == Status.ACTIVE.value)
    if reach.is_limited:
        counted = counted.where(Tally.unit_id == reach.own_unit_id)
    found = {Level(level): int(number) for level, number in session.execute(counted.group_by(Tally.level))}
    return {level: found.get(level, 0) for level in Level if level}


def _learn(
    session: Session, known: Known, parts: set[FileKind], rows: Sequence[EnterpriseRow], chosen: Collection[str]
) -> None:
    """Take in what is recorded of the enterprises the rows name, by code or by name, and of those somebody chose."""
    codes = {row.code for row in rows if row.code}.union(chosen) - known.by_code.keys()
    names = {name_key(row.name) for row in rows if row.name}
    had = select(EnterpriseName.enterprise_id).where(
        EnterpriseName.name.in_({row.name for row in rows if row.name and not row.code}), EnterpriseName.in_force()
    )
    columns = [*_COLUMNS, *_PROFILE] if FileKind.REGISTER in parts else _COLUMNS
    named = or_(_ENTERPRISE.c.code.in_(codes), _ENTERPRISE.c.name_key.in_(names), _ENTERPRISE.c.id.in_(had))
    found = [row for row in session.execute(select(*columns).where(named)) if row.code not in known.by_code]
    former = _names(session, [row.id for row in found])
    for row in found:
        known.add(_enterprise(row, parts, frozenset(former.get(row.id, ()))))
    code_of = {row.id: row.code for row in found}
    if FileKind.LEDGER in parts:
        _learn_titles(session, known, code_of)
    if FileKind.FIGURES in parts:
        _learn_figures(session, known, code_of)
    if any(isinstance(row, RegisterRow) and row.contact_name for row in rows):
        _learn_contacts(session, known, code_of)


def _enterprise(row: Row[tuple[object, ...]], parts: set[FileKind], former_names: frozenset[str]) -> KnownEnterprise:
    profile = {name: getattr(row, name) for name in register.COMPARED} if FileKind.REGISTER in parts else {}
    return KnownEnterprise(
        id=row.id,
        code=row.code,
        name=row.name,
        unit_id=row.unit_id,
        is_branch=row.is_branch,
        founded_on=row.founded_on,
        profile=profile,
        former_names=former_names,
        level=Level(row.level),
        is_active=row.status == Status.ACTIVE.value,
        is_mistaken=row.status == Status.MISTAKEN.value,
    )


def _names(session: Session, enterprise_ids: Iterable[int]) -> dict[int, set[str]]:
    """Every name in force of the enterprises, for comparing."""
    facts = select(EnterpriseName.enterprise_id, EnterpriseName.name).where(
        EnterpriseName.enterprise_id.in_(list(enterprise_ids)), EnterpriseName.in_force()
    )
    names: dict[int, set[str]] = {}
    for which, name in session.execute(facts):
        names.setdefault(which, set()).add(name_key(name))
    return names


def _learn_figures(session: Session, known: Known, code_of: dict[int, str]) -> None:
    facts = select(YearlyFigure.__table__).where(YearlyFigure.enterprise_id.in_(list(code_of)), YearlyFigure.in_force())
    for row in session.execute(facts):
        source = Source(row.source)
        figures = YearlyFigures(row.fiscal_year, source, **{name: getattr(row, name) for name in FIGURES})
        known.figures[code_of[row.enterprise_id], row.fiscal_year, source] = figures


def _learn_contacts(session: Session, known: Known, code_of: dict[int, str]) -> None:
    people = select(Contact.enterprise_id, Contact.name, Contact.phone).where(
        Contact.enterprise_id.in_(list(code_of)), Contact.removed_at.is_(None)
    )
    for which, name, phone in session.execute(people):
        known.contacts.setdefault(code_of[which], {})[name] = phone


def _learn_titles(session: Session, known: Known, code_of: dict[int, str]) -> None:
    for which, titles in titles_of(session, list(code_of)).items():
        known.titles[code_of[which]] = [_title(title) for title in titles]


def _title(title: TitleHeld) -> KnownTitle:
    recorded = title.recognition
    return KnownTitle(
        id=recorded.id,
        title=title.title,
        kind=RecognitionKind(recorded.kind),
        published_on=recorded.published_on,
        valid_from=recorded.valid_from,
        valid_until=recorded.valid_until,
        batch=recorded.batch,
        document_number=recorded.document_number,
        certificate_number=recorded.certificate_number,
        reviews=title.held.reviews,
        revoked_on=title.held.revoked_on,
    )
