"""Two states of a row of every tracked model of the matrix: what it is made with, and what it becomes."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from PIL import Image

from tests.matrix import models as matrix
from tests.matrix.models.kinds import Later, Money
from tests.matrix.models.names import WIDTH

State = dict[str, Any]
UTC = dt.UTC


@dataclass(frozen=True)
class Life:
    """A tracked model with two states of a row; `seen` are words that its pages show of them."""

    model: type[models.Model]
    states: Callable[[], tuple[State, State]]
    seen: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.model.__name__


def life(model: type[models.Model], first: State, second: State, *seen: str) -> Life:
    return Life(model, lambda: (dict(first), dict(second)), seen)


def kinds() -> tuple[State, State]:
    """A value of every kind, and another one."""
    for size, name in enumerate(("images/one.png", "images/two.png"), start=1):
        picture = io.BytesIO()
        Image.new("RGB", (size, 10 * size)).save(picture, "PNG")
        default_storage.save(name, ContentFile(picture.getvalue()))
    first: State = {
        "big_integer": 2**63 - 1,
        "binary": b"\x00\xff'\\%",
        "boolean": True,
        "char": "it's 100 %",
        "char_unbounded": "ß" * 500,
        "collated": "Ä\\b",
        "comma": ("a", "b,c"),
        "choice": "r",
        "date": dt.date(1, 1, 1),
        "date_added": dt.date(2031, 5, 1),
        "date_time": dt.datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        "decimal": decimal.Decimal("99999999.9999"),
        "duration": dt.timedelta(days=-1, microseconds=1),
        "email": "ada@example.com",
        "file": "files/2031/it's 100 %.txt",
        "file_path": "/etc/hosts",
        "float": 0.1 + 0.2,
        "image": "images/one.png",
        "image_width": 1,
        "image_height": 10,
        "integer": -(2**31),
        "ip": "2001:db8::1",
        "ip4": "192.0.2.1",
        "json": {"a": [1, 2.5, None, True, {"%s": 'quo"te'}], "": "☃ 𝄞"},
        "json_of_own": {"price": Money("1.50")},
        "positive": 2**31 - 1,
        "positive_big": 2**63 - 1,
        "positive_small": 2**15 - 1,
        "slug": "größe",
        "small": -9,
        "text": "two\nlines\twith 'quotes' and $pghistory$ \\",
        "time": dt.time(23, 59, 59, 1),
        "url": "https://example.com/?a=1&b=%20",
        "uuid": uuid.UUID(int=1),
        "array": ["a,b", '"c"', "", "NULL"],
        "array_of_arrays": [[dt.date(2031, 1, 1), None], [None, dt.date(2031, 1, 2)]],
        "array_of_decimals": [decimal.Decimal("1.50"), decimal.Decimal("-0.01")],
        "big_range": NumericRange(-(2**62), 2**62),
        "date_range": DateRange(dt.date(2031, 1, 1), dt.date(2031, 2, 1)),
        "date_time_range": DateTimeTZRange(dt.datetime(2031, 1, 1, tzinfo=UTC), None),
        "decimal_range": NumericRange(decimal.Decimal("0.5"), decimal.Decimal("1.5"), "[]"),
        "integer_range": NumericRange(empty=True),
        "search": "'fat':2 'rat':3",
    }
    second: State = {
        "big_integer": -(2**63),
        "binary": b"",
        "boolean": False,
        "char": "ǆ",
        "char_unbounded": "",
        "collated": "ä",
        "comma": ("z",),
        "choice": "b",
        "date": dt.date(9999, 12, 31),
        "date_added": dt.date(2031, 5, 2),
        "date_time": dt.datetime(2031, 3, 30, 1, 30, tzinfo=UTC),
        "decimal": decimal.Decimal("-0.0001"),
        "duration": dt.timedelta(days=400, hours=5, microseconds=7),
        "email": "",
        "file": "",
        "file_path": "",
        "float": -1.5e300,
        "image": "images/two.png",
        "image_width": 2,
        "image_height": 20,
        "integer": 2**31 - 1,
        "ip": "::ffff:192.0.2.1",
        "ip4": None,
        "json": [],
        "json_of_own": {"price": Money("1.5"), "list": [Money("0")]},
        "positive": 0,
        "positive_big": 0,
        "positive_small": 0,
        "slug": "a-b",
        "small": 2**15 - 1,
        "text": "",
        "time": dt.time(0),
        "url": "",
        "uuid": uuid.UUID(int=2**128 - 1),
        "array": [],
        "array_of_arrays": None,
        "array_of_decimals": [],
        "big_range": NumericRange(None, 5),
        "date_range": None,
        "date_time_range": DateTimeTZRange(None, None),
        "decimal_range": NumericRange(decimal.Decimal("0.5"), decimal.Decimal("1.5"), "()"),
        "integer_range": NumericRange(1, 2),
        "search": "'cat':1",
    }
    return first, second


def relations() -> tuple[State, State]:
    """References to rows, and to others."""
    one, two = (matrix.Reference.objects.create(name=name) for name in ("it's one", "größe"))
    user = User.objects.create(username="ada")
    later = Later.objects.create()
    of_groups = ContentType.objects.get_for_model(Group)
    first: State = {
        "many_to_one": one,
        "by_name": one,
        "one_to_one": one,
        "later": later,
        "user": user,
        "content_type": of_groups,
        "object_id": 7,
    }
    second: State = {
        "many_to_one": two,
        "by_name": two,
        "one_to_one": None,
        "later": None,
        "user": None,
        "content_type": None,
        "object_id": None,
    }
    return first, second


def memberships() -> tuple[State, State]:
    """A row that joins two others."""
    member = matrix.Member.objects.create(name="ada")
    group, other = (Group.objects.create(name=name) for name in ("one", "two"))
    return {"member": member, "group": group, "rank": 1}, {"group": other, "rank": 2}


def keyed_by_key() -> tuple[State, State]:
    """A row whose key is another row's."""
    return {"text_key": matrix.TextKey.objects.create(code="it's 100 %/:☃"), "name": "one"}, {"name": "two"}


def wide() -> tuple[State, State]:
    names = [f"column_{number:03}" for number in range(WIDTH)]
    return dict.fromkeys(names, 1), {name: number for number, name in enumerate(names)}


def composite() -> tuple[State, State]:
    return {"tenant": 1, "number": 2, "name": "one"}, {"name": "two"}


def tracked_event() -> tuple[State, State]:
    """An event whose event model is tracked; nothing records that it was made."""
    return {"name": "one"}, {"name": "two"}


ONE, TWO = {"name": "one"}, {"name": "two"}
NUMBERS = ("mixed", "spaced", "dotted", "apostrophe", "accented", "braces", "backslash", "user", "new", "old", "label")
JSON = '{"b":1, "a":  [1,null]}'

LIVES = (
    Life(matrix.Kinds, kinds, ("192.0.2.1", "☃ 𝄞", "images/two.png", "2031", "größe", "it's 100 %")),
    life(
        matrix.Kinds,
        {"char": "nothing but this"},
        {"json": {"from": "nothing"}, "array": ["x"], "boolean": True, "ip": "192.0.2.7", "decimal": "1.5"},
        "nothing but this",
        "192.0.2.7",
    ),
    Life(matrix.Relations, relations),
    life(
        matrix.Opaque,
        {
            "json": JSON,
            "point": "(1,2)",
            "box": "(2,2),(1,1)",
            "jsonpath": '$."a"',
            "points": '{"(1,2)","(3,4)"}',
            "bits": "101",
            "enumerated": "sad",
            "number": "1.50",
        },
        {
            "json": f"{JSON} ",
            "point": "(1,3)",
            "box": "(3,3),(2,2)",
            "jsonpath": None,
            "points": '{"(1,2)"}',
            "bits": "1010",
            "enumerated": "glad",
            "number": "NaN",
        },
        "glad",
        "NaN",
    ),
    life(matrix.SmallKey, ONE, TWO),
    life(matrix.BigKey, {"id": 2**63 - 1, **ONE}, TWO),
    life(matrix.TextKey, {"code": "50% of/it's “a_b”?#:\\ \n☃", **ONE}, TWO),
    life(matrix.SlugKey, {"slug": "a_2F-b", **ONE}, TWO),
    life(matrix.DateKey, {"day": dt.date(2031, 5, 1), **ONE}, TWO),
    life(matrix.DateTimeKey, {"at": dt.datetime(2031, 5, 1, 12, 30, 15, 123_456, tzinfo=UTC), **ONE}, TWO),
    life(matrix.DecimalKey, {"number": decimal.Decimal("-1.500"), **ONE}, TWO),
    life(matrix.BinaryLikeKey, {"address": "2001:db8::1", **ONE}, TWO),
    life(matrix.UuidByDatabase, {"other": uuid.UUID(int=1), **ONE}, {"other": uuid.UUID(int=2), **TWO}),
    Life(matrix.ForeignKeyKey, keyed_by_key),
    Life(matrix.Composite, composite),
    life(matrix.Columns, dict.fromkeys(NUMBERS, 1), {name: place for place, name in enumerate(NUMBERS, start=10)}),
    life(matrix.Odd, ONE, TWO),
    life(matrix.InOtherSchema, ONE, TWO),
    life(matrix.InQuotedSchema, ONE, TWO),
    life(matrix.SchemaInside, ONE, TWO),
    life(matrix.Labels, ONE, TWO, "größer als ☃ und 𝄞", "it's new"),
    life(matrix.Accented, {"größe": 1, "имя": "Ада"}, {"größe": 2, "имя": "Грейс"}, "Ада", "Грейс"),
    life(matrix.ModelWhoseNameIsAsLongAsAnybodyWouldEverWriteItAndLonger, ONE, TWO),
    life(matrix.LongColumns, {"name": "one", "accented": 1}, {"name": "two", "accented": 2}),
    Life(matrix.Wide, wide),
    life(matrix.Tree, ONE, TWO),
    life(matrix.Sapling, {"name": "one", "height": 1}, {"height": 2}),
    life(matrix.Leaf, {"name": "one", "height": 1, "colour": "red"}, {"colour": "blue"}),
    life(matrix.Branch, {"name": "one", "length": 1}, {"length": 2}),
    life(matrix.Stamped, {"title": "one"}, {"title": "two"}),
    life(matrix.Unmanaged, ONE, TWO),
    life(matrix.Loaded, ONE, TWO),
    Life(matrix.Membership, memberships),
    life(matrix.OfMember, ONE, TWO),
    life(matrix.Approval, {"amount": 1, "note": "one"}, {"amount": 2, "note": "two"}),
    life(matrix.Based, ONE, TWO),
    life(matrix.Audited, ONE, TWO),
)


class Table:
    """What the database itself says about a model's table and its event table: every column as text."""

    def __init__(self, model: type[models.Model]) -> None:
        self.event_model: Any = model.pgh_event_model
        self.options: Any = (model._meta.concrete_model or model)._meta
        columns = {field.name: str(field.column) for field in self.options.local_concrete_fields}
        self.columns = [columns[name] for name in self.event_model.pgh_tracked_fields]

    def row(self) -> tuple[str | None, ...]:
        """The one row."""
        (found,) = self._rows(self.options.db_table, "")
        return found

    def last_event(self) -> int:
        """The key of the newest event."""
        (((found,),)) = self._ask(f"select coalesce(max(pgh_id), 0) from {name(self.event_model._meta.db_table)}")
        return int(found)

    def events(self, after: int) -> list[tuple[str, tuple[str | None, ...]]]:
        """(label, columns) of the events after one, in their order."""
        where = f"where pgh_id > {after} order by pgh_id"
        rows = self._rows(self.event_model._meta.db_table, where, "pgh_label")
        return [(str(label), tuple(columns)) for label, *columns in rows]

    def _rows(self, table: str, rest: str, *more: str) -> list[tuple[Any, ...]]:
        columns = ", ".join(f"{name(column)}::text" for column in (*more, *self.columns))
        return self._ask(f"select {columns} from {name(table)} {rest}")

    @staticmethod
    def _ask(text: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(text)
            return list(cursor.fetchall())


def name(identifier: str) -> str:
    return connection.ops.quote_name(identifier)
