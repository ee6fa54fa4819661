"""People, their engagements and the expert roster as rows that indicators count."""

from __future__ import annotations

from wanqi.core.row_sources import of_model, register

from ..models import Engagement, Expert, Person

ENGAGEMENT = {
    "person": "person__name",
    "employer_name": "employer_name",
    "mode": "mode",
    "since": "since",
    "until": "until",
    "area": "area",
}
EXPERT = {
    "person": "person__name",
    "roster": "roster",
    "employer_name": "employer_name",
    "since": "since",
    "until": "until",
}


def provide() -> None:
    """Register people, engagements and experts as record kinds."""
    register(of_model("people", Person, ("name", "post", "education", "speciality", "area")))
    register(of_model("engagements", Engagement, ENGAGEMENT))
    register(of_model("experts", Expert, EXPERT))
