"""The words of the field as codes: roles, titles, levels, states, sources, tracks, indicators, sizes."""

from enum import IntEnum, StrEnum, auto


class Role(StrEnum):
    """Who somebody is in the bureau; one account has one role."""

    ADMINISTRATOR = auto()
    CASEWORKER = auto()
    LEADER = auto()
    CLERK = auto()
    AUDITOR = auto()


class Title(StrEnum):
    """What an enterprise can be recognised as; only the titles of the ladder are counted."""

    INNOVATIVE = auto()
    MUNICIPAL = auto()
    PROVINCIAL = auto()
    NATIONAL = auto()
    KEY_NATIONAL = auto()
    CHAMPION = auto()

    @property
    def on_ladder(self) -> bool:
        """Whether the title is one of the three counted levels."""
        return self in LADDER

    @property
    def level(self) -> "Level":
        """The counted level the title gives, NONE for a title beside the ladder."""
        return Level(LADDER.index(self) + 1) if self.on_ladder else Level.NONE


LADDER = (Title.MUNICIPAL, Title.PROVINCIAL, Title.NATIONAL)


class Level(IntEnum):
    """The counted level: the highest title of the ladder an enterprise holds."""

    NONE = 0
    MUNICIPAL = 1
    PROVINCIAL = 2
    NATIONAL = 3

    @property
    def key(self) -> str:
        """The level's code in addresses, measures and files: "municipal"."""
        return self.name.lower()


class Status(StrEnum):
    """Whether an enterprise is still the city's; only an active one is counted.

    One entered by mistake (误录) is kept, as everything is, and was never one of the city's.
    """

    ACTIVE = auto()
    MOVED_OUT = auto()
    DEREGISTERED = auto()
    MISTAKEN = auto()


class Source(StrEnum):
    """Where a yearly figure comes from, the most trusted first."""

    AUDIT = auto()
    PLATFORM = auto()
    SELF_REPORTED = auto()


class RecognitionKind(StrEnum):
    """How a title was given: for the first time, after a review (复核), or with a higher title (自动认定)."""

    NEW = auto()
    RENEWED = auto()
    AUTOMATIC = auto()


class ReviewResult(StrEnum):
    """How a review (复核) ended."""

    RENEWED = auto()
    FAILED = auto()
    NOT_APPLIED = auto()


class Track(StrEnum):
    """The three tracks an enterprise climbs, in their order: 小升规, 规改股, 上市."""

    UPGRADE = auto()
    CONVERT = auto()
    GO_PUBLIC = auto()


class Indicator(StrEnum):
    """What the yearly targets are set for."""

    SRDI = auto()
    SPRINT = auto()
    UPGRADE = auto()
    CONVERT = auto()
    GO_PUBLIC = auto()


class DecisionWord(StrEnum):
    """What is decided on a candidate of a shortlist: 推荐, 待定, 不推荐; the last two need a reason."""

    RECOMMENDED = auto()
    UNDECIDED = auto()
    NOT_RECOMMENDED = auto()


class SizeClass(StrEnum):
    """Size by the rules of 2011 (工信部联企业〔2011〕300号), the largest first."""

    LARGE = auto()
    MEDIUM = auto()
    SMALL = auto()
    MICRO = auto()
