"""The API itself: its errors as JSON, who is asking, and which answers every operation may give."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.throttling import AnonRateThrottle

from wanqi.core.errors import WanqiError
from wanqi.rules.errors import ValueRefused
from wanqi.rules.programmes import OrganisationRefused

from .schemas import Problem

REFUSED: dict[int | frozenset[int], Any] = {
    400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem, 503: Problem,
}  # fmt: skip

api = NinjaAPI(
    title="万企",
    version="1",
    description="事项目录、条件比对、条件筛选。与页面同一套权限；系统比对结果仅供参考，以主管部门最终审核结果为准。",
    docs_url=None,  # its page would load scripts from elsewhere
    openapi_url="/openapi.json",
    throttle=[AnonRateThrottle(settings.ANONYMOUS_RATE)],
)


def signed_in(request: HttpRequest) -> bool:
    """Return whether somebody with an account asks; the same session as the pages'."""
    return request.user.is_authenticated


def problem(request: HttpRequest, status: int, *, code: str, message: str, hint: str) -> HttpResponse:
    """Return a refusal as JSON."""
    return api.create_response(request, {"code": code, "message": message, "hint": hint}, status=status)


@api.exception_handler(WanqiError)
def _house(request: HttpRequest, error: WanqiError) -> HttpResponse:
    return problem(request, error.status, code=error.code, message=error.cause, hint=error.hint)


@api.exception_handler(ValueRefused)
def _value(request: HttpRequest, error: ValueRefused) -> HttpResponse:
    # What is refused of an organisation's data is a value too: its field says where.
    return problem(request, 422, code="api.value", message=f"{error.field}：{error.message}", hint=error.hint)


@api.exception_handler(OrganisationRefused)
def _organisation(request: HttpRequest, error: OrganisationRefused) -> HttpResponse:
    return problem(request, 422, code=error.code, message=f"{error.place}：{error.cause}", hint=error.hint)


@api.exception_handler(ValidationError)
def _shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {"loc": (), "msg": ""}
    place = ".".join(str(part) for part in first["loc"][1:]) or "请求"
    return problem(
        request,
        422,
        code="api.shape",
        message=f"{place[:200]}：{str(first['msg'])[:300]}",
        hint="写法见 /api/openapi.json。",
    )


@api.exception_handler(AuthenticationError)
def _anonymous(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(request, 401, code="api.sign-in", message="请先登录。", hint="用页面登录后的会话访问。")


@api.exception_handler(Throttled)
def _often(request: HttpRequest, error: Throttled) -> HttpResponse:
    found = problem(request, 429, code="api.often", message="请求太频繁。", hint="请稍后再试。")
    found["Retry-After"] = str(max(1, int(error.wait or 1)))
    return found


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(
        request,
        error.status_code,
        code="api.unreadable",
        message="请求的内容不是JSON。",
        hint="写法见 /api/openapi.json。",
    )
