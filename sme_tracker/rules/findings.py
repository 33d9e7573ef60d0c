"""What a rule has to say about something it was shown: a code and its parameters, never words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto


class Severity(StrEnum):
    """An error refuses, a notice only informs."""

    ERROR = auto()
    NOTICE = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, as `part.reason` with what the sentence about it needs to name."""

    code: str
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)
    severity: Severity = Severity.ERROR

    @property
    def refuses(self) -> bool:
        """Whether what was found must not be written."""
        return self.severity is Severity.ERROR


def notice(code: str, **parameters: object) -> Finding:
    """Something to be known that refuses nothing."""
    return Finding(code, parameters, Severity.NOTICE)


class Refused(Exception):
    """What was asked is not done; `findings` say why, and nothing has been changed."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(", ".join(finding.code for finding in findings))
        self.findings = findings


def refuse(findings: Iterable[Finding]) -> None:
    """Raise Refused with the findings that refuse, if there are any."""
    refusing = [finding for finding in findings if finding.refuses]
    if refusing:
        raise Refused(*refusing)
