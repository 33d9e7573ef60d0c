"""The page that takes the figures of one year from one source."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sme_tracker.db import transaction
from sme_tracker.enterprises import actions, page, profiles, queries
from sme_tracker.enterprises.blueprint import bp, enterprise_or_404
from sme_tracker.enterprises.forms import COUNTS, FiguresForm
from sme_tracker.enterprises.models import Enterprise, YearlyFigure
from sme_tracker.enterprises.views import address_of
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.figures import FIGURES, RATIOS, BestFigures, YearlyFigures, best_figures, ratio
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.records import is_leap
from sme_tracker.rules.terms import Source
from sme_tracker.web.fields import shown_number
from sme_tracker.web.guard import allowed
from sme_tracker.web.pages import current_session, render, today, version_from_form

YEARS_OFFERED = 6


@bp.route("/enterprises/<int:enterprise_id>/figures", methods=["GET", "POST"])
@allowed(Permission.ENTERPRISE_WRITE)
def figures(enterprise_id: int) -> Response | tuple[str, int]:
    """Enter the figures of a year from a source, both named in the address."""
    one = enterprise_or_404(enterprise_id)
    year, source = _year(today()), _source()
    known = queries.figure_rows(current_session(), one.id)
    current = next((row for row in known if (row.fiscal_year, row.source) == (year, source.value)), None)
    if request.method == "GET":
        return _page(FiguresForm(obj=current), one, year, source, known, current)
    form = FiguresForm()
    if not form.validate() or _doubtful(form, _best(known, year - 1)):
        return _page(form, one, year, source, known, current, 422)
    values = YearlyFigures(year, source, **{name: form[name].data for name in FIGURES})
    return _save(form, one, values, known, current)


def _save(
    form: FiguresForm,
    one: Enterprise,
    values: YearlyFigures,
    known: Sequence[YearlyFigure],
    current: YearlyFigure | None,
) -> Response | tuple[str, int]:
    session, year, source = current_session(), values.fiscal_year, values.source
    opened = version_from_form() or None
    try:
        with transaction(session):
            changed = actions.save_figures(session, author(), one.id, values, opened, form.reason.data)
    except actions.Stale:
        return _page(form, enterprise_or_404(one.id), year, source, known, current, 409)
    except Refused as refused:
        reasons = profiles.put(form, refused.findings)
        return _page(form, enterprise_or_404(one.id), year, source, known, current, 422, reasons)
    flash(_("Saved.") if changed else _("Nothing was different, so nothing was saved."), "ok")
    return redirect(address_of(one.id), 303)


def _page(
    form: FiguresForm,
    one: Enterprise,
    year: int,
    source: Source,
    known: Sequence[YearlyFigure],
    current: YearlyFigure | None,
    status: int = 200,
    reasons: Sequence[str] = (),
) -> tuple[str, int]:
    before = _best(known, year - 1)
    return render(
        "enterprises/figures.html",
        status,
        form=form,
        enterprise=one,
        year=year,
        years=range(today().year - YEARS_OFFERED, today().year),
        source=source,
        figures=[name for name in FIGURES if name not in COUNTS],
        counts=[name for name in FIGURES if name in COUNTS],
        prior={name: _shown(before.value(name) if before else None) for name in FIGURES},
        change={name: _change(form, name, before) for name in FIGURES},
        doubts=_doubtful(form, before) if status == 422 else {},
        meanwhile=_meanwhile(form, current) if status == 409 else {},
        ratios=_ratios(form, year, source),
        version=current.id if current else 0,
        current=current,
        stale=status == 409,
        reasons=reasons,
    )


def _year(day: date) -> int:
    """The year in the address, else the last that has ended."""
    written = request.args.get("year", "")
    year = int(written) if written.isdecimal() and len(written) == 4 else 0
    return year if 1949 <= year < day.year else day.year - 1


def _source() -> Source:
    written = request.args.get("source", "")
    return Source(written) if written in list(Source) else Source.AUDIT


def _best(known: Sequence[YearlyFigure], year: int) -> BestFigures | None:
    return best_figures(page.as_figures(known)).get(year)


def _doubtful(form: FiguresForm, before: BestFigures | None) -> Mapping[str, str]:
    """The figures that are ten times last year's or a tenth of it, and that nobody has said are right."""
    doubts = {}
    for name in FIGURES:
        now, last = form[name].data, before.value(name) if before else None
        if is_leap(now, last) and not form[f"{name}_checked"].data:
            times = shown_number((Decimal(now) / Decimal(last)).quantize(Decimal("0.01"))) if now and last else ""
            doubts[name] = _("This is %(times)s times last year's; a digit too many or too few?", times=times)
    return doubts


def _change(form: FiguresForm, name: str, before: BestFigures | None) -> str | None:
    return page.change_words(name, form[name].data, before.value(name) if before else None)


def _meanwhile(form: FiguresForm, current: YearlyFigure | None) -> Mapping[str, str]:
    """What somebody saved since, where it is not what was typed."""
    saved = {name: getattr(current, name) if current else None for name in FIGURES}
    return {name: _shown(value) for name, value in saved.items() if value != form[name].data}


def _ratios(form: FiguresForm, year: int, source: Source) -> Mapping[str, str | None]:
    typed = YearlyFigures(year, source, **{name: form[name].data for name in FIGURES})
    best = best_figures([typed])[year]
    computed = {name: ratio(best, name) for name in RATIOS}
    return {name: f"{found.percent:.1f}%" if found else None for name, found in computed.items()}


def _shown(value: Decimal | int | None) -> str:
    return _("not entered") if value is None else shown_number(value)
