"""The page of the list of enterprises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import current_app, get_template_attribute, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.enterprises.additions import additions
from sme_tracker.enterprises.asked import DENSITIES, Asked
from sme_tracker.enterprises.blueprint import bp
from sme_tracker.enterprises.cells import Drawing, drawn_rows
from sme_tracker.enterprises.chips import Editor
from sme_tracker.enterprises.columns import USUAL, Column, Rows, Words
from sme_tracker.enterprises.editors import editors, offered
from sme_tracker.enterprises.listing import Listing, Page, Place
from sme_tracker.rules.access import Permission, own_unit_only
from sme_tracker.web import language
from sme_tracker.web.fields import shown_number
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.principal import may, signed_in

ALSO_READ = ("name", "figures_year", "is_branch", "opens")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    editor: Editor
    remove_url: str


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of this list: as it is asked for, and with some of that changed."""

    path: str
    query: Mapping[str, str]

    def changed(self, **changes: str) -> str:
        """The first page of the list with these values in its address."""
        return self.to({**self.query, **changes})

    def without(self, *names: str) -> str:
        """The first page of the list without these names in its address."""
        return self.to({name: text for name, text in self.query.items() if name not in names})

    def to(self, query: Mapping[str, str]) -> str:
        """The address with exactly this in it."""
        return f"{self.path}?{urlencode(query)}" if query else self.path


@bp.get("/enterprises")
@allowed(Permission.ENTERPRISE_READ)
def list_enterprises() -> tuple[str, int] | Response:
    """The enterprises that fit the filters in the address."""
    session, user = current_session(), signed_in()
    more = additions(current_app)
    asked = Asked.read(request.args.items(multi=True), more)
    links = Links(url_for(".list_enterprises"), asked.address())
    if "" in request.args.values():
        return redirect(links.to(links.query), 303)  # a form sends what was left empty, too
    words = Words.read(session, more.columns.values())
    columns = asked.columns
    listing = Listing(session, user, asked.filters, today(), more.choices(session, asked.filters, today()))
    sources = dict.fromkeys((*(column.source for column in columns), *ALSO_READ))
    page = listing.page(list(sources), asked.order, asked.place)
    found = [*editors(asked, words), *more.editors(session, asked.filters, today())]
    ids = Rows(session, [row.which for row in page.rows], listing.added, today())
    told = {column.key: column.told.drawn(ids) for column in columns if column.told}
    drawing = Drawing(language.code(), words, links.path, asked.filters.q, today())
    return render(
        "enterprises/list.html",
        asked=asked,
        page=page,
        names=words,
        drawn_rows=drawn_rows(page.rows, columns, told, drawing),
        columns=[_head(links, asked, column, words.labels[column.key]) for column in columns],
        widened=asked.cols != USUAL,
        densities=DENSITIES,
        chips=[Chip(editor, links.without(*editor.dropped)) for editor in found],
        told=told,
        offers=_offers(
            words,
            frozenset(asked.filters.address()),
            tuple(more.offered(session, asked.filters, today())),
            own_unit=own_unit_only(user.role),
        ),
        links=links,
        asked_words=_asked_words(asked, found) if not page.rows else None,
        new_url=_open("enterprises.new", Permission.ENTERPRISE_CREATE),
        import_url=_open("imports.imports", Permission.IMPORT_WRITE),
        export_url=_open("enterprises.export_list", Permission.EXPORT),
        pages={way: links.to(asked.address_at(place)) for way, place in _neighbours(page)},
        page_words=_page_words(page),
        total_words=_total_words(page),
        order_words=words.headings[asked.column_sorted_by.key],
    )


@lru_cache(maxsize=64)
def _offers(words: Words, asked: frozenset[str], more: tuple[Editor, ...], *, own_unit: bool) -> str:
    """The filters that can be added, drawn once for each language and choice of filters."""
    drawn: str = get_template_attribute("enterprises/_filters.html", "offers")(
        [*(editor for editor in offered(asked, words) if not (own_unit and editor.name == "unit")), *more]
    )
    return drawn


def _open(endpoint: str, permission: Permission) -> str | None:
    """The address of another page, if it is there and open to whoever is signed in."""
    return url_for(endpoint) if endpoint in current_app.view_functions and may(permission) else None


def _asked_words(asked: Asked, found: Sequence[Editor]) -> str:
    """All that was asked, in words."""
    said = [(editor.label, editor.words) for editor in found]
    if asked.filters.q:
        said.insert(0, (_("Search"), asked.filters.q))
    return str(_("; ")).join(_("%(name)s: %(value)s", name=name, value=value) for name, value in said)


def _head(links: Links, asked: Asked, column: Column, label: str) -> dict[str, Any]:
    """A column as the macro of table heads wants it."""
    head: dict[str, Any] = {"label": label, "num": column.figures, "width": column.width}
    if not column.sorts:
        return head
    rules = column is asked.column_sorted_by
    falls = not asked.descending if rules else column.falls
    head["sort_url"] = links.changed(sort=f"-{column.key}" if falls else column.key)
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
