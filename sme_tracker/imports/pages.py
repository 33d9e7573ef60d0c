"""What the pages of an import have in common: the import in the address, and the one who takes files in."""

from flask import abort, current_app

from sme_tracker.config import Config
from sme_tracker.imports.intake import Intake
from sme_tracker.imports.queries import PastImport, find_import, reach_of
from sme_tracker.imports.uploads import UPLOADS, UploadFolder
from sme_tracker.web.pages import current_session
from sme_tracker.web.principal import signed_in


def intake() -> Intake:
    """Takes files in for whoever is signed in."""
    config: Config = current_app.extensions["config"]
    user = signed_in()
    return Intake(current_session(), UploadFolder(config.data_folder / UPLOADS), reach_of(user.role, user.unit_id))


def import_or_404(import_id: int) -> PastImport:
    """The import if it is there for these eyes."""
    user = signed_in()
    return find_import(current_session(), reach_of(user.role, user.unit_id), user.id, import_id) or abort(404)
