"""How single values and changes are drawn."""

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.db import models
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.range import Range

from pghistory_ui import cards, links, renderers
from pghistory_ui.renderers.base import Change, Renderer, Value


def renderer(field: Any, name: str = "some_field") -> Renderer:
    field.set_attributes_from_name(name)
    return renderers.renderer_class(field)(name, field, None)  # type: ignore[arg-type]  # these need no page


def words(change: Change) -> tuple[str, str, str]:
    assert change.before is not None
    assert change.after is not None
    return change.before.text, change.after.text, change.note


@pytest.mark.parametrize(
    ("field", "before", "after", "shown"),
    [
        (models.IntegerField(), 10, 12, ("10", "12", "+2, +20 %")),
        (models.IntegerField(), 14, 12, ("14", "12", "−2, −14.3 %")),
        (models.IntegerField(), 0, 12, ("0", "12", "+12")),
        (models.IntegerField(), 2026, 1_000_000, ("2026", "1,000,000", "+997,974, +49,258 %")),
        (models.IntegerField(), None, 12, ("empty", "12", "")),
        (models.IntegerField(), 12, None, ("12", "empty", "")),
        (models.DecimalField(), Decimal("1480.00"), Decimal("1395.00"), ("1,480.00", "1,395.00", "−85.00, −5.7 %")),
        (models.DecimalField(), Decimal("NaN"), Decimal("1.5"), ("NaN", "1.5", "")),
        (models.DecimalField(), Decimal("1E+2"), Decimal("-0.5"), ("100", "-0.5", "−100.5, −100 %")),
        (models.DecimalField(), Decimal("1E-7"), Decimal("2E-7"), ("0.0000001", "0.0000002", "+0.0000001, +100 %")),
        (models.DecimalField(), Decimal("0.01"), Decimal("99999999.99"), ("0.01", "99,999,999.99", "+99,999,999.98")),
        (models.FloatField(), 1e-30, 1e300, ("0." + "0" * 29 + "1", "1e+300", "+1e+300")),
        (models.FloatField(), math.inf, 1.5, ("inf", "1.5", "")),
        (models.FloatField(), 1.5, math.nan, ("1.5", "nan", "")),
        (models.BooleanField(), False, True, ("No", "Yes", "")),
        (models.BooleanField(null=True), None, True, ("empty", "Yes", "")),
        (models.CharField(choices=[("a", "Draft"), ("b", "Published")]), "a", "b", ("Draft", "Published", "")),
        (models.CharField(choices=[("a", "Draft")]), "a", "gone", ("Draft", "gone", "")),
        (models.CharField(), "", "x", ("empty text", "x", "")),
        (models.CharField(), None, "x", ("empty", "x", "")),
        (models.CharField(), "old@example.com", "new@example.com", ("old@example.com", "new@example.com", "")),
        (models.FileField(), "", "b.jpg", ("empty text", "b.jpg", "b.jpg is no longer stored")),
        (models.BinaryField(), b"1", memoryview(b"12"), ("1 byte", "2 bytes", "")),
        (models.DateField(), dt.date(2026, 1, 2), dt.date(2026, 1, 3), ("Jan. 2, 2026", "Jan. 3, 2026", "1 day later")),
        (models.DateField(), "odd", dt.date(2026, 1, 3), ("odd", "Jan. 3, 2026", "")),
        (models.UUIDField(), "a", "b", ("a", "b", "")),
        (models.JSONField(), None, {"a": 1}, ("empty", '{"a": 1}', "")),
        (ArrayField(models.IntegerField()), [1], None, ("[1]", "empty", "")),
    ],
)
def test_whole_values_are_told_in_words(field: Any, before: Any, after: Any, shown: tuple[str, str, str]):
    assert words(renderer(field).change(before, after)) == shown


def test_a_number_has_the_signs_of_the_readers_language():
    with translation.override("de"):
        field = renderer(models.DecimalField())
        assert words(field.change(Decimal("999.50"), Decimal("1000.50"))) == ("999,50", "1.000,50", "+1,00, +0,1 %")


def test_an_instant_is_told_in_the_readers_zone_to_the_digit_that_changed():
    field = renderer(models.DateTimeField())
    early = dt.datetime(2026, 12, 1, 8, 0, tzinfo=dt.UTC)
    with timezone.override("Europe/Berlin"):
        assert words(field.change(early, early - dt.timedelta(days=7))) == (
            "Dec. 1, 2026, 09:00",
            "Nov. 24, 2026, 09:00",
            "7 days earlier",
        )
        assert field.value(early + dt.timedelta(seconds=5)).text == "Dec. 1, 2026, 09:00:05"
        before, after, _note = words(field.change(early, early + dt.timedelta(microseconds=5)))
        assert before != after
        chip = field.chip(early.replace(year=2020), None)
        assert chip.before == "1 Dec 2020, 09:00"
        assert field.value(dt.datetime.max.replace(tzinfo=dt.UTC)).text
        assert field.value("odd").text == "odd"


def test_long_texts_are_summed_up_in_chips():
    field = renderer(models.TextField())
    long = "word " * 100
    assert field.chip("", long).summary == "written"
    assert field.chip(long, "").summary == "emptied"
    assert field.chip(long, "other " + long).summary == "1 place"
    texts = [". ".join(f"{side}{number}" for number in range(1_000)) for side in "ab"]
    assert field.chip(*texts).summary == "rewritten"


def test_a_long_unchanged_stretch_folds_between_whole_sentences():
    calm = "The yarn is spun slowly. " * 20
    change = renderer(models.TextField()).change(f"Old start. {calm}Old end.", f"New start. {calm}New end.")
    blocks = change.body.blocks
    assert [bool(block.fold) for block in blocks] == [False, True, False]
    assert blocks[0].runs[-1].text.endswith("slowly.")
    assert blocks[2].runs[0].text.startswith("The yarn")


def test_a_stretch_without_sentences_folds_at_words_and_says_so():
    calm = " ".join(f"w{number}" for number in range(100))
    change = renderer(models.TextField()).change(f"old {calm} old", f"new {calm} new")
    first, _fold, last = change.body.blocks
    assert first.runs[-1].text.endswith("…")
    assert last.runs[0].text.startswith("… ")


def test_structures_are_told_by_path_and_beyond_the_bound_counted():
    field = renderer(models.JSONField())
    assert field.chip({"a": 1}, {"a": 2}).summary == "1 key"
    assert field.chip(None, {"a": 2}).summary == ""
    change = field.change({str(n): n for n in range(80)}, {str(n): -n for n in range(80)})
    assert (len(change.body.lines), change.body.more) == (50, 29)
    moved = field.change(["a", "b", "c"], ["c", "a", "b"]).body.lines
    assert [(line.word, line.path, line.kept) for line in moved] == [("moved", "[2] → [0]", '"c"')]


def test_a_project_may_draw_its_own_fields():
    class ColourField(models.CharField):  # type: ignore[type-arg]
        pass

    class ColourRenderer(Renderer):
        def text(self, value: Any) -> str:
            return f"colour {value}"

    renderers.register(ColourField, ColourRenderer)
    assert words(renderer(ColourField()).change("red", "blue")) == ("colour red", "colour blue", "")
    assert renderers.renderer_class(None) is Renderer


@pytest.mark.parametrize(
    ("days", "title"),
    [(0, "Today"), (1, "Yesterday"), (3, "Friday"), (20, "November 3"), (400, "Oct. 19, 2025")],
)
def test_a_day_is_called_as_one_speaks_of_it(days: int, title: str):
    today = dt.date(2026, 11, 23)
    assert cards.day_title(today - dt.timedelta(days=days), today)[0] == title


def test_how_long_ago_is_one_unit():
    now = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    assert cards.ago(now - dt.timedelta(seconds=5), now) == "just now"
    assert cards.ago(now - dt.timedelta(days=3, hours=5), now) == "3\xa0days ago"
    assert cards.ago(now + dt.timedelta(days=1), now) == ""


def test_a_text_that_can_be_no_key_is_none():
    class Model(models.Model):
        class Meta:
            app_label = "nowhere"

    assert links.as_key(Model, "5") == 5
    for odd in [None, "", "x", "1\0", "9" * 30, [1], {"id": 1}, math.inf]:
        assert links.as_key(Model, odd) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Range(1, 5, "[)"), "1 – 4"),
        (Range(1, 2, "[)"), "1"),
        (Range(0, 5, "(]"), "1 – 5"),
        (Range(1, None, "[)"), "from 1"),
        (Range(None, 5, "[)"), "until 5"),
        (Range(None, None), "everything"),
        (Range(empty=True), "nothing"),
        (Range(Decimal("1.5"), Decimal("2.5"), "[)"), "1.5 – 2.5 (2.5 not included)"),
        (Range(Decimal("1.5"), Decimal("2.5"), "()"), "1.5 – 2.5 (1.5, 2.5 not included)"),
        (Range(Decimal("1.5"), Decimal("2.5"), "[]"), "1.5 – 2.5"),
        (Range(dt.date(2026, 1, 1), dt.date(2026, 2, 1), "[)"), "Jan. 1, 2026 – Jan. 31, 2026"),
        (
            Range(dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC), None, "[)"),
            "from Jan. 1, 2026, 10:00",
        ),
        ("odd", "odd"),
    ],
)
@timezone.override("Europe/Berlin")
def test_ranges_are_told_from_where_to_where(value: Any, shown: str):
    assert renderer(IntegerRangeField()).value(value).text == shown


def test_files_that_are_stored_are_linked_and_images_shown(tmp_path: Path):
    storage = FileSystemStorage(location=tmp_path, base_url="/media/")
    for name in ("a.jpg", "b.pdf"):
        (tmp_path / name).write_bytes(b"x")
    drawn = renderer(models.FileField(storage=storage)).change("a.jpg", "b.pdf")
    assert (
        '<a href="/media/a.jpg"><img class="pgh-thumb" src="/media/a.jpg" alt="" loading="lazy"> a.jpg</a>'
        in drawn.html
    )
    assert '<a href="/media/b.pdf">b.pdf</a>' in drawn.html
    assert drawn.note == ""
    drawn = renderer(models.FileField(storage=storage)).change("gone.png", "../../secret.png")
    assert "<img" not in drawn.html
    assert "<a " not in drawn.html
    assert drawn.note == "gone.png is no longer stored, ../../secret.png is no longer stored"


class Far(InMemoryStorage):
    """Files that are not on this machine's disk; counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__(base_url="https://files.example.com/")
        self.asked: list[str] = []

    def exists(self, name: str) -> bool:
        self.asked.append(name)
        return super().exists(name)


def test_a_closed_row_asks_nothing_of_the_storage():
    storage = Far()
    drawn = renderer(models.FileField(storage=storage)).chip("a.jpg", None)
    assert isinstance(drawn.after, Value)
    assert (drawn.before, drawn.after.text) == ("a.jpg", "empty")
    assert storage.asked == []


def test_a_page_asks_a_storage_far_away_for_some_files_and_tells_nothing_of_the_others():
    storage = Far()
    storage.save("0.jpg", ContentFile(b"x"))
    storage.asked.clear()
    column = renderer(models.FileField(storage=storage))
    first = column.change("0.jpg", "1.jpg")
    assert "<img" in first.html
    assert first.note == "1.jpg is no longer stored"
    for number in range(2, 60):
        column.value(f"{number}.jpg")
    last = column.change("60.jpg", "61.jpg")
    assert len(storage.asked) == renderers.files.ASKED_AT_MOST
    assert "60.jpg" in last.html
    assert "<a " not in last.html
    assert last.note == ""


def test_an_address_that_is_none_is_no_link(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    storage = FileSystemStorage(location=tmp_path, base_url="javascript:alert(1)/")
    assert "<a " not in renderer(models.FileField(storage=storage)).change("", "a.jpg").html
    assert renderers.files.FileRenderer("f", None, None).value("a.jpg").url == ""


@given(
    now=st.timedeltas(dt.timedelta(0), dt.timedelta(days=3653)).map(dt.datetime(2020, 1, 1, tzinfo=dt.UTC).__add__),
    apart=st.lists(st.timedeltas(dt.timedelta(days=-2), dt.timedelta(days=900)), min_size=2, max_size=30),
)
def test_instants_of_one_age_are_told_alike(now: dt.datetime, apart: list[dt.timedelta]):
    found: dict[Any, set[str]] = {}
    for at in (now - each for each in (*apart, dt.timedelta(days=28), dt.timedelta(days=31), dt.timedelta(days=365))):
        found.setdefault(cards._age(at, now), set()).add(cards.ago(at, now))
    assert all(len(words) == 1 for words in found.values()), found
