"""The targets that pipeline cases count towards: 小升规, 规改股, 上市, each by the day of its counting step."""

from flask_babel import lazy_gettext as _l

from sme_tracker.enterprises.measure import Measure, MeasureQuery, MeasureRows, on_the_day
from sme_tracker.pipeline.models import CaseStep, PipelineCase
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Track


def _completed(of: Track, label: str, definition: str) -> Measure:
    """The measure of the cases of a track that reached its counting step in the year."""
    counting = track(of).counting_step.code

    def rows(asked: MeasureQuery) -> MeasureRows:
        return on_the_day(
            asked,
            PipelineCase.enterprise_id,
            CaseStep.actual_on,
            PipelineCase.id == CaseStep.case_id,
            PipelineCase.track == of,
            CaseStep.step == counting,
            CaseStep.actual_on.between(asked.first_day, asked.as_of),
            asked.known(PipelineCase),
            asked.known(CaseStep),
        )

    return Measure(f"goal.{of}", label, definition, rows, _l("Reached on"))


UPGRADED = _completed(
    Track.UPGRADE,
    _l("Upgrade"),
    _l("Entries into the statistics directory in the year, gross: enterprises that leave it are not taken off."),
)
CONVERTED = _completed(
    Track.CONVERT,
    _l("Convert"),
    _l("Conversions into joint-stock companies in the year, by the date of the changed business licence."),
)
WENT_PUBLIC = _completed(
    Track.GO_PUBLIC,
    _l("Go public"),
    _l("Listings in the year, by the first trading day, Beijing included; quotation (挂牌) does not count."),
)
COMPLETED = {Track.UPGRADE: UPGRADED, Track.CONVERT: CONVERTED, Track.GO_PUBLIC: WENT_PUBLIC}
