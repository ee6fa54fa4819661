"""What a server's process makes ready beside its first requests."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests import cast
from wanqi.policies.checkup import plans
from wanqi.web import warming
from wanqi.web.packs import pack_of


@pytest.mark.django_db
def test_packs_and_the_rules_of_today_are_ready() -> None:
    plans._whole.clear()
    warming.warm()
    pack = pack_of(cast.REGION)
    assert pack is not None
    assert (id(pack), timezone.localdate(), "new") in plans._whole
