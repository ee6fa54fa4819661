"""Making all tables of an empty database without looking at every model again after every step.

Django keeps the models as they stood at each migration, and after a step makes anew every model that is in any way
related to the changed one. Nearly all of ours are related through regions, people and attachments, so that the first
set-up took minutes of which PostgreSQL needed seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db.migrations.state import ProjectState


@contextmanager
def each_model_alone() -> Iterator[None]:
    """Make only the changed model anew after a step.

    The others go on naming the table of the model as it was, which is the same table. What is lost are relations seen
    from the other end; only a change of a key that others refer to reads those, and an empty database has no such rows.
    """

    def alone(_: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[Any]:
        return {(app_label, model_name)}

    with patch.object(ProjectState, "_find_reload_model", alone):
        yield
