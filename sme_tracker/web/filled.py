"""A page with what was typed put back into its form: every input, text area and list, wherever the form comes from."""

from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin

Attributes = list[tuple[str, str | None]]
Typed = Sequence[tuple[str, str]]
TICKED = frozenset({"checkbox", "radio"})
NEVER = frozenset({"password", "file", "submit", "button", "reset", "image"})


def filled(page: str, address: str, action: str, typed: Typed) -> str | None:
    """The page at `address` with its form that goes to `action` filled in; None where it has no such form.

    Of several such forms it is the one that has most of what was typed. What was typed several times under one name
    goes into the fields of that name in turn; a box is ticked if it was sent.
    """
    forms = _Forms(address, action, {name for name, _value in typed})
    forms.feed(page)
    if not forms.found:
        return None
    filling = _Filling(max(forms.found, key=forms.found.__getitem__), typed)
    filling.feed(page)
    filling.close()
    return "".join(filling.out)


class _Forms(HTMLParser):
    """Which forms of a page go to an address, each by its number with how many of the names it has."""

    def __init__(self, address: str, action: str, names: set[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.found: dict[int, int] = {}
        self._address, self._action, self._names = address, unquote(action), names
        self._number = -1
        self._goes_there = False
        self._has: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        of = dict(attrs)
        if tag == "form":
            self._number += 1
            self._goes_there, self._has = self._is_there(of.get("action") or self._address), set()
        elif tag == "button" and of.get("formaction"):
            self._goes_there |= self._is_there(of["formaction"] or "")
        self._has |= {of.get("name") or ""} & self._names

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._goes_there:
            self.found[self._number] = len(self._has)
            self._goes_there = False

    def _is_there(self, written: str) -> bool:
        return unquote(urljoin(self._address, written)) == self._action


class _Filling(HTMLParser):
    """A page written out again as it is, but for the fields of one form."""

    def __init__(self, number: int, typed: Typed) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._number, self._at = number, -1
        self._is_inside = False
        self._silent = False
        self._chosen: str | None = None
        self._left: dict[str, list[str]] = {}
        for name, value in typed:
            self._left.setdefault(name, []).append(value)
        self._all = {name: list(values) for name, values in self._left.items()}

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag == "form":
            self._at += 1
            self._is_inside = self._at == self._number
        fill = getattr(self, f"_{tag}", None) if self._is_inside else None
        self.out.append((fill(dict(attrs)) if fill else None) or self.get_starttag_text() or "")

    def handle_startendtag(self, _tag: str, _attrs: Attributes) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._chosen = None
        elif tag == "textarea":
            self._silent = False
        self.out.append(f"</{tag}>")

    def _form(self, of: dict[str, str | None]) -> str:
        return _tag("form", of | {"data-unsaved": None})

    def _input(self, of: dict[str, str | None]) -> str | None:
        kind, name = of.get("type") or "text", of.get("name") or ""
        if kind in NEVER:
            return None
        if kind in TICKED:
            of.pop("checked", None)
            is_ticked = (of.get("value") or "on") in self._all.get(name, ())
            return _tag("input", of | ({"checked": None} if is_ticked else {}))
        value = self._next(name)
        return None if value is None else _tag("input", of | {"value": value})

    def _textarea(self, of: dict[str, str | None]) -> str | None:
        value = self._next(of.get("name") or "")
        if value is None:
            return None
        self._silent = True
        return _tag("textarea", of) + "\n" + escape(value)

    def _select(self, of: dict[str, str | None]) -> None:
        self._chosen = self._next(of.get("name") or "")

    def _option(self, of: dict[str, str | None]) -> str | None:
        if self._chosen is None:
            return None
        of.pop("selected", None)
        return _tag("option", of | ({"selected": None} if of.get("value") == self._chosen else {}))

    def _next(self, name: str) -> str | None:
        left = self._left.get(name)
        return left.pop(0) if left else None

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")


def _tag(name: str, attributes: dict[str, str | None]) -> str:
    written = (key if value is None else f'{key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{' '.join((name, *written))}>"
