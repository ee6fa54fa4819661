"""What a browser would send of a page's form that nobody touched."""

from __future__ import annotations

import lxml.html


def sent_by(page: str, *, button: str) -> dict[str, list[str]]:
    """Return the fields of the form that has a button with that text, name → values, as a browser sends them."""
    root = lxml.html.fromstring(page)
    (form,) = [
        one for one in root.forms if any(button in each.text_content() for each in one.xpath(".//button"))
    ]
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        # the line break with which a page begins a text is none of the text
        sent.setdefault(name, []).append(value.removeprefix("\n").replace("\n", "\r\n"))
    sent.pop("csrfmiddlewaretoken", None)
    return sent
