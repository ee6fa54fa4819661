"""Rules for passwords, in the words of the installation: length, and three of the four classes of characters."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError


class TenCharacters:
    """Refuse a password of fewer than ten characters."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < 10:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return "密码至少10个字符。"


class ThreeOfFourClasses:
    """Refuse a password with fewer than three of: lower case, upper case, digits, other characters."""

    def validate(self, password: str, user: Any = None) -> None:
        classes = (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
        if sum(any(test(char) for char in password) for test in classes) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return "密码须包含大写字母、小写字母、数字、符号中的至少三类。"
