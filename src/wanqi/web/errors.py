"""Error pages: what happened, what was kept, what to do, and a code that support can find in the log."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import ERROR_500_TEMPLATE_NAME

from wanqi.core.errors import WanqiError

log = logging.getLogger(__name__)

TITLES = {
    400: "这个请求读不懂",
    403: "没有这项权限",
    404: "没有找到",
    409: "现在还不能这样做",
    413: "文件太大",
    422: "有内容需要改正",
    500: "系统出了问题",
    503: "暂时不能用",
}
KEPT = {
    403: "数据没有任何改动。",
    404: "数据没有任何改动。",
    409: "数据没有任何改动。",
    500: "刚才这一步没有生效，此前已保存的内容都在。",
}


def support_code() -> str:
    """Return a short random code that stands on the page and in the log."""
    return secrets.token_hex(4).upper()


def error_page(
    request: HttpRequest, *, status: int, cause: str, hint: str = "", code: str = "", kept: str = ""
) -> HttpResponse:
    """Return the page, or for htmx the short message, of one refusal or failure."""
    context: dict[str, Any] = {
        "title": TITLES.get(status, "没有完成"),
        "cause": cause,
        "kept": kept or KEPT.get(status, ""),
        "hint": hint,
        "support": code or support_code(),
        "status": status,
        "public": request.path.startswith("/portal/"),
    }
    template = "errors/_message.html" if getattr(request, "htmx", False) else "errors/page.html"
    response = render(request, template, context, status=status)
    response["X-Support-Code"] = context["support"]
    return response


def answer(request: HttpRequest, error: WanqiError) -> HttpResponse:
    """Return the page of one of the house's own errors."""
    return error_page(request, status=error.status, cause=error.cause, hint=error.hint, code=error.code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, status=400, cause="提交的内容不完整或过多。", hint="请返回上一页重试。")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request, status=403, cause="您的角色没有这项操作的权限。", hint="如工作需要，请联系安全管理员授权。"
    )


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request, status=404, cause="没有这个页面或这条记录，或您无权查看。", hint="请核对网址，或从菜单进入。"
    )


def failed(request: HttpRequest, template_name: str = ERROR_500_TEMPLATE_NAME) -> HttpResponse:
    """Return the page of an unexpected failure, without the shell: what failed may be the shell itself."""
    code = support_code()
    log.error("request failed, support code %s, %s %s", code, request.method, request.path)
    context = {"title": TITLES[500], "kept": KEPT[500], "support": code}
    response = render(None, "errors/bare.html", context, status=500)
    response["X-Support-Code"] = code
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form whose token is missing or of an earlier sign-in."""
    log.warning("form refused: %s, %s", reason, request.path)
    return error_page(
        request,
        status=403,
        cause="这张表单已过期，可能是重新登录过，或页面停留太久。",
        kept="数据没有任何改动，您填写的内容仍在上一页。",
        hint="请返回上一页，刷新后再提交。",
    )
