"""The page of the list of enterprises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for
from flask_babel import gettext as _

from sme_tracker.clock import local
from sme_tracker.enterprises.asked import DENSITIES, Asked
from sme_tracker.enterprises.blueprint import bp
from sme_tracker.enterprises.columns import USUAL, Column, Words
from sme_tracker.enterprises.editors import Editor, editors
from sme_tracker.enterprises.listing import Listing, Page, Place
from sme_tracker.enterprises.search import found_at
from sme_tracker.rules.access import Permission, own_unit_only
from sme_tracker.web.fields import shown_number
from sme_tracker.web.guard import allowed
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.principal import may, signed_in

ALSO_READ = ("figures_year", "is_branch")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    editor: Editor
    remove_url: str


@bp.get("/enterprises")
@allowed(Permission.ENTERPRISE_READ)
def list_enterprises() -> tuple[str, int]:
    """The enterprises that fit the filters in the address."""
    session, user = current_session(), signed_in()
    asked = Asked.read(request.args.items(multi=True))
    words = Words.read(session)
    listing = Listing(session, user, asked.filters, today())
    sources = dict.fromkeys((*(column.source for column in asked.columns), *ALSO_READ, "name"))
    page = listing.page(list(sources), asked.order, asked.place)
    found = [editor for editor in editors(asked, words) if editor.name != "unit" or not own_unit_only(user.role)]
    return render(
        "enterprises/list.html",
        asked=asked,
        page=page,
        names=words,
        shown=frozenset(column.key for column in asked.columns),
        columns=[_head(asked, column, words.headings[column.key]) for column in asked.columns],
        widened=asked.cols != USUAL,
        densities=DENSITIES,
        chips=[Chip(editor, _url(asked, drop=editor.dropped)) for editor in found if editor.words is not None],
        offered=[editor for editor in found if editor.words is None],
        query=asked.address(),
        asked_words=_asked_words(asked, found),
        usual_columns_url=_url(asked, drop=["cols"]),
        without_search_url=_url(asked, drop=["q"]),
        new_url=_open("enterprises.new", Permission.ENTERPRISE_CREATE),
        import_url=_open("exchange.imports", Permission.IMPORT_WRITE),
        pages={way: _address(asked.address_at(place)) for way, place in _neighbours(page)},
        page_words=_page_words(page),
        total_words=_total_words(page),
        order_words=words.headings[asked.column_sorted_by.key],
        export_url=_open("exchange.export_list", Permission.EXPORT),
        path=url_for(".list_enterprises"),
        address_of=lambda **changes: _url(asked, **changes),
        local=local,
        found_at=found_at,
        today=today(),
    )


def _open(endpoint: str, permission: Permission) -> str | None:
    """The address of another page, if it is there and open to whoever is signed in."""
    return url_for(endpoint) if endpoint in current_app.view_functions and may(permission) else None


def _asked_words(asked: Asked, found: Sequence[Editor]) -> str:
    """All that was asked, in words."""
    said = [(editor.label, editor.words) for editor in found if editor.words is not None]
    if asked.filters.q:
        said.insert(0, (_("Search"), asked.filters.q))
    return str(_("; ")).join(_("%(name)s: %(value)s", name=name, value=value) for name, value in said)


def _url(asked: Asked, *, drop: Sequence[str] = (), **changes: str) -> str:
    kept = {name: text for name, text in asked.address().items() if name not in drop}
    return _address({**kept, **changes})


def _address(query: Mapping[str, str]) -> str:
    path = url_for(".list_enterprises")
    return f"{path}?{urlencode(query)}" if query else path


def _head(asked: Asked, column: Column, heading: str) -> dict[str, Any]:
    """A column as the macro of table heads wants it."""
    unit = {"wan": _("CNY 10,000"), "percent": "%"}.get(column.kind)
    label = _("%(name)s (%(unit)s)", name=heading, unit=unit) if unit else heading
    head: dict[str, Any] = {"label": label, "num": column.figures, "width": column.width}
    if not column.sorts:
        return head
    rules = column is asked.column_sorted_by
    falls = not asked.descending if rules else column.falls
    head["sort_url"] = _url(asked, drop=["sort"], sort=f"-{column.key}" if falls else column.key)
    if rules:
        head["sorted"] = "descending" if asked.descending else "ascending"
    return head


def _neighbours(page: Page) -> list[tuple[str, Place | None]]:
    ways: list[tuple[str, Place | None]] = []
    if page.earlier:
        ways += [("first", None), ("prev", page.earlier)]
    if page.later:
        ways += [("next", page.later), ("last", Place("last"))]
    return ways


def _page_words(page: Page) -> str:
    if not page.rows:
        return str(_("No enterprises"))
    values = {"total": shown_number(page.total.number), "count": len(page.rows)}
    if page.first is None:
        return str(_("%(count)s of more than %(total)s enterprises", **values))
    values |= {"first": shown_number(page.first), "last": shown_number(page.first + len(page.rows) - 1)}
    if page.total.exact:
        return str(_("%(first)s–%(last)s of %(total)s enterprises", **values))
    return str(_("%(first)s–%(last)s of more than %(total)s enterprises", **values))


def _total_words(page: Page) -> str:
    number = shown_number(page.total.number)
    return number if page.total.exact else str(_("more than %(number)s", number=number))
