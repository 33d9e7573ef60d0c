"""The page that takes the figures of one year from one source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from sme_tracker.accounts.queries import get_user
from sme_tracker.db import transaction
from sme_tracker.enterprises import actions, merging, page, previews, profiles, queries
from sme_tracker.enterprises.blueprint import address_of, bp, enterprise_or_404
from sme_tracker.enterprises.forms import COUNTS, FiguresForm
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.figures import FIGURES, RATIOS, BestFigures, YearlyFigures, best_figures, ratio
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.records import check_figures, is_leap
from sme_tracker.rules.terms import Source
from sme_tracker.web.fields import sent, shown_number
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render, today, version_from_form
from sme_tracker.web.words import SOURCES

Page = Response | tuple[str, int]
YEARS_OFFERED = 6


@dataclass(frozen=True)
class _Sheet:
    """The figures of one year from one source, among all that are known of the enterprise."""

    one: Enterprise
    year: int
    source: Source
    known: Sequence[Any]

    @property
    def current(self) -> Any:
        """What the source says of the year now."""
        place = (self.year, self.source.value)
        return next((row for row in self.known if (row.fiscal_year, row.source) == place), None)

    @property
    def before(self) -> BestFigures | None:
        """What is known of the year before."""
        return best_figures(page.as_figures(self.known)).get(self.year - 1)

    @property
    def about(self) -> str:
        """Year and source in words."""
        return _("%(source)s of %(years)s", source=SOURCES[self.source], years=self.year)


@bp.route("/enterprises/<int:enterprise_id>/figures", methods=["GET", "POST"])
@allowed(Permission.ENTERPRISE_WRITE)
def figures(enterprise_id: int) -> Page:
    """Enter the figures of a year from a source, both named in the address, or see what they would bring."""
    sheet = _sheet(enterprise_id)
    if request.method == "GET":
        return _page(FiguresForm(obj=sheet.current), sheet, sheet.current.id if sheet.current else 0)
    form = FiguresForm(formdata=merging.with_choices(request.form, FIGURES), obj=sheet.current)
    return _check(form, sheet) if "check" in request.form else _save(form, sheet)


def _sheet(enterprise_id: int) -> _Sheet:
    one = enterprise_or_404(enterprise_id)
    return _Sheet(one, _year(today()), _source(), queries.figure_rows(current_session(), one.id))


def _check(form: FiguresForm, sheet: _Sheet) -> Page:
    """The form as it is, with the verdicts that would change; alone if only they are asked for."""
    form.validate()
    reasons = profiles.put(form, check_figures(_typed(form, sheet), today()))
    if request.form["check"] == "part":
        return render("enterprises/_preview.html", preview=_preview(form, sheet))
    return _page(form, sheet, version_from_form(), 422 if form.errors else 200, reasons)


def _save(form: FiguresForm, sheet: _Sheet) -> Page:
    session, opened = current_session(), version_from_form()
    if not form.validate():
        return _page(form, sheet, opened, 422)
    if merging.unchosen(request.form):
        return _conflict_page(form, sheet, merging.opened_version(request.form))
    if _doubtful(form, sheet.before):
        return _page(form, sheet, opened, 422)
    values, which = _typed(form, sheet), sheet.one.id
    try:
        with transaction(session):
            changed = actions.save_figures(session, author(), which, values, opened or None, form.reason.data)
    except actions.Stale:
        return _conflict_page(form, _sheet(which), opened)
    except Refused as refused:
        return _page(form, _sheet(which), opened, 422, profiles.put(form, refused.findings))
    flash(_("Saved.") if changed else _("Nothing was different, so nothing was saved."), "ok")
    return redirect(address_of(which), 303)


def _page(
    form: FiguresForm, sheet: _Sheet, version: int, status: int = 200, reasons: Sequence[str] = ()
) -> tuple[str, int]:
    before, is_sent = sheet.before, request.method == "POST"
    return render(
        "enterprises/figures.html",
        status,
        form=form,
        enterprise=sheet.one,
        year=sheet.year,
        years=range(today().year - YEARS_OFFERED, today().year),
        source=sheet.source,
        figures=[name for name in FIGURES if name not in COUNTS],
        counts=[name for name in FIGURES if name in COUNTS],
        prior={name: _shown(before.value(name) if before else None) for name in FIGURES},
        change={name: _change(form, name, before) for name in FIGURES},
        doubts=_doubtful(form, before) if is_sent else {},
        ratios=_ratios(_typed(form, sheet)),
        version=version,
        current=sheet.current,
        reasons=reasons,
        preview=_preview(form, sheet) if is_sent else None,
    )


def _preview(form: FiguresForm, sheet: _Sheet) -> previews.Previewed:
    """What saving would change; a field that cannot be read yet stays as it is saved."""
    place, saved = (sheet.year, sheet.source), _values(sheet.current)
    others = [row for row in page.as_figures(sheet.known) if (row.fiscal_year, row.source) != place]
    values: dict[str, Any] = {name: saved[name] if form[name].errors else form[name].data for name in FIGURES}
    figures = [*others, YearlyFigures(*place, **values)]
    return previews.previewed(form, sheet.one, previews.as_saved(sheet.one, figures, {}))


def _conflict_page(form: FiguresForm, sheet: _Sheet, opened: int) -> tuple[str, int]:
    said = queries.figures_of_source(current_session(), sheet.one.id, sheet.year, sheet.source.value)
    stood = next((row for row in said if row.id == opened), None)
    mine = {name: form[name].data for name in FIGURES}
    found = merging.clashes(_values(stood) if stood or not opened else None, _values(sheet.current), mine)
    meeting = merging.Meeting(
        found, sheet.current.id if sheet.current else 0, opened, _saver(said), _in_words, sheet.about
    )
    return merging.conflict_page(form, sheet.one, meeting)


def _values(row: Any) -> dict[str, object]:
    return {name: getattr(row, name) if row else None for name in FIGURES}


def _saver(said: Sequence[Any]) -> merging.Saver:
    """Who recorded these figures last, or withdrew them."""
    if not said:
        return merging.Saver(None, None)
    last = said[0]
    by_id, at = (last.retired_by_id, last.retired_at) if last.retired_at else (last.recorded_by_id, last.recorded_at)
    user = get_user(current_session(), by_id) if by_id else None
    return merging.Saver(user.full_name if user else None, at)


def _in_words(name: str, value: object) -> str | None:
    if not isinstance(value, Decimal | int):
        return None
    return f"{shown_number(value)} {_('people') if name in COUNTS else _('CNY 10,000')}"


def _typed(form: FiguresForm, sheet: _Sheet) -> YearlyFigures:
    return YearlyFigures(sheet.year, sheet.source, **{name: form[name].data for name in FIGURES})


def _year(day: date) -> int:
    """The year in the address, else the last that has ended."""
    year = whole_number(request.args.get("year")) or 0
    return year if 1949 <= year < day.year else day.year - 1


def _source() -> Source:
    written = request.args.get("source", "")
    return Source(written) if written in list(Source) else Source.AUDIT


def _doubtful(form: FiguresForm, before: BestFigures | None) -> Mapping[str, str]:
    """The figures that are ten times last year's or a tenth of it, and that nobody has said are right."""
    doubts, typed = {}, sent(form)
    for name in FIGURES:
        now, last = typed.get(name), before.value(name) if before else None
        if is_leap(now, last) and not form[f"{name}_checked"].data:
            times = shown_number((Decimal(now) / Decimal(last)).quantize(Decimal("0.01"))) if now and last else ""
            doubts[name] = _("This is %(times)s times last year's; a digit too many or too few?", times=times)
    return doubts


def _change(form: FiguresForm, name: str, before: BestFigures | None) -> str | None:
    return page.change_words(name, form[name].data, before.value(name) if before else None)


def _ratios(typed: YearlyFigures) -> Mapping[str, str | None]:
    best = best_figures([typed])[typed.fiscal_year]
    computed = {name: ratio(best, name) for name in RATIOS}
    return {name: f"{found.percent:.1f}%" if found else None for name, found in computed.items()}


def _shown(value: Decimal | int | None) -> str:
    return _("not entered") if value is None else shown_number(value)
