"""Every measure of the board by its key, and the five goals by their indicator."""

from sme_tracker.dashboard.attention import EXPIRING, FIGURES_MISSING
from sme_tracker.dashboard.flows import FLOWS
from sme_tracker.enterprises.measure import Measure
from sme_tracker.pipeline.goals import COMPLETED
from sme_tracker.pipeline.measures import OPEN_CASES, REACHED, STALLED, STALLED_IN
from sme_tracker.recognitions.goals import NEW_SRDI
from sme_tracker.recognitions.measures import LEVEL_TOTAL, LEVELS
from sme_tracker.rules.terms import Indicator, Track
from sme_tracker.shortlists.goals import SPRINT

GOALS = {
    Indicator.SRDI: NEW_SRDI,
    Indicator.SPRINT: SPRINT,
    Indicator.UPGRADE: COMPLETED[Track.UPGRADE],
    Indicator.CONVERT: COMPLETED[Track.CONVERT],
    Indicator.GO_PUBLIC: COMPLETED[Track.GO_PUBLIC],
}
MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        LEVEL_TOTAL,
        *LEVELS.values(),
        *GOALS.values(),
        *OPEN_CASES.values(),
        *FLOWS,
        *REACHED.values(),
        *STALLED.values(),
        *STALLED_IN.values(),
        EXPIRING,
        FIGURES_MISSING,
    )
}
