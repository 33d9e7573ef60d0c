"""What can be done to enterprises; every action takes many rows, checks them, records its history and never commits."""

from sme_tracker.enterprises.actions.contacts import (
    NewContact,
    add_contacts,
    change_contact,
    record_shown,
    remove_contact,
    remove_contacts,
    replace_contacts,
)
from sme_tracker.enterprises.actions.dated import (
    Renaming,
    StatusChange,
    UnitChange,
    assign_units,
    change_statuses,
    rename,
    withdraw_names,
    withdraw_statuses,
    withdraw_units,
)
from sme_tracker.enterprises.actions.figures import record_figures, save_figures, withdraw_figures
from sme_tracker.enterprises.actions.profile import PROFILE, NewEnterprise, change_profile, register, update_profiles
from sme_tracker.enterprises.actions.rows import Stale, Withdrawal

__all__ = [
    "PROFILE",
    "NewContact",
    "NewEnterprise",
    "Renaming",
    "Stale",
    "StatusChange",
    "UnitChange",
    "Withdrawal",
    "add_contacts",
    "assign_units",
    "change_contact",
    "change_profile",
    "change_statuses",
    "record_figures",
    "record_shown",
    "register",
    "remove_contact",
    "remove_contacts",
    "rename",
    "replace_contacts",
    "save_figures",
    "update_profiles",
    "withdraw_figures",
    "withdraw_names",
    "withdraw_statuses",
    "withdraw_units",
]
