"""The catalogues of the browser are complete, keep what has to be filled in, and are compiled."""

import re
from pathlib import Path

import polib
import pytest

from tests.house.messages import LOCALE, catalogues, in_python, in_template, key_of, messages

PLACES = re.compile(r"%(?:\(\w+\))?[sd]")
LANGUAGES = catalogues()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('_("a") + gettext_lazy("b")', [(None, "a", None), (None, "b", None)]),
        ('ngettext("%d a", "%d b", 1)', [(None, "%d a", "%d b")]),
        ('pgettext("on disk", "Size")', [("on disk", "Size", None)]),
        ("_(name); len('x'); other.gettext('y')", []),
    ],
)
def test_texts_are_found_in_python(source: str, expected: list[object]) -> None:
    assert list(in_python(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% translate "a (b)" %}', [(None, "a (b)", None)]),
        ("{% translate 'He said \"a\").' as x %}", [(None, 'He said "a").', None)]),
        ('{% translate "Size" context "on disk" %}', [("on disk", "Size", None)]),
        ("{% blocktranslate with a=b %}x {{ a }}{% endblocktranslate %}", [(None, "x %(a)s", None)]),
        (
            "{% blocktranslate count n=x %}{{ n }} a{% plural %}{{ n }} b{% endblocktranslate %}",
            [(None, "%(n)s a", "%(n)s b")],
        ),
        ("<p title=\"gettext('no')\">{{ words }}</p>", []),
    ],
)
def test_texts_are_found_in_templates(source: str, expected: list[object]) -> None:
    assert list(in_template("{% load i18n %}" + source)) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_sources_is_translated(language: str) -> None:
    known = {key_of(entry): entry for entry in polib.pofile(str(LANGUAGES[language]))}
    missing = [key for key in messages() if key not in known or not known[key].translated()]
    assert missing == [], "`make messages` takes them into the catalogue"
    assert set(known) == set(messages())
    assert not any(entry.fuzzy for entry in known.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_stays(language: str) -> None:
    wrong = []
    for entry in polib.pofile(str(LANGUAGES[language])):
        wanted = set(PLACES.findall(entry.msgid_plural or entry.msgid))
        # What is filled in by name may be left out where the number is said in words; by place it may not.
        needed = {place for place in wanted if not entry.msgid_plural or "(" not in place}
        for form in list(entry.msgstr_plural.values()) or [entry.msgstr]:
            found = PLACES.findall(form)
            if not needed <= set(found) <= wanted or len(found) != len(set(found)):
                wrong.append((entry.msgid, form))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_texts(language: str) -> None:
    path: Path = LANGUAGES[language]
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    texts = {key_of(entry): (entry.msgstr, entry.msgstr_plural) for entry in polib.pofile(str(path))}
    assert {key_of(entry): (entry.msgstr, entry.msgstr_plural) for entry in compiled} == texts


def test_german_and_arabic_are_there() -> None:
    assert set(LANGUAGES) >= {"ar", "de"}
    assert LOCALE.is_dir()
