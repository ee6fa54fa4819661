"""The text as it was meant: damage by scrapers, converters and keyboards mended, with a map to the original."""

from wanqi.figures.prose.recover.mending import REPAIR_TITLES, Recovered, recover

__all__ = ["REPAIR_TITLES", "Recovered", "recover"]
