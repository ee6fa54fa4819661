"""Files kept as evidence."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from django.conf import settings
from django.db import transaction

from ..access import Actor
from ..errors import RowInvalid
from ..models import Attachment
from .rows import record


@transaction.atomic
def attach(name: str, content: bytes, *, content_type: str, region: str, actor: Actor) -> Attachment:
    """Keep a file and return it; the same bytes under the same name in a region are kept once.

    Raises RowInvalid when it is empty or above settings.UPLOAD_LIMIT bytes.
    """
    if not content:
        raise RowInvalid({"file": ["文件是空的，请检查后重新选择。"]})
    if len(content) > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // (1024 * 1024)
        raise RowInvalid({"file": [f"文件超过{limit} MB，请拆分后再上传。"]})
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    clean = (
        "".join(char for char in PurePath(name.replace("\\", "/")).name if char.isprintable())[-200:]
        or "未命名"
    )
    kept = Attachment.objects.filter(region_id=region, digest=digest, name=clean).first()
    if kept is not None:
        return kept
    attachment = Attachment.objects.create(
        region_id=region,
        name=clean,
        content_type=content_type[:100],
        size=len(content),
        digest=digest,
        content=content,
        uploaded_by=actor.user,
    )
    record(attachment, "上传附件", actor=actor)
    return attachment
