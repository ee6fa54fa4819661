"""Opening 条件筛选: the whole page through the application, at ten thousand and a million enterprises."""

from __future__ import annotations

import time
from statistics import median

from .ground import REGION, make_clerk
from .results import Result

GOALS = {10_000: 300.0, 1_000_000: 2_000.0}  # milliseconds
TIMES = 7
PAGES = {
    "opened": "/screening/?programme={programme}&area=",
    "one group": "/screening/?programme={programme}&area=&bucket=short1",
    "one 片区": "/screening/?programme={programme}&area={area}",
    "one datum is missing": "/screening/?programme={programme}&area=&bucket=missing&missing=rd_expense",
    "by name": "/screening/?programme={programme}&area=&sort=name",
}


def opened(enterprises: int, *, programme: str = "cn.high-tech") -> list[Result]:
    """Return how long each way into the screen takes on the database at hand, from request to the whole answer.

    Raises RuntimeError where no standings are kept.
    """
    from django.test import Client

    from wanqi.core.models import Area, User
    from wanqi.policies.models import Standing

    if not Standing.objects.filter(track__programme=programme).exists():
        raise RuntimeError(f"no standings of {programme}: an empty screen opens at once and says nothing")
    name, _ = make_clerk()
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    area = Area.objects.filter(region_id=REGION).order_by("position").first()
    assert area is not None
    found = []
    for what, path in PAGES.items():
        address = path.format(programme=programme, area=area.pk)
        times, busy = [], []
        for _ in range(TIMES + 1):
            began, own = time.perf_counter(), time.process_time()
            answer = browser.get(address)
            times.append((time.perf_counter() - began) * 1000)
            busy.append((time.process_time() - own) * 1000)
            assert answer.status_code == 200, answer.content[:500]
        warm = times[1:]
        found.append(
            Result(
                benchmark="standings",
                what=f"{enterprises:,} enterprises: 条件筛选, {what}: the whole page",
                value=median(warm),
                unit="ms",
                goal=GOALS.get(enterprises),
                more={
                    "first": f"{times[0]:,.0f} ms",
                    "slowest": f"{max(warm):,.0f} ms",
                    "processor of the page": f"{median(busy[1:]):,.0f} ms",
                },
                note="counts by verdict, conditions and data that are lacking with their numbers, thirty rows",
            )
        )
    return found
