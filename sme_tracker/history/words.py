"""The history's own sentences: where the chain does not hold."""

from sme_tracker.history.chain import BrokenLink
from sme_tracker.web.language import gettext as _


def broken_link_words(link: BrokenLink) -> str:
    """Where and how the chain does not hold."""
    sentences = {
        "missing": _("History: entry %(number)s is missing.", number=link.entry_id),
        "changed": _("History: entry %(number)s is not what was sealed.", number=link.entry_id),
        "cut": _("History: the end is cut off from entry %(number)s on.", number=link.entry_id),
    }
    return str(sentences[link.reason])
