"""The writers of stations, projects and fibre coverage."""

from .projects import FIBER, PROJECTS, add_milestone, reach_milestone
from .sites import check_terms, correct_site, create_site, create_sites, restore_site, withdraw_site

__all__ = [
    "FIBER",
    "PROJECTS",
    "add_milestone",
    "check_terms",
    "correct_site",
    "create_site",
    "create_sites",
    "reach_milestone",
    "restore_site",
    "withdraw_site",
]
