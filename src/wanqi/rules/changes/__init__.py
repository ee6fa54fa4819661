"""The smallest change of facts after which a verdict is no longer 不符合, re-run through the whole rule."""

from wanqi.rules.changes.search import Change, Remedy, smallest

__all__ = ["Change", "Remedy", "smallest"]
