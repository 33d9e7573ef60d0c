"""`sme-tracker export enterprises`: the list as its page shows it, entered in the register of exports."""

from collections.abc import Iterator
from pathlib import Path

import click
import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sme_tracker.assessments import in_list as standards_in_list
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.additions import Additions
from sme_tracker.enterprises.export_command import ExportOrder, run
from sme_tracker.exports.models import Export
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.pipeline import in_list as plan_in_list
from sme_tracker.rules.terms import Role
from sme_tracker.web.language import speaking
from tests.assessments.bureau import provincial, with_rules
from tests.enterprises.test_actions import first_unit, registered
from tests.signing import add_user, csrf, sign_in_as

MORE = Additions().with_more(standards_in_list.MORE).with_more(plan_in_list.MORE)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with speaking("zh"):
        yield


@pytest.fixture
def firms(session: GuardedSession) -> list[int]:
    """Some of the city's enterprises, one of them of a district."""
    with_rules(session)
    known = [provincial(session, number) for number in (1, 2)]
    return [*known, registered(session, 3, "=长春东风有限公司", unit_id=first_unit(session))]


def export(
    session: GuardedSession, path: Path, *asked: str, user: str | None = None, columns: str | None = None
) -> int:
    by = Author(None, "command export enterprises", utc_now())
    return run(session, by, ExportOrder(path, user, columns, asked), MORE, local_today())


@pytest.mark.parametrize(
    "address",
    [
        "",
        "level=2&sort=-name",
        "q=东风",
        f"cols={','.join(MORE.columns)}",
        "as_of=2026-01-01",
        "standard=national&sort=name",
    ],
)
def test_the_file_is_what_the_page_sends(
    client: FlaskClient, session: GuardedSession, firms: list[int], tmp_path: Path, address: str
) -> None:
    sign_in_as(client, session, Role.LEADER)
    token = csrf(client.get("/enterprises"))
    sent = client.post(f"/enterprises/export?{address}", data={"csrf_token": token, "format": "csv"})
    export(session, tmp_path / "a.csv", *filter(None, address.split("&")))
    assert (tmp_path / "a.csv").read_bytes() == sent.data
    page, command = session.scalars(select(Export).order_by(Export.id)).all()
    assert (page.filters, page.rows, page.as_of) == (command.filters, command.rows, command.as_of)


def test_an_account_exports_what_it_sees_and_is_named(
    session: GuardedSession, firms: list[int], tmp_path: Path
) -> None:
    clerk, _password = add_user(session, Role.CLERK, first_unit(session))
    assert export(session, tmp_path / "a.xlsx", user=clerk.name, columns="all") == 1
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [row[0].value for row in book.worksheets[0].iter_rows()] == ["企业", "=长春东风有限公司"]
    told = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert (told["导出人"], told["行数"]) == (clerk.full_name, "1")
    taken = session.scalars(select(Export)).one()
    assert (taken.taken_by_id, taken.rows, taken.format) == (clerk.id, 1, "xlsx")
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "export")).one()
    assert (entry.user_id, entry.through) == (clerk.id, "command export enterprises")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (ExportOrder(Path("a.pdf")), "xlsx"),
        (ExportOrder(Path("a.csv"), asked=["level=99"]), "level"),
        (ExportOrder(Path("a.csv"), asked=["nothing"]), "nothing"),
        (ExportOrder(Path("a.csv"), columns="name,none"), "none"),
        (ExportOrder(Path("a.csv"), "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence_and_no_file(
    session: GuardedSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: ExportOrder, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(click.ClickException, match=said):
        run(session, Author(None, "command", utc_now()), order, MORE, local_today())
    assert list(tmp_path.iterdir()) == [] and session.scalars(select(Export)).all() == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_may_not_export_on_the_page_may_not_here(session: GuardedSession, tmp_path: Path, role: Role) -> None:
    user, _password = add_user(session, role)
    with pytest.raises(click.ClickException, match="没有导出权限"):
        export(session, tmp_path / "a.csv", user=user.name)


def test_a_file_that_cannot_be_finished_leaves_the_one_before(
    session: GuardedSession, firms: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("earlier")

    def breaks(*_asked: object) -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sme_tracker.enterprises.export_command.body_of", breaks)
    with pytest.raises(OSError, match="space"):
        export(session, tmp_path / "a.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "earlier"
    assert session.scalars(select(Export)).all() == []
