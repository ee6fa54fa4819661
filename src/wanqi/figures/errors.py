"""Errors of this package, all under one root.

FiguresError
├── UnreadableNumber   a written number whose digits may be damaged or unknown
└── ClaimsRefused      claims given as data that cannot be used as they stand
"""


class FiguresError(ValueError):
    """Root of the errors of written numbers and of claims."""


class UnreadableNumber(FiguresError):
    """A written number that cannot be read for certain; it is never called wrong."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason
        super().__init__(f"读不出数字“{text}”：{reason}。请改成如 571个、37.5%、13亿元 的写法。")


class ClaimsRefused(FiguresError):
    """Claims as data with an unknown name, a missing role or a number that cannot be read."""

    def __init__(self, place: str, reason: str, remedy: str) -> None:
        self.place = place
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{place}：{reason}。{remedy}")
