"""Who may do what: one table, role by permission, and whose records a role reaches."""

from enum import StrEnum, auto

from sme_tracker.rules.terms import Role


class Permission(StrEnum):
    """What an endpoint asks for; own account and signing out need none."""

    BOARD_READ = auto()
    TARGET_READ = auto()
    TARGET_WRITE = auto()
    ENTERPRISE_READ = auto()
    ENTERPRISE_CREATE = auto()
    ENTERPRISE_WRITE = auto()
    ENTERPRISE_MOVE = auto()  # change of the reporting unit
    CONTACT_SHOW = auto()
    RECOGNITION_WRITE = auto()
    PIPELINE_WRITE = auto()
    PLAN_WRITE = auto()
    EVIDENCE_WRITE = auto()
    PUT_FORWARD = auto()
    SHORTLIST_READ = auto()
    SHORTLIST_WRITE = auto()
    SHORTLIST_FREEZE = auto()
    DISTRICT_RECOMMEND = auto()  # the district's word on candidates of the own unit
    TABLE_WRITE = auto()  # how the province wants its recommendation table
    RULES_READ = auto()
    RULES_DRAFT = auto()
    RULES_PUBLISH = auto()
    IMPORT_WRITE = auto()
    EXPORT = auto()
    REFERENCE_READ = auto()
    REFERENCE_WRITE = auto()
    ACCOUNT_READ = auto()
    ACCOUNT_WRITE = auto()
    SETTINGS_WRITE = auto()
    HISTORY_READ = auto()  # the whole history and the export register; an enterprise's own goes with reading it


P = Permission

READS = frozenset({P.BOARD_READ, P.TARGET_READ, P.ENTERPRISE_READ, P.RULES_READ, P.REFERENCE_READ, P.EXPORT})
KEEPS = frozenset({
    P.ENTERPRISE_CREATE, P.ENTERPRISE_WRITE, P.CONTACT_SHOW, P.RECOGNITION_WRITE, P.PIPELINE_WRITE, P.PLAN_WRITE,
    P.EVIDENCE_WRITE, P.IMPORT_WRITE,
})  # fmt: skip

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: READS | KEEPS | {P.DISTRICT_RECOMMEND},
    Role.CASEWORKER: READS | KEEPS | {
        P.ENTERPRISE_MOVE, P.PUT_FORWARD, P.SHORTLIST_READ, P.SHORTLIST_WRITE, P.RULES_DRAFT, P.TABLE_WRITE,
    },
    Role.LEADER: READS | {P.TARGET_WRITE, P.SHORTLIST_READ, P.SHORTLIST_FREEZE, P.RULES_PUBLISH},
    Role.ADMINISTRATOR: frozenset({
        P.ACCOUNT_READ, P.ACCOUNT_WRITE, P.REFERENCE_READ, P.REFERENCE_WRITE, P.SETTINGS_WRITE, P.TABLE_WRITE,
    }),
    Role.AUDITOR: frozenset({P.HISTORY_READ, P.ACCOUNT_READ}),
}  # fmt: skip


ASKS_PASSWORD = frozenset({P.SHORTLIST_FREEZE, P.RULES_PUBLISH, P.ACCOUNT_WRITE})
"""What binds the bureau or gives rights: who does it has given the password again within the last minutes."""


WITHHOLDABLE = frozenset({P.EXPORT})
"""What an administrator can take from a role or a person; nothing can be given that the table above does not."""


def may(role: Role, permission: Permission) -> bool:
    """Whether the role has the permission, before the question whose record it is."""
    return permission in PERMISSIONS[role]


def own_unit_only(role: Role) -> bool:
    """Whether the role reaches only the enterprises of the account's own reporting unit."""
    return role is Role.CLERK
