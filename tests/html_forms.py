"""The forms of a page as a browser reads them: where each goes, and what it would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

NOT_TYPED = frozenset({"hidden", "password", "file", "submit", "button"})


@dataclass
class Control:
    """A field as it stands on the page: what kind it is, what it holds, and among what one may choose."""

    kind: str
    name: str
    value: str
    is_on: bool = True
    options: list[str] = field(default_factory=list)


@dataclass
class PageForm:
    """A form that is sent by POST."""

    action: str
    other_actions: list[str] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The names of all its fields."""
        return {control.name for control in self.controls}

    @property
    def typed_in(self) -> list[Control]:
        """The fields somebody types in or chooses with."""
        return [control for control in self.controls if control.kind not in NOT_TYPED and control.name]

    def sent(self, *without: str) -> MultiDict[str, str]:
        """What a browser sends of it, `without` some fields, as if the page had forgotten them."""
        on = [each for each in self.controls if each.is_on and each.kind not in ("file", "submit", "button")]
        return MultiDict((each.name, each.value) for each in on if each.name and each.name not in without)

    def holds(self) -> list[tuple[str, str]]:
        """What stands in the fields that people type in."""
        return [(each.name, each.value) for each in self.typed_in if each.is_on]


def forms_of(page: TestResponse) -> list[PageForm]:
    """The forms of a page that are sent by POST, in their order."""
    reader = _Reader(page.request.full_path.rstrip("?"))
    reader.feed(page.text)
    return reader.forms


def form_to(page: TestResponse, action: str) -> PageForm:
    """The form of a page that goes to an address, the one with the most to type if there are several."""
    there = [form for form in forms_of(page) if action in (form.action, *form.other_actions)]
    assert there, f"no form goes to {action}: {[form.action for form in forms_of(page)]}"
    return max(there, key=lambda form: len(form.typed_in))


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._address = address
        self._form: PageForm | None = None
        self._open: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        if tag == "form":
            self._form = PageForm(urljoin(self._address, of.get("action") or self._address))
            if of.get("method") == "post":
                self.forms.append(self._form)
        elif self._form and tag in ("input", "textarea", "select", "button"):
            kind = of.get("type") or {"input": "text", "button": "submit"}.get(tag, tag)
            is_box = kind in ("checkbox", "radio")
            value = of.get("value") or ("on" if is_box and "value" not in of else "")
            self._open = Control(kind, of.get("name") or "", value, not is_box or "checked" in of)
            self._form.controls.append(self._open)
            if of.get("formaction"):
                self._form.other_actions.append(urljoin(self._address, of["formaction"] or ""))
        elif self._open and tag == "option":
            self._choose(of.get("value") or "", is_chosen="selected" in of)

    def _choose(self, value: str, *, is_chosen: bool) -> None:
        assert self._open
        if is_chosen or not self._open.options:
            self._open.value = value
        self._open.options.append(value)

    def handle_data(self, data: str) -> None:
        if self._open and self._open.kind == "textarea":
            self._open.value += data if self._open.value else data.removeprefix("\n").removeprefix("\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in ("textarea", "select", "button"):
            self._open = None
