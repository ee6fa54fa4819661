"""A progress bar for work that takes more than a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Yield `moved(done, total)`, which draws a bar on a terminal's standard error; elsewhere it says one line.

    The bar is there from the first move to the last, so that one may follow another.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = progress.add_task(title, total=None)
    begun = False

    def moved(done: int, total: int) -> None:
        nonlocal begun
        if not begun and not console.is_terminal:
            console.print(f"{title}……")
        if not begun:
            progress.start()
        begun = True
        progress.update(task, completed=done, total=total)
        if done >= total:
            progress.stop()

    try:
        yield moved
    finally:
        progress.stop()
