"""Every table of the house in one metadata, for migrations and for whole-database work."""

from sme_tracker.accounts import models as accounts
from sme_tracker.assessments import models as assessments
from sme_tracker.dashboard import models as dashboard
from sme_tracker.db import Base
from sme_tracker.enterprises import models as enterprises
from sme_tracker.exports import models as exports
from sme_tracker.history import models as history
from sme_tracker.imports import models as imports
from sme_tracker.pipeline import models as pipeline
from sme_tracker.recognitions import models as recognitions
from sme_tracker.reference import models as reference
from sme_tracker.shortlists import models as shortlists
from sme_tracker.targets import models as targets

__all__ = ["METADATA"]

ROOMS = (
    accounts,
    assessments,
    dashboard,
    enterprises,
    exports,
    imports,
    history,
    pipeline,
    recognitions,
    reference,
    shortlists,
    targets,
)
METADATA = Base.metadata
