"""What an import asks, as the check page puts it: the answers somebody may choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sme_tracker.enterprises.near_names import near_names
from sme_tracker.enterprises.queries import visible_to
from sme_tracker.imports.queries import units_on
from sme_tracker.rules.findings import Finding
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.pages import current_session, today
from sme_tracker.web.principal import signed_in
from sme_tracker.web.words import TITLES

YES = "yes"


@dataclass(frozen=True)
class Question:
    """A question by its name, and the answers to it: what is sent, and what people see."""

    name: str
    answers: Sequence[tuple[str, str]]

    @property
    def kind(self) -> str:
        """What is asked about: all questions of one kind may be answered alike."""
        return self.name.partition(":")[0]


class Questions:
    """What the findings of one page ask; the units to choose from are looked up once."""

    def of(self, finding: Finding) -> Question | None:
        """What a finding asks, None where it asks nothing."""
        name = finding.parameters.get("question")
        if not isinstance(name, str):
            return None
        kind = name.partition(":")[0]
        if finding.code in _HIDDEN:
            answer, words = _HIDDEN[finding.code]
            return Question(name, [(answer, str(words))])
        if kind == "unit":
            return Question(name, self._units)
        if kind == "title":
            return Question(name, [(title.value, str(words)) for title, words in TITLES.items()])
        if kind == "same":
            near = near_names(current_session(), name.partition(":")[2], visible_to(signed_in()))
            return Question(name, [(one.code, f"{one.name} {one.code}") for one in near]) if near else None
        return Question(name, [(YES, str(_YES_TO[kind]()))]) if kind in _YES_TO else None

    @cached_property
    def _units(self) -> Sequence[tuple[str, str]]:
        return [(str(item.key), item.shown) for item in units_on(current_session(), today()).items]


_HIDDEN = {
    "sheet.hidden": ("yes", _l("Read the hidden sheet")),
    "sheet.hidden_read": ("no", _l("Leave the hidden sheet out")),
    "sheet.hidden_rows": ("no", _l("Leave the hidden rows out")),
    "sheet.hidden_rows_left": ("yes", _l("Read the hidden rows")),
}
"""What may be decided about hidden parts of a file: the answer, and what it does."""
_YES_TO = {
    "rename": lambda: _("It was renamed"),
    "twin": lambda: _("It is another enterprise"),
    "again": lambda: _("It is another recognition"),
    "printed": lambda: _("The licence prints it so"),
    "listed": lambda: _("It is this one"),
    "entered": lambda: _("Enter it"),
    "leap": lambda: _("The figure is right"),
}
