"""The file of a job by COPY: byte for byte the one that Python streams, for every person and every field."""

import datetime as dt
import io
import random
import secrets
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.storage import InMemoryStorage
from django.db.models import F, JSONField, Value
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

import pghistory
from demo_project.shop.models import Category, Product, Supplier, Tag
from pghistory.export import Sheet, cells, fields, fill
from pghistory.models import Context
from pghistory.timeline import Timeline
from pghistory_ui.permissions import Access
from pghistory_ui.views import copied, export
from tests.matrix.lives import LIVES, Life
from tests.matrix.models import Kinds
from tests.tracked.models import ByRow, DenormalisedContext, Labelled, Loose, OldRows
from tests.ui.test_permissions import model_admin

pytestmark = pytest.mark.django_db

HOSTILE = [
    "=1+1",
    "-2",
    "<script>alert(1)</script>",
    "100 % %s",
    'a "b", c',
    "two\r\nlines",
    "𝄞 ☃",
    "",
    "\x01\x02",
    "\\.x",
]
SOME = ("pgh_id", "pgh_label", "pgh_obj_id", "url", "context")

People = Callable[..., User]


def access_of(user: User) -> Access:
    request = RequestFactory().get("/")
    request.user = user
    return Access(request, admin.site)


def timeline_of(access: Access) -> Timeline:
    return access.timeline(*access.exportable)


def streamed(access: Access, timeline: Timeline, columns: Any, file_format: str) -> str:
    rows = export.values(access, timeline, columns, timezone.get_current_timezone())
    make = export.csv_lines if file_format == "csv" else export.json_lines
    return "".join(make(columns, rows))


def made(access: Access, timeline: Timeline, columns: Any, file_format: str) -> str:
    hidden = {found: access.hidden_fields(found) for found in timeline.event_models}
    told: list[int] = []
    sheet = Sheet(file_format, columns, hidden, secrets.token_hex(16))
    file, number = copied.write(access, timeline, sheet, draft=io.BytesIO, progress=told.append)
    assert told[-1] == number
    text: bytes = file.getvalue()
    return text.decode()


def assert_same(access: Access, timeline: Timeline) -> None:
    assert copied.may_copy(access, timeline)
    for file_format in cells.FORMATS:
        for columns in (cells.COLUMNS, SOME, ("changes",), *((name,) for name in ("object", "actor", "reason"))):
            of_python = streamed(access, timeline, columns, file_format).split("\n")
            of_database = made(access, timeline, columns, file_format).split("\n")
            assert of_database == of_python


def write_history(dice: random.Random, ada: User) -> None:
    """Some deeds with objects of the shop, in contexts of all kinds."""
    suppliers = [Supplier.objects.create(name=name) for name in dice.sample(HOSTILE, 3)]
    category = Category.objects.create(name="Throws", slug="throws")
    tag = Tag.objects.create(name=dice.choice(HOSTILE) or "new")
    products: list[Product] = []
    for number in range(40):
        with pghistory.context(
            user=dice.choice([ada.pk, str(ada.pk), 10**9, "nobody", None, True, [1], {"a": 1}, "=x"]),
            url=dice.choice([*HOSTILE, None, 7, ["/a/"]]),
            reason=dice.choice([*HOSTILE, "x" * 600]),
            more=dice.choice([[1, 2.5, None], {"b": 1, "a": {}}, "é"]),
        ):
            deed = dice.choice("aaauuuds") if products else "a"
            if deed == "a":
                products.append(
                    Product.objects.create(
                        name=dice.choice(HOSTILE) or "none",
                        sku=f"SKU-{number}",
                        price="1.50",
                        category=category,
                        supplier=dice.choice(suppliers),
                        attributes=dice.choice([{}, {"b": [1, 2.5], "a": None}, {"z": {'quo"te': "\x01"}}]),
                    )
                )
            elif deed == "u":
                found = dice.choice(products)
                found.name = dice.choice(HOSTILE) or "none"
                found.price = dice.choice(["0.00", "-7.25", "99.99"])
                found.description = dice.choice(HOSTILE)
                found.attributes = dice.choice([{}, {"b": [1, 3.5]}, [], "text"])
                found.save()
            elif deed == "d":
                products.pop(dice.randrange(len(products))).delete()
            else:
                dice.choice(products).tags.set(dice.choice([[tag], []]))


@pytest.mark.parametrize("seed", range(3))
def test_a_random_history_gives_the_same_file_to_everybody(seed: int, mara: User, person: People, settings: Any):
    write_history(random.Random(seed), mara)
    everything = access_of(mara)
    assert_same(everything, timeline_of(everything))
    viktor = person("vik", "shop.view_product", "shop.view_tag")
    assert_same(access_of(viktor), timeline_of(access_of(viktor)))
    settings.PGHISTORY_UI_FIELD_PERMISSION = lambda request, model, name: name not in ("name", "price")
    withheld = access_of(viktor)
    assert_same(withheld, timeline_of(withheld))
    assert '"name"' not in made(withheld, timeline_of(withheld), ("changes",), "jsonl")


def test_only_rows_of_the_queryset_of_the_admin_are_in_the_file(mara: User, person: People):
    write_history(random.Random(7), mara)
    viktor = person("vik", "shop.view_product")
    some = Product.objects.order_by("pk").values_list("pk", flat=True)[:2]

    def get_queryset(self: Any, request: HttpRequest) -> Any:
        return Product.objects.filter(pk__in=list(some))

    with model_admin(Product, get_queryset=get_queryset):
        access = access_of(viktor)
        assert_same(access, timeline_of(access).across(Product))
        keys = made(access, timeline_of(access).across(Product), ("pgh_obj_id",), "csv").split("\r\n")[1:-1]
        assert set(keys) == {str(key) for key in some}


def test_an_admin_that_decides_by_object_has_the_file_made_row_by_row(person: People, changed: Product):
    viktor = person("vik", "shop.view_product")

    def has_view_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj.pk != changed.pk

    with model_admin(Product, has_view_permission=has_view_permission):
        access = access_of(viktor)
        assert not copied.may_copy(access, timeline_of(access).across(Product))


def live(model: Any, life: Life) -> None:
    first, second = life.states()
    found = model._default_manager.create(**first)
    found = model._default_manager.get(pk=found.pk)
    for field, value in second.items():
        setattr(found, field, value)
    found.save()
    if random.Random(life.model._meta.label).random() < 0.5:
        found.delete()


@pytest.mark.parametrize("life", LIVES, ids=[f"{place}-{life}" for place, life in enumerate(LIVES)])
def test_fields_and_keys_of_every_type_stand_in_the_file_as_python_writes_them(life: Life, mara: User, settings: Any):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{InMemoryStorage.__module__}.InMemoryStorage"}}
    with pghistory.context(actor=mara, reason="why"):
        live(life.model, life)
    access = access_of(mara)
    timeline = timeline_of(access).across(life.model)
    assert len(list(timeline.entries())) >= 1
    assert_same(access, timeline)


def test_the_database_writes_values_of_each_type_as_python_does(settings: Any):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{InMemoryStorage.__module__}.InMemoryStorage"}}
    (life, *_others) = (life for life in LIVES if life.model is Kinds)
    event_model: Any = Kinds.pgh_event_model
    live(Kinds, life)
    Kinds.objects.create(
        char="\x7f\u2028\x01 \\ / é",
        decimal="0.0000",
        date_time=dt.datetime(2031, 1, 1, tzinfo=dt.UTC),
        json={"b": [], "a": {"é": "\x1f"}},
    )
    kinds = {}
    for field in (event_model._meta.get_field(name) for name in event_model.pgh_tracked_fields):
        kind = field.get_internal_type()
        has_own_code = type(field).__name__ not in (kind, "FileField") or getattr(field, "decoder", None)
        if kind in fields.WRITTEN and not has_own_code:
            kinds[field.attname] = field
    assert {"CharField", "DateTimeField", "DecimalField", "JSONField", "UUIDField", "FileField", "BooleanField"} <= {
        field.get_internal_type() for field in kinds.values()
    }
    for name, field in kinds.items():
        events = event_model._base_manager.order_by("pgh_id")
        of_database = [found or "null" for found in events.values_list(fields.written(F(name), field), flat=True)]
        assert of_database == [cells.as_json(getattr(event, name)) for event in events], name


@pytest.mark.parametrize("model", [ByRow, OldRows, Labelled, Loose, DenormalisedContext])
def test_events_of_every_kind_of_tracker_stand_in_the_file_as_python_writes_them(model: Any, mara: User):
    for deletes in (True, False):
        found = model.objects.create()
        for step in (1, 2):
            for field in model._meta.concrete_fields:
                if field.get_internal_type() == "IntegerField":
                    setattr(found, field.name, step)
            found.save()
        if deletes:
            found.delete()
    access = access_of(mara)
    assert_same(access, timeline_of(access).across(model))


def test_the_history_of_one_object_stands_in_the_order_of_its_writes(mara: User, changed: Product):
    events: Any = Product.pgh_event_model._base_manager
    newest = events.latest("pgh_id")
    events.filter(pk=newest.pk).update(pgh_created_at=newest.pgh_created_at - dt.timedelta(days=900))
    access = access_of(mara)
    for timeline in (timeline_of(access).across(Product).of(changed), timeline_of(access).across(Product)):
        assert_same(access, timeline)


def test_contexts_that_hold_no_object_or_are_gone_tell_nothing(mara: User):
    events: Any = Category.pgh_event_model._base_manager
    for place, metadata in enumerate(([1], "text", Value(None, JSONField()), 7, None)):
        context = Context._base_manager.create(id=uuid.uuid4(), metadata={})
        category = Category.objects.create(name=f"Throws {place}", slug=f"throws-{place}")
        events.filter(pgh_obj_id=category.pk).update(pgh_context_id=context.pk)
        if metadata is None:
            Context._base_manager.filter(pk=context.pk).delete()
        else:
            Context._base_manager.filter(pk=context.pk).update(metadata=metadata)
    access = access_of(mara)
    assert events.count() == 5
    assert_same(access, timeline_of(access).across(Category))


def test_a_file_without_events_has_a_heading_or_nothing(mara: User):
    access = access_of(mara)
    for timeline in (timeline_of(access).across(), timeline_of(access).labelled("never")):
        assert made(access, timeline, cells.COLUMNS, "csv") == ",".join(cells.COLUMNS) + "\r\n"
        assert made(access, timeline, cells.COLUMNS, "jsonl") == ""


def test_what_python_writes_in_another_way_is_left_to_python(
    mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch, settings: Any
):
    event_model = Product.pgh_event_model
    assert fields.is_exact(event_model, "price", "default")
    monkeypatch.setattr(fields, "MOST_PLACES", 1)
    assert not fields.is_exact(event_model, "price", "default")
    access = access_of(mara)
    assert_same(access, timeline_of(access).across(Product))
    assert fields.is_exact(event_model, "on_sale_from", "default")
    settings.USE_TZ = False
    assert not fields.is_exact(event_model, "on_sale_from", "default")


def test_a_file_without_gaps_is_copied_block_by_block(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pghistory.export.gaps.BLOCK", 100)
    sizes: list[int] = []

    class Target(io.BytesIO):
        def write(self, data: Any) -> int:
            sizes.append(len(data))
            return super().write(data)

    target, text = Target(), bytes(range(256)) * 10
    fill(io.BytesIO(text), target, mark="mark of a gap", tell=lambda gaps: [b"?" for _gap in gaps])
    assert target.getvalue() == text
    assert max(sizes) <= 100 + len("mark of a gap")


def test_gaps_that_end_in_another_block_are_filled_as_well(
    mara: User, changed: Product, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(copied, "KEPT", 1)
    access = access_of(mara)
    whole = made(access, timeline_of(access), cells.COLUMNS, "csv")
    for size in (1, 17, 100):
        monkeypatch.setattr("pghistory.export.gaps.BLOCK", size)
        assert made(access, timeline_of(access), cells.COLUMNS, "csv") == whole
