"""The targets that pipeline cases count towards: 小升规, 规改股, 上市, each by the day of its counting step."""

from sme_tracker.enterprises.measure import Measure, MeasureQuery, MeasureRows, on_the_day
from sme_tracker.pipeline.models import CaseStep, PipelineCase
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Indicator, Track
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import COUNTING_RULES, INDICATORS


def _completed(of: Track) -> Measure:
    """The measure of the cases of a track that reached its counting step in the year."""
    counting, indicator = track(of).counting_step.code, Indicator(of.value)

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

    return Measure(f"goal.{of}", INDICATORS[indicator], COUNTING_RULES[indicator], rows, _l("Reached on"))


COMPLETED = {of: _completed(of) for of in Track}
