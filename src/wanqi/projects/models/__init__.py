"""Tables of projects and of what is built: stations, fibre coverage."""

from .coverage import FiberCoverage
from .projects import Milestone, Project
from .sites import Site

__all__ = ["FiberCoverage", "Milestone", "Project", "Site"]
