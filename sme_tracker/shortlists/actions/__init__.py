"""What can be done on shortlists; every action checks, records its history and never commits."""

from sme_tracker.shortlists.actions.deciding import add_by_hand, decide, recommend
from sme_tracker.shortlists.actions.forwarding import Forwarding, check_forwarding, put_forward, take_back
from sme_tracker.shortlists.actions.freezing import freeze, undo_freeze
from sme_tracker.shortlists.actions.outcome import Result, enter_result, undo_result

__all__ = [
    "Forwarding",
    "Result",
    "add_by_hand",
    "check_forwarding",
    "decide",
    "enter_result",
    "freeze",
    "put_forward",
    "recommend",
    "take_back",
    "undo_freeze",
    "undo_result",
]
