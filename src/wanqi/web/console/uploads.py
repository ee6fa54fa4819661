"""Uploads: refused by their announced size before a byte is read, and never read whole for the sake of a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from wanqi.registry.sheets import in_words
from wanqi.web.errors import error_page

SLACK = 6 * 1024 * 1024  # the other fields and the boundaries of a form
View = Callable[..., HttpResponse]


def sized(view: View) -> View:
    """Wrap a view that takes a file: too large a request is refused before Django, or its CSRF check, reads it."""
    protected = csrf_protect(view)

    @csrf_exempt  # so that the check of the token, which reads the body, comes after the check of the size
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **given: object) -> HttpResponse:
        if request.method == "POST":
            announced = request.META.get("CONTENT_LENGTH") or "0"
            if not announced.isdecimal() or int(announced) > settings.UPLOAD_LIMIT + SLACK:
                return too_large(request, "文件" if announced.isdecimal() else "内容")
            try:
                request.POST  # noqa: B018 - parsed here, where a refusal can still be told in a sentence
            except RequestDataTooBig:
                return too_large(request, "粘贴的内容", limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
            except (MultiPartParserError, SuspiciousOperation):
                return error_page(
                    request, status=400, cause="上传的内容读不懂，可能没有传完。", hint="请重新上传。"
                )
        answer: HttpResponse = protected(request, *args, **given)
        return answer

    return checked


def too_large(request: HttpRequest, what: str, *, limit: int | None = None) -> HttpResponse:
    """Return the page that says how much may be sent."""
    most = in_words(limit or settings.UPLOAD_LIMIT)
    return error_page(
        request,
        status=413,
        cause=f"{what}超过{most}的上限，没有上传。",
        hint="请删去图片和多余的工作表，或分成几个文件后再上传。",
        kept="数据没有任何改动。",
    )
