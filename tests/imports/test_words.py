"""Every refusal and reason has its sentence in both languages, and can be said with what it is given."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale

import sme_tracker.imports
from sme_tracker.imports.cells import code
from sme_tracker.imports.lists import NotAList
from sme_tracker.imports.words import REASONS, REFUSALS, reason, refusal
from sme_tracker.rules.findings import Finding
from sme_tracker.rules.values.reading import Unread

PACKAGE = Path(sme_tracker.imports.__file__).parent
PARTS = PACKAGE.parent / "translations" / "zh_Hans" / "parts"
ROOMS = (PACKAGE, PACKAGE.parent / "sheets", PACKAGE.parent / "rules" / "values")
SOURCE = "\n".join(path.read_text("utf-8") for room in ROOMS for path in room.rglob("*.py") if path.name != "words.py")


QUOTED = set(re.findall(r'"[\w.]+"', SOURCE + (PACKAGE.parent / "rules" / "credit_code.py").read_text("utf-8")))


def test_every_refusal_of_a_file_has_its_sentence_and_none_is_left_over() -> None:
    raised = set(re.findall(r'(?:SheetRefused|NotAList|_TooLarge)\(\s*"(\w+)"', SOURCE))
    raised |= set(re.findall(r'"refused": "(\w+)"', SOURCE)) | set(re.findall(r'"(cell_too_long|stray_quote)"', SOURCE))
    assert raised == set(REFUSALS)


def test_every_reason_has_its_sentence_and_none_is_left_over() -> None:
    found = set(re.findall(r'"((?:row|sheet|column)\.\w+)"', SOURCE))
    found |= {f"column.{code}" for code in re.findall(r'_asked\(\s*"(\w+)"', SOURCE)}
    found |= {f"cell.{code}" for code in re.findall(r'_refused\(\s*"(\w+)"', SOURCE)}
    assert found <= set(REASONS)
    unsaid = {code for code in REASONS if not {f'"{code}"', f'"{code.partition(".")[2]}"'} & QUOTED}
    assert unsaid == {"row.no_code", "row.no_title", "row.no_fiscal_year"} - found


@pytest.mark.parametrize("words", [REFUSALS, REASONS])
def test_every_sentence_is_said_in_chinese_with_the_same_names_in_it(words: dict[str, object]) -> None:
    with (PARTS / "sheets.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans", abort_invalid=True)
    for lazy in words.values():
        english = lazy._args[0]  # type: ignore[attr-defined]
        message = catalogue.get(english)
        assert message is not None and message.string, english
        assert sorted(re.findall(r"%\(\w+\)s", english)) == sorted(re.findall(r"%\(\w+\)s", str(message.string)))


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    Babel(app)
    return app


def test_a_refusal_is_said_with_its_kind_of_file(app: Flask) -> None:
    refused = NotAList("columns_missing", sheet="表", row=3, kind="ledger", missing="级别")
    with app.test_request_context(), force_locale("en"):
        assert refusal(refused) == "Sheet “表”, row 3: nothing but names. At least this column is missing: 级别."


def test_a_mistyped_code_is_offered_as_it_was_meant(app: Flask) -> None:
    with pytest.raises(Unread) as refused:
        code("9122O102MA0AAAAA3A")
    with app.test_request_context(), force_locale("en"):
        assert reason(refused.value.finding).endswith(" Did you mean 91220102MA0AAAAA3A?")
        assert reason(Finding("row.no_code")) == "The credit code is missing."
