"""What every part of a pack file has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Version = Annotated[str, StringConstraints(pattern=r"^20\d\d-[1-9]\d{0,2}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
RegionId = Annotated[str, StringConstraints(pattern=r"^cn(-[0-9]{2,6})?$")]
IndicatorId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=80)]
Number = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?$")]
# A programme is named after the region of the document that sets its criteria.
ProgrammeId = Annotated[
    str, StringConstraints(pattern=r"^cn(-[0-9]{2,6})?\.[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
]
PERIOD = r"[0-9]{4}(H[12]|Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])|\.\.(0[1-9]|1[0-2]))?)?"
Period = Annotated[str, StringConstraints(pattern=f"^{PERIOD}$")]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


# How well a statement is sourced: read in one, two or three stored texts, remembered (high, middle, low), inferred.
SourceTag = Annotated[
    str, StringConstraints(pattern=r"^(v[23]?(:.{1,80})?|m/[HML]|inf|unknown)$", max_length=84)
]
UNVERIFIED = frozenset({"m/M", "m/L", "inf", "unknown"})


class Spec(BaseModel):
    """Frozen; unknown keys and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)
