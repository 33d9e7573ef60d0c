"""The form a file is handed in with."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from sme_tracker.web.language import lazy_gettext as _l


class UploadForm(FlaskForm):
    """One file to import."""

    file = FileField(_l("File to import"), [FileRequired(_l("Choose a file first."))])
