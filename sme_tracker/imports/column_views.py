"""The page on which somebody says where the columns of a file go."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.history.acting import author
from sme_tracker.imports.actions import ImportOver
from sme_tracker.imports.blueprint import bp
from sme_tracker.imports.choices import Choice, ChoiceInvalid, choice_of
from sme_tracker.imports.columns import State
from sme_tracker.imports.fields import FileKind
from sme_tracker.imports.headings import MONEY_UNITS
from sme_tracker.imports.mapped import Mapped
from sme_tracker.imports.pages import import_or_404, intake
from sme_tracker.imports.vocabulary import Meaning, Vocabulary
from sme_tracker.imports.words import reason
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import LINE, whole_number
from sme_tracker.rules.values.numbers import money
from sme_tracker.rules.values.reading import Unread
from sme_tracker.web.file_words import FILE_KINDS
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import render, today
from sme_tracker.web.words import TITLES

LEFT_OUT = "-"
"""What the page sends for a column that goes nowhere."""


@bp.get("/import/<int:import_id>/columns")
@allowed(Permission.IMPORT_WRITE)
def columns(import_id: int) -> Response | tuple[str, int]:
    """Where each column of a file goes, what is doubtful first."""
    past = import_or_404(import_id)
    if past.imported.written_at:
        return redirect(url_for(".one_import", import_id=import_id))
    return _page(import_id)


@bp.post("/import/<int:import_id>/columns")
@allowed(Permission.IMPORT_WRITE)
def choose(import_id: int) -> Response | tuple[str, int]:
    """Take what was decided about the columns, and go on to check the rows."""
    past, taking = import_or_404(import_id), intake()
    found = taking.columns(past.imported, today())
    try:
        choices = dict(_chosen(found))
        taking.choose(author(), past.imported, choices, today())
    except ChoiceInvalid:
        return _page(import_id, 422)
    except ImportOver:
        pass  # somebody was faster; the page says what became of it
    return redirect(url_for(".one_import", import_id=import_id), 303)


def _page(import_id: int, status: int = 200) -> tuple[str, int]:
    past, taking = import_or_404(import_id), intake()
    found = taking.columns(past.imported, today())
    states = {state: sum(mapped.column.state is state for mapped in found) for state in State}
    return render(
        "imports/columns.html",
        status,
        past=past,
        found=found,
        states=states,
        fields=_fields(),
        units=MONEY_UNITS,
        usual_unit="万元",
        titles={title.value: words for title, words in TITLES.items()},
        years=range(today().year, today().year - 12, -1),
        reason=reason,
        example=_example,
        left_out=LEFT_OUT,
    )


def _chosen(found: list[Mapped]) -> Iterator[tuple[str, Choice]]:
    """What the form says of each column that it shows; raises ChoiceInvalid for what it cannot say."""
    form, every_year = request.form, whole_number(request.form.get("year"))
    known = Vocabulary().of_key
    for number, mapped in enumerate(found):
        field = form.get(f"field-{number}", "")[:LINE]
        if not field:
            continue
        if field != LEFT_OUT and field not in known:
            raise ChoiceInvalid(field)
        yield mapped.column.written, _choice(field, form, number, every_year, known)


def _choice(
    field: str, form: Mapping[str, str], number: int, every_year: int | None, known: Mapping[str, Meaning]
) -> Choice:
    if field == LEFT_OUT:
        return Choice()
    year = (whole_number(form.get(f"year-{number}")) or every_year) if known[field].field.is_yearly else None
    unit, title = form.get(f"unit-{number}") or None, form.get(f"title-{number}") or None
    return choice_of({"field": field, "unit": unit, "year": year, "title": title})


def _fields() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields a column may go to, by the part of a row they belong to, as sheets name them."""
    known = Vocabulary().of_key.values()
    return [
        (str(FILE_KINDS[part]), [(one.key, one.field.headings[0]) for one in known if one.part is part])
        for part in FileKind
    ]


def _example(mapped: Mapped) -> str | None:
    """How one of the amounts is converted, in words: 231400000 元 → 23,140 万元."""
    column = mapped.column
    if not column.meaning or not column.meaning.field.is_money or column.unit in (None, "万元"):
        return None
    for _row, written in mapped.samples:
        try:
            wan = money(written, column.unit or "万元", may_be_negative=True)
        except Unread:
            continue
        if wan is None:
            continue
        return _("%(written)s %(unit)s → %(wan)s 万元", written=written, unit=column.unit, wan=_shown(wan))
    return None


def _shown(wan: Decimal) -> str:
    return f"{wan:,.2f}".rstrip("0").rstrip(".")
