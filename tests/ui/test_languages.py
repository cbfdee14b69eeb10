"""The browser speaks the language of the one who reads it."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from demo_project.shop.models import Product
from tests.ui.html import Page

Browse = Callable[..., Page]
EVENTS = "/admin/pghistory/events/"


def test_pages_are_german_with_right_plurals(browse: Browse, mara: User, changed: Product):
    with translation.override("de"):
        page = browse(mara, f"{EVENTS}?model=shop.Product")
        one = browse(mara, f"{EVENTS}?model=shop.Product&label=update")
        wrong = browse(mara, f"{EVENTS}?since=gestern")
    for words in ["Aktivität", "Geändert", "2 Ereignisse", "Weitere Filter", "Diesen Filter speichern", "Heute", "von"]:
        assert words in page.text
    assert "1 Ereignis " in one.text
    assert "Der Filter lässt sich nicht anwenden" in wrong.text
    assert "Schreiben Sie ein Datum wie 2026-11-23" in wrong.text


@pytest.mark.parametrize("name", ["", "models/", "deleted/", "export/", "filters/", "record/", "days/"])
def test_a_german_page_holds_no_english_sentence(browse: Browse, viktor: User, changed: Product, name: str):
    english = r"\b(?:the|you|your|with|which|what|where|this|that|there|are|from|every|only)\b"
    with translation.override("de"):
        text = browse(viktor, EVENTS + name).text
    assert re.findall(english, text, flags=re.IGNORECASE) == []


@pytest.mark.parametrize("name", ["", "models/", "deleted/", "export/", "filters/", "record/", "days/", "health/"])
def test_arabic_pages_run_from_right_to_left(browse: Browse, mara: User, changed: Product, name: str):
    with translation.override("ar"):
        page = browse(mara, EVENTS + name)
    assert 'dir="rtl"' in page.source
    assert len(re.findall(r"[\u0600-\u06ff]{3,}", page.text)) > 20


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 حدث"), (1, "1 حدث"), (2, "2 حدث"), (3, "3 أحداث"), (10, "10 أحداث"), (11, "11 حدثًا"), (100, "100 حدث")],
)
def test_arabic_counts_in_six_ways(number: int, words: str):
    with translation.override("ar"):
        assert translation.ngettext("%s event", "%s events", number) % number == words
