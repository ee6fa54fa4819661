"""Addresses of a register's pages, by its name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.urls import reverse

from .spec import Register


def list_of(register: Register) -> str:
    """Return the address of the register's list."""
    return reverse(register.name)


def row_of(register: Register, pk: Any) -> str:
    """Return the address of one row."""
    return reverse(f"{register.name}.row", args=[pk])


def step_of(register: Register, step: str, pk: Any = None) -> str:
    """Return the address of a step: create, export; correct, withdraw, restore of a row."""
    return reverse(f"{register.name}.{step}", args=[pk] if pk is not None else [])


def with_next(address: str, next_address: str) -> str:
    """Return `address` that goes on to `next_address` afterwards."""

    return f"{address}?next={quote(next_address)}" if next_address else address
