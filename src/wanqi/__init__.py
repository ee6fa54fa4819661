"""Wanqi 万企: from policy, to enterprise, to project, to money, to a report whose every figure opens."""

__version__ = "0.1.0"
