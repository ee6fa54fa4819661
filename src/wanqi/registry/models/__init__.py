"""Tables of the registers about enterprises, people and what they hold; and of the ways in."""

from .activities import Activity, Problem
from .batches import ImportBatch, ImportChange, ImportMapping, RejectedRow
from .carriers import Carrier
from .corrections import FactCorrection
from .facts import Fact, RecordCoverage, RecordRow
from .finance import ListingPlan, PledgeLoan
from .name_lists import NameList, NameListRow
from .organisations import Organisation, OrganisationQuerySet, check_credit_code
from .people import Engagement, Expert, Person
from .profiles import OwnProfile
from .property import Patent, Trademark
from .recognitions import Nomination, NominationStep, Recognition

__all__ = [
    "Activity",
    "Carrier",
    "Engagement",
    "Expert",
    "Fact",
    "FactCorrection",
    "ImportBatch",
    "ImportChange",
    "ImportMapping",
    "ListingPlan",
    "NameList",
    "NameListRow",
    "Nomination",
    "NominationStep",
    "Organisation",
    "OrganisationQuerySet",
    "OwnProfile",
    "Patent",
    "Person",
    "PledgeLoan",
    "Problem",
    "Recognition",
    "RecordCoverage",
    "RecordRow",
    "RejectedRow",
    "Trademark",
    "check_credit_code",
]
