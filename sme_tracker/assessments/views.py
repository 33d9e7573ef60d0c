"""The pages of an enterprise's evidence and judgements, and its gap panel."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from flask import abort, current_app, flash, redirect, request, send_file, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from sme_tracker.assessments import actions, queries
from sme_tracker.assessments.blueprint import bp
from sme_tracker.assessments.evidence_list import evidence_panel, shown_paper
from sme_tracker.assessments.files import KeptFile, ProofFolder
from sme_tracker.assessments.forms import (
    YES_NO,
    JudgingForm,
    PaperForm,
    WithdrawingForm,
    own_defaults,
    own_values,
    paper_form,
)
from sme_tracker.assessments.models import EvidenceRecord
from sme_tracker.assessments.panel import gap_panel
from sme_tracker.assessments.save_preview import save_preview
from sme_tracker.assessments.words import MEASURED
from sme_tracker.db import transaction
from sme_tracker.enterprises import previews
from sme_tracker.enterprises.blueprint import enterprise_or_404
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.panels import KEY, Panel
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.file_types import LARGEST_BYTES, MEDIA_TYPES, ending_of
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.papers import PAPERS, QUESTIONS
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.paper_words import PAPER_KINDS, sort_words
from sme_tracker.web.words import finding_words

Page = Response | tuple[str, int]
PLACE = "/enterprises/<int:enterprise_id>/evidence"


@bp.record_once
def _hand_in(state: BlueprintSetupState) -> None:
    panels = state.app.extensions.setdefault(KEY, [])
    panels.append(Panel("main", 10, "assessments/gap_panel.html", gap_panel))
    panels.append(Panel("aside", 30, "assessments/evidence_panel.html", evidence_panel))
    state.app.extensions.setdefault(previews.KEY, []).append(
        previews.Preview("assessments/save_preview.html", save_preview)
    )


@bp.route(PLACE + "/<any(" + ", ".join(PAPERS) + "):kind>", methods=["GET", "POST"])
@allowed(Permission.EVIDENCE_WRITE)
def evidence(enterprise_id: int, kind: str) -> Page:
    """The papers of one kind, and the form that adds one."""
    one = enterprise_or_404(enterprise_id)
    form = paper_form(kind)()
    if request.method == "GET":
        sort = request.args.get("sort")
        if sort in PAPERS[kind].kinds:
            form["own_kind"].data = sort
        return _papers_page(one, kind, form)

    def add(file: KeptFile | None) -> None:
        actions.record_evidence(current_session(), author(), [_entered(one, kind, form, file)])

    return _save(form, add, lambda reasons: _papers_page(enterprise_or_404(enterprise_id), kind, form, 422, reasons))


@bp.route(PLACE + "/<int:evidence_id>/correct", methods=["GET", "POST"])
@allowed(Permission.EVIDENCE_WRITE)
def correct_evidence(enterprise_id: int, evidence_id: int) -> Page:
    """Put another paper in the place of one recorded wrongly."""
    one = enterprise_or_404(enterprise_id)
    row = _evidence_or_404(one, evidence_id)
    kind = row.kind if row.kind in PAPERS else abort(404)
    shown = {name: getattr(row, name) for name in ("name", "ref", "from_day", "until_day", "source")}
    form = paper_form(kind)(data=shown | own_defaults(kind, row.data))
    if request.method == "GET":
        return _papers_page(one, kind, form, corrected=row)

    def correct(file: KeptFile | None) -> None:
        entered = _entered(one, kind, form, file)
        actions.correct_evidence(current_session(), author(), evidence_id, entered, form.reason.data or "")

    def again(reasons: Sequence[object]) -> Page:
        fresh = enterprise_or_404(enterprise_id)
        return _papers_page(fresh, kind, form, 422, reasons, corrected=_evidence_or_404(fresh, evidence_id))

    return _save(form, correct, again)


@bp.post(PLACE + "/<int:evidence_id>/verify")
@allowed(Permission.EVIDENCE_WRITE)
def verify_evidence(enterprise_id: int, evidence_id: int) -> Response:
    """Say that a paper was checked against the original."""
    row = _evidence_or_404(enterprise_or_404(enterprise_id), evidence_id)
    kind = row.kind
    session = current_session()
    with transaction(session):
        actions.verify_evidence(session, author(), [evidence_id])
    flash(_("Marked as checked against the original."), "ok")
    return redirect(url_for("assessments.evidence", enterprise_id=enterprise_id, kind=kind), 303)


@bp.route(PLACE + "/<int:evidence_id>/withdraw", methods=["GET", "POST"])
@allowed(Permission.EVIDENCE_WRITE)
def withdraw_evidence(enterprise_id: int, evidence_id: int) -> Page:
    """Withdraw a paper recorded by mistake, with the reason."""
    one = enterprise_or_404(enterprise_id)
    row = _evidence_or_404(one, evidence_id)
    form = WithdrawingForm()

    def again(reasons: Sequence[object], status: int = 422) -> Page:
        fresh = enterprise_or_404(enterprise_id)
        paper = shown_paper(_evidence_or_404(fresh, evidence_id), today())
        return render("assessments/withdraw.html", status, form=form, enterprise=fresh, paper=paper, reasons=reasons)

    if request.method == "GET":
        return again((), 200)

    def withdraw(_file: KeptFile | None) -> None:
        actions.withdraw_evidence(current_session(), author(), row.id, form.reason.data or "")

    return _save(form, withdraw, again)


@bp.post(PLACE + "/<any(" + ", ".join(PAPERS) + "):kind>/none")
@allowed(Permission.EVIDENCE_WRITE)
def record_nothing(enterprise_id: int, kind: str) -> Response:
    """Say that a list was looked through and holds nothing."""
    one, session = enterprise_or_404(enterprise_id), current_session()
    list_name = request.form.get("list", kind)
    with transaction(session):
        actions.record_nothing(session, author(), [actions.NothingThere(one.id, list_name, today())])
    flash(_("Noted: looked through, none."), "ok")
    return redirect(_home(enterprise_id), 303)


@bp.post(PLACE + "/<int:evidence_id>/file")
@allowed(Permission.ENTERPRISE_READ)
def download(enterprise_id: int, evidence_id: int) -> Response:
    """The file of a paper; taking it is recorded."""
    one, session = enterprise_or_404(enterprise_id), current_session()
    row = _evidence_or_404(one, evidence_id)
    if row.file_stored_as is None or row.file_name is None:
        abort(404)
    path, name = _folder().path(row.file_stored_as), row.file_name
    if not path.is_file():
        abort(404)
    with transaction(session):
        actions.note_download(session, author(), actions.get_evidence(session, evidence_id))
    return send_file(
        path,
        mimetype=MEDIA_TYPES.get(ending_of(name), "application/octet-stream"),
        as_attachment=True,
        download_name=name,
    )


@bp.route(
    "/enterprises/<int:enterprise_id>/judgements/<any(" + ", ".join(QUESTIONS) + "):question>", methods=["GET", "POST"]
)
@allowed(Permission.EVIDENCE_WRITE)
def judge(enterprise_id: int, question: str) -> Page:
    """An expert's word on a question the standard leaves open."""
    one = enterprise_or_404(enterprise_id)
    form = JudgingForm()

    def again(reasons: Sequence[object], status: int = 422) -> Page:
        return render(
            "assessments/judge.html",
            status,
            form=form,
            enterprise=enterprise_or_404(enterprise_id),
            question=MEASURED[f"judgements.{question}"],
            former=queries.find_judgement(current_session(), enterprise_id, question),
            reasons=reasons,
        )

    if request.method == "GET":
        form.from_day.data = today()
        return again((), 200)

    def record(_file: KeptFile | None) -> None:
        judgement = actions.NewJudgement(
            one.id,
            question,
            YES_NO.get(form.met.data),
            form.reason.data or "",
            form.from_day.data or today(),
            form.until_day.data,
            form.points.data,
        )
        actions.record_judgements(current_session(), author(), [judgement])

    return _save(form, record, again)


def _save(form: object, write: Callable[[KeptFile | None], None], again: Callable[[Sequence[object]], Page]) -> Page:
    """Write what was entered with the file that came with it; what is refused is shown again with the reasons."""
    enterprise_id = (request.view_args or {})["enterprise_id"]
    if not form.validate():  # type: ignore[attr-defined]
        return again(())
    try:
        with _kept_file() as kept, transaction(current_session()):
            write(kept)
    except Refused as refused:
        return again(_put(form, refused.findings))
    flash(_("Saved; the verdicts are up to date."), "ok")
    return redirect(_home(enterprise_id), 303)


@contextmanager
def _kept_file() -> Iterator[KeptFile | None]:
    """The file that came with a form, None without; it is gone again where nothing was recorded with it."""
    uploaded: FileStorage | None = request.files.get("file")
    if uploaded is None or not uploaded.filename:
        yield None
        return
    kept = _folder().keep(uploaded.stream, uploaded.filename)
    try:
        yield kept
    except BaseException:
        _folder().remove(kept.stored_as)
        raise


def _folder() -> ProofFolder:
    return ProofFolder(current_app.extensions["config"].data_folder)


def _put(form: object, findings: Sequence[Finding]) -> list[str]:
    """Put each finding at the field it is about; returns those about no field."""
    loose = []
    for finding in findings:
        name = finding.code.partition(".")[0]
        place = next((each for each in (name, f"own_{name}") if each in form), None)  # type: ignore[operator]
        if place is None:
            loose.append(finding_words(finding))
        else:
            field = form[place]  # type: ignore[index]
            field.errors = [*field.errors, finding_words(finding)]
    return loose


def _entered(one: Enterprise, kind: str, form: PaperForm, file: KeptFile | None) -> actions.NewEvidence:
    return actions.NewEvidence(
        one.id,
        kind,
        form["name"].data or _usual_name(kind, form),
        form.ref.data,
        form.from_day.data,
        form.until_day.data,
        own_values(form, kind),
        form.source.data,
        file,
    )


def _usual_name(kind: str, form: PaperForm) -> str:
    """What a paper is called when nobody names it: its sort, or its kind."""
    sort = form["own_kind"].data if PAPERS[kind].kinds else ""
    return sort_words(kind, sort) if sort else str(PAPER_KINDS[kind])


def _papers_page(
    one: Enterprise,
    kind: str,
    form: PaperForm,
    status: int = 200,
    reasons: Sequence[object] = (),
    corrected: EvidenceRecord | None = None,
) -> tuple[str, int]:
    session: Session = current_session()
    empty = queries.lists_found_empty(session, one.id)
    lists = [f"{kind}.{sort}" for sort in PAPERS[kind].kinds] if kind in ("statements", "certificates") else [kind]
    return render(
        "assessments/evidence.html",
        status,
        enterprise=one,
        kind=kind,
        kinds=PAPER_KINDS,
        papers=[
            shown_paper(each.row, today(), each.verified_by) for each in queries.evidence_of(session, one.id, kind)
        ],
        form=form,
        own=[f"own_{each.name}" for each in PAPERS[kind].fields],
        lists=[(name, MEASURED[name], empty.get(name)) for name in lists],
        most_mb=LARGEST_BYTES // 1024 // 1024,
        corrected=corrected,
        reasons=reasons,
    )


def _evidence_or_404(one: Enterprise, evidence_id: int) -> EvidenceRecord:
    return queries.find_evidence(current_session(), one.id, evidence_id) or abort(404)


def _home(enterprise_id: int) -> str:
    return url_for("enterprises.enterprise", enterprise_id=enterprise_id, _anchor="gap")
