"""Tables every app stands on: places, people and their roles, the audit trail, files, jobs, pack files."""

from .audit import AuditEvent
from .installation import Attachment, Job, PackFile
from .owned import Owned, OwnedQuerySet, Sourced, newest_first
from .people import Role, RoleGrant, User
from .places import Area, Office, Region, Unit

__all__ = [
    "Area",
    "Attachment",
    "AuditEvent",
    "Job",
    "Office",
    "Owned",
    "OwnedQuerySet",
    "PackFile",
    "Region",
    "Role",
    "RoleGrant",
    "Sourced",
    "Unit",
    "User",
    "newest_first",
]
