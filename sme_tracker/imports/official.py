"""A published list against the register: its names and codes, as the ledger that an import reads."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum, auto
from pathlib import Path
from typing import Self
from zipfile import is_zipfile

from sme_tracker.history.chain import plain
from sme_tracker.imports import cells
from sme_tracker.imports.fields import FileKind
from sme_tracker.imports.heads import HEAD_WITHIN_ROWS, Head, find_head, is_head_again
from sme_tracker.imports.matching.verdict import OFFICIAL
from sme_tracker.imports.vocabulary import Vocabulary
from sme_tracker.rules.terms import Title
from sme_tracker.sheets.document import read_document
from sme_tracker.sheets.pasted import pasted_sheet
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import Row, Sheet, SheetRefused

_LEVELS = {
    Title.INNOVATIVE: "创新型中小企业",
    Title.MUNICIPAL: "市级",
    Title.PROVINCIAL: "省级",
    Title.NATIONAL: "国家级",
    Title.KEY_NATIONAL: "重点小巨人",
    Title.CHAMPION: "单项冠军",
}
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")
_NAME = re.compile(
    r".{2,}(?:公司|厂|中心|合作社|事务所|研究院|研究所|设计院|集团|商行|经营部|工作室)(?:[(（].*[)）])?$"
)
_SERIAL = re.compile(r"\d{1,6}[.、]?")


class Effect(StrEnum):
    """What a published list does to those who stand on it."""

    RECOGNISED = auto()
    RENEWED = auto()
    LOST = auto()


@dataclass(frozen=True)
class Notice:
    """What is known of the whole list: of which title, what it does, by which document, in force from when."""

    title: Title
    effect: Effect
    published_on: date
    document_number: str | None = None
    batch: str | None = None
    valid_until: date | None = None

    def answers(self) -> dict[str, str]:
        """The notice as an import keeps it beside what people answered to it."""
        told = {name: plain(value) for name, value in asdict(self).items() if value is not None}
        return {OFFICIAL: "yes"} | {f"{OFFICIAL}.{name}": str(value) for name, value in told.items()}

    @classmethod
    def of(cls, answers: Mapping[str, str]) -> Self | None:
        """The notice of an import, None if its file is no published list."""
        told = {name.partition(".")[2]: value for name, value in answers.items() if name.startswith(f"{OFFICIAL}.")}
        if not told:
            return None
        until = told.get("valid_until")
        return cls(
            Title(told["title"]),
            Effect(told["effect"]),
            date.fromisoformat(told["published_on"]),
            told.get("document_number"),
            told.get("batch"),
            date.fromisoformat(until) if until else None,
        )


@dataclass
class Published:
    """The names of a list, each with its code and district where it says them; `unread` are lines that name nobody."""

    names: list[tuple[str | None, str | None, str | None]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def published_in(path: Path, original_name: str) -> Published:
    """The names of a workbook, a text or the tables of a Word document; raises SheetRefused."""
    if original_name.lower().endswith(".docx") and is_zipfile(path):
        return _gathered(read_document(path))
    return _gathered(sheet for sheet in read_workbook(path, original_name) if not sheet.is_hidden)


def published_in_text(text: str) -> Published:
    """The names of a pasted text; raises SheetRefused where there are none."""
    return _gathered([pasted_sheet(text)])


def ledger_of(notice: Notice, published: Published) -> bytes:
    """The list as a ledger of recognitions or losses, with the headings that an import knows."""
    shared = _lost(notice) if notice.effect is Effect.LOST else _recognised(notice)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["企业名称", "统一社会信用代码", "所属县区", *shared])
    writer.writerows([*named, *shared.values()] for named in published.names)
    return file.getvalue().encode("utf-8-sig")


def _recognised(notice: Notice) -> dict[str, object]:
    kind = {"认定类型": "复核通过"} if notice.effect is Effect.RENEWED else {}
    shared = {"认定级别": _LEVELS[notice.title], **kind, "批次": notice.batch, "文号": notice.document_number}
    return shared | {"认定日期": notice.published_on, "有效期止": notice.valid_until}


def _lost(notice: Notice) -> dict[str, object]:
    why = "，".join(filter(None, [f"{notice.published_on}公布", notice.batch, notice.document_number]))
    return {"认定级别": _LEVELS[notice.title], "撤销日期": notice.published_on, "撤销原因": why}


def _gathered(sheets: Iterable[Sheet]) -> Published:
    published = Published()
    for sheet in sheets:
        rows = list(sheet.rows)
        head = find_head(rows[:HEAD_WITHIN_ROWS], Vocabulary().words)
        if head:
            _take_columns(published, rows[head.last_row :], head)
        else:
            _take_lines(published, rows)
    if not published.names:
        raise SheetRefused("no_names")
    return published


def _take_columns(published: Published, rows: Iterable[Row], head: Head) -> None:
    """Rows below a head: the name, code and district stand where it says so."""
    vocabulary = Vocabulary()
    places: dict[str, int] = {}
    for place, heading in enumerate(head.headings):
        for meaning in vocabulary.meanings(heading.words):
            if meaning.part is FileKind.REGISTER:
                places.setdefault(meaning.field.key, place)
    for row in rows:
        texts = _texts(row)
        name, code, unit = (_at(texts, places.get(key)) for key in ("name", "code", "unit"))
        if is_head_again(row, head, vocabulary.words) or not any(texts):
            continue
        if name or code:
            published.names.append((name, code, unit))
        elif not all(_SERIAL.fullmatch(text) for text in texts if text):
            published.unread.append(" ".join(filter(None, texts)))


def _take_lines(published: Published, rows: Iterable[Row]) -> None:
    """Rows without a head: what looks like the name of an enterprise is one, what looks like a code is its code."""
    for row in rows:
        texts = [text for text in _texts(row) if text and not _SERIAL.fullmatch(text)]
        code = next((found[0].upper() for text in texts if (found := _CODE.search(text))), None)
        name = next((text for text in texts if _NAME.fullmatch(text)), None)
        if name or code:
            published.names.append((name, code, None))
        elif texts:
            published.unread.append(" ".join(texts))


def _texts(row: Sequence[object]) -> list[str]:
    return [cells.shown(cell).strip() for cell in row]  # type: ignore[arg-type]


def _at(texts: Sequence[str], place: int | None) -> str | None:
    return (texts[place] or None) if place is not None and place < len(texts) else None
