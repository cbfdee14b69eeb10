"""The search field's grammar, read without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pghistory_ui.grammar import Term, parse, quoted


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("wool", Term("wool", "word", "wool")),
        ('"week 48"', Term('"week 48"', "word", "week 48")),
        ("actor:anna", Term("actor:anna", "filter", "anna", "actor")),
        ('actor:"Anna Berg"', Term('actor:"Anna Berg"', "filter", "Anna Berg", "actor")),
        ("obj:shop.Product:118", Term("obj:shop.Product:118", "filter", "shop.Product:118", "obj")),
        ("since:2026-11-01T14:30", Term("since:2026-11-01T14:30", "filter", "2026-11-01T14:30", "since")),
        ("price:100→10", Term("price:100→10", "change", "10", "price", "100")),
        ("price:100->10", Term("price:100->10", "change", "10", "price", "100")),
        ("status:*→cancelled", Term("status:*→cancelled", "change", "cancelled", "status", "*")),
        ("note:→x", Term("note:→x", "change", "x", "note", None)),
        ("note:x→", Term("note:x→", "change", None, "note", "x")),
        ('note:""→x', Term('note:""→x', "change", "x", "note", "")),
        ('note:"a → b"→"c d"', Term('note:"a → b"→"c d"', "change", "c d", "note", "a → b")),
        ("price:10", Term("price:10", "change", "10", "price", "*")),
        ("reason=import", Term("reason=import", "context", "import", "reason")),
        ('reason="Price list"', Term('reason="Price list"', "context", "Price list", "reason")),
        ("url=/a:b=c", Term("url=/a:b=c", "context", "/a:b=c", "url")),
        ("https://a.example/?x=1", Term("https://a.example/?x=1", "word", "https://a.example/?x=1")),
        ("12:30", Term("12:30", "word", "12:30")),
        ("a→b", Term("a→b", "word", "a→b")),
        ('5"', Term('5"', "word", '5"')),
        (":x", Term(":x", "word", ":x")),
        ("=x", Term("=x", "word", "=x")),
    ],
)
def test_a_term_is_read_as_it_is_meant(text: str, term: Term):
    assert list(parse(text, {"price", "status", "note"})) == [term]


def test_terms_stand_side_by_side_in_any_number():
    terms = list(parse(' wool  actor:anna\tprice:1→2 reason="a b" "c d" ', {"price"}))
    assert [term.kind for term in terms] == ["word", "filter", "change", "context", "word"]
    assert " ".join(term.source for term in terms) == 'wool actor:anna price:1→2 reason="a b" "c d"'


@given(st.text(max_size=60))
def test_any_text_is_read_and_what_was_read_reads_the_same_again(text: str):
    terms = list(parse(text, {"price"}))
    assert list(parse(" ".join(term.source for term in terms), {"price"})) == terms


@given(st.text(st.characters(exclude_characters='"'), min_size=1, max_size=30))
def test_a_quoted_value_comes_back_whole(value: str):
    assert [term.value for term in parse(f"label:{quoted(value)}")] == [value]
