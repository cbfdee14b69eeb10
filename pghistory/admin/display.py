"""How events look in a list of the admin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from pghistory import registry

NOTHING: Final = "–"
LONGEST: Final = 200
"""Characters of a value in a list."""


def text(value: Any) -> str:
    """A value in words; structures as JSON."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def changes(pairs: Mapping[str, Any], *, longest: int = LONGEST) -> SafeString:
    """{name: (before, after)} as lines."""
    cut = [(name, *(Truncator(text(value)).chars(longest) for value in pair)) for name, pair in pairs.items()]
    return format_html_join("", "<div>{}: <del>{}</del> → <ins>{}</ins></div>", cut) if cut else SafeString(NOTHING)


def values(row: Mapping[str, Any] | None) -> SafeString:
    """{name: value} as lines."""
    lines = [(name, text(value)) for name, value in (row or {}).items()]
    return format_html_join("", "<div>{}: {}</div>", lines) if lines else SafeString(NOTHING)


def object_link(site: AdminSite, model: type[Model], key: Any) -> SafeString:
    """The object's name, "app.Model:key", with its page in the admin where there is one."""
    name = f"{model._meta.label}:{key}"
    for registered in (registry.concrete(model), model):
        if key is not None and site.is_registered(registered):
            options = registered._meta
            try:
                url = reverse(
                    f"{site.name}:{options.app_label}_{options.model_name}_change",
                    args=[quote(key)],
                    current_app=site.name,
                )
            except NoReverseMatch:
                continue
            return format_html('<a href="{}">{}</a>', url, name)
    return format_html("{}", name if key is not None else NOTHING)
