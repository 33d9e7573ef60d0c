"""The forms a file is handed in with, and undone."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from sme_tracker.web.fields import TextField
from sme_tracker.web.language import lazy_gettext as _l


class UploadForm(FlaskForm):
    """One file to import."""

    file = FileField(_l("File to import"), [FileRequired(_l("Choose a file first."))])


class UndoForm(FlaskForm):
    """Why an import is undone."""

    reason = TextField(_l("Reason"), needed=True)
