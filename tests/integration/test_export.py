"""Events as files by COPY: what the timeline says, for every kind of tracker."""

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError

import pghistory
from demo_project.shop.models import Category, Supplier
from pghistory import errors, export
from pghistory.timeline import Timeline
from tests.tracked.models import (
    ByRow,
    DenormalisedContext,
    Everything,
    Labelled,
    Loose,
    Odd,
    OldRows,
    Specimen,
    Target,
)

pytestmark = pytest.mark.django_db


def rows(timeline: Timeline, **options: Any) -> list[dict[str, str]]:
    file = io.BytesIO()
    number = export.write(timeline, file, **options)
    found = list(csv.DictReader(io.StringIO(file.getvalue().decode(), newline="")))
    assert len(found) == number
    return found


def lines(timeline: Timeline, **options: Any) -> list[dict[str, Any]]:
    file = io.BytesIO()
    export.write(timeline, file, file_format="jsonl", **options)
    return [json.loads(line) for line in file.getvalue().decode().splitlines()]


def live(model: Any, **values: Any) -> None:
    """Adds, changes twice and deletes one object, and adds and changes another."""
    for deletes in (True, False):
        found = model.objects.create(**values)
        for step in (1, 2):
            for field in model._meta.concrete_fields:
                if field.get_internal_type() == "IntegerField":
                    setattr(found, field.name, step)
                elif field.get_internal_type() in ("CharField", "TextField"):
                    setattr(found, field.name, f"{step}")
            found.save()
        if deletes:
            found.delete()


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Everything, {"name": "a"}),
        (OldRows, {}),
        (ByRow, {}),
        (Labelled, {}),
        (Loose, {"name": "a"}),
        (Odd, {"select": 0}),
        (DenormalisedContext, {"name": "a"}),
    ],
    ids=lambda found: getattr(found, "__name__", ""),
)
def test_a_change_is_what_the_entry_of_the_timeline_says(model: Any, values: dict[str, Any]):
    with pghistory.context(reason="why"):
        live(model, **values)
    timeline = Timeline().across(model)
    told = {
        (entry.event_model._meta.label, entry.event.pgh_id): {name: list(pair) for name, pair in entry.changes.items()}
        for entry in timeline.entries()
    }
    assert told
    exported = {(line["pgh_event_model"], line["pgh_id"]): line["changes"] for line in lines(timeline)}
    assert exported == told


def test_a_row_says_who_where_why_and_what():
    ada = User.objects.create(username="ada", first_name="Ada", last_name="Lovelace")
    with pghistory.context(actor=ada, url="/x/", reason="typo", more=[1]):
        found = Everything.objects.create(name="a")
    (row,) = rows(Timeline().across(Everything))
    event = found.events.get()
    assert list(row) == list(export.COLUMNS)
    assert dt.datetime.fromisoformat(row["pgh_created_at"]) == event.pgh_created_at
    assert row["pgh_created_at"].endswith(("+01:00", "+02:00"))
    assert (row["pgh_event_model"], row["pgh_id"]) == ("tracked.EverythingEvent", str(event.pk))
    assert (row["pgh_obj_model"], row["pgh_obj_id"]) == ("tracked.Everything", str(found.pk))
    assert (row["actor_id"], row["actor"], row["url"], row["reason"]) == (str(ada.pk), "Ada Lovelace", "/x/", "typo")
    assert json.loads(row["changes"])["name"] == [None, "a"]
    assert json.loads(row["context"]) == {"user": ada.pk, "url": "/x/", "reason": "typo", "more": [1]}


def test_all_event_models_stand_in_one_order_newest_first():
    Everything.objects.create(name="a")
    Category.objects.create(name="Throws", slug="throws")
    Target.objects.create(code="t")
    Specimen.objects.create(unique="A", target=Target.objects.get(), json={"a": 1}, binary=b"\0")
    exported = lines(Timeline())
    times = [(line["pgh_created_at"], line["pgh_id"]) for line in exported]
    assert times == sorted(times, reverse=True)
    labels = {line["pgh_event_model"] for line in exported}
    assert {"tracked.EverythingEvent", "shop.CategoryEvent", "tracked.SpecimenEvent"} <= labels


def test_columns_are_chosen_and_filters_hold():
    for name in "abc":
        Everything.objects.create(name=name)
    timeline = Timeline().of(Everything.objects.get(name="b"))
    assert [list(row) for row in rows(timeline, columns=["pgh_label", "changes"])] == [["pgh_label", "changes"]]
    assert [list(line) for line in lines(timeline, columns=["reason", "pgh_id"])] == [["reason", "pgh_id"]]
    assert rows(Timeline().across(Everything).labelled("never")) == []
    assert rows(Timeline().across()) == []
    with pytest.raises(errors.InvalidObjects, match="no column or format price"):
        rows(timeline, columns=["price"])
    with pytest.raises(errors.InvalidObjects, match="no column or format xlsx"):
        rows(timeline, file_format="xlsx")


def test_rows_that_nobody_may_see_are_in_no_file():
    Everything.objects.create(name="hidden")
    Labelled.objects.create(name="seen")
    Labelled.objects.update(name="shown")
    nothing: dict[Any, Any] = {Everything: Everything.objects.none()}
    assert rows(Timeline().across(Everything).within(nothing)) == []
    found = lines(Timeline().across(Everything, Labelled).within(nothing))
    assert [line["pgh_obj_model"] for line in found] == ["tracked.Labelled"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=x", "\r=x"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str):
    with pghistory.context(reason=text):
        Everything.objects.create(name="a")
    assert rows(Timeline().across(Everything))[0]["reason"] == f"'{text}"
    assert lines(Timeline().across(Everything))[0]["reason"] == text


def test_hostile_text_comes_back_as_it_was():
    hostile = 'a "quoted", <script>\r\nnext\' % %s \\ {{ x }} 🙂 \x01\x02'
    with pghistory.context(reason=hostile):
        Everything.objects.create(name="a")
    assert rows(Timeline().across(Everything))[0]["reason"] == hostile
    (line,) = lines(Timeline().across(Everything))
    assert line["reason"] == line["context"]["reason"] == hostile


def test_progress_is_told_by_thousands():
    Everything.objects.bulk_create([Everything(name=str(number)) for number in range(2_100)])
    told: list[int] = []
    export.write(Timeline().across(Everything), io.BytesIO(), progress=told.append)
    assert told == [1_000, 2_000, 2_100]


def test_a_file_is_written_with_debug_as_well(settings: Any):
    settings.DEBUG = True
    Everything.objects.create(name="a")
    assert [row["pgh_label"] for row in rows(Timeline().across(Everything).labelled("insert"))] == ["insert"]


def test_the_command_writes_a_file(tmp_path: Path):
    Everything.objects.create(name="a")
    Supplier.objects.create(name="Nordvik")
    path = tmp_path / "events.jsonl"
    output = io.StringIO()
    words = ["--since=2020-01-01", "--until=2999-01-01T00:00:00", "--label=insert", f"--output={path}"]
    call_command("pghistory", "export", "tracked.Everything", *words, stdout=output)
    assert output.getvalue() == f"1 events written to {path}.\n"
    assert json.loads(path.read_text())["changes"]["name"] == [None, "a"]
    call_command("pghistory", "export", "--actor=7", f"--output={path}", stdout=output)
    assert path.read_text() == ""
    assert [found.name for found in tmp_path.iterdir()] == ["events.jsonl"]


def test_without_a_file_the_command_writes_to_the_standard_output(capsysbinary: pytest.CaptureFixture[bytes]):
    Everything.objects.create(name="a")
    call_command("pghistory", "export", "tracked.Everything", "--columns=pgh_label,pgh_obj_model")
    assert capsysbinary.readouterr() == (b"pgh_label,pgh_obj_model\ninsert,tracked.Everything\n", b"")


def test_code_that_calls_the_command_gets_what_it_writes():
    Everything.objects.create(name="wörd")
    output = io.StringIO()
    call_command("pghistory", "export", "tracked.Everything", "--columns=pgh_label,changes", stdout=output)
    (row,) = csv.DictReader(io.StringIO(output.getvalue()))
    assert json.loads(row["changes"])["name"] == [None, "wörd"]


def test_an_export_that_fails_leaves_no_file(tmp_path: Path):
    path = tmp_path / "events.csv"
    path.write_text("of yesterday")
    with pytest.raises(CommandError, match="price"):
        call_command("pghistory", "export", "--columns=price", f"--output={path}")
    with pytest.raises(CommandError, match="nowhere"):
        call_command("pghistory", "export", "--database=nowhere", f"--output={path}")
    assert [found.name for found in tmp_path.iterdir()] == ["events.csv"]
    assert path.read_text() == "of yesterday"


def test_the_command_says_what_is_wrong(tmp_path: Path):
    with pytest.raises(CommandError, match="no column or format price"):
        call_command("pghistory", "export", "--columns=price", f"--output={tmp_path / 'x'}")
    with pytest.raises(CommandError, match="Nothing"):
        call_command("pghistory", "export", "shop.Nothing", f"--output={tmp_path / 'x'}")
    with pytest.raises(CommandError, match="No such file"):
        call_command("pghistory", "export", "--output=/nowhere/at/all.csv")
    with pytest.raises(CommandError, match="invalid"):
        call_command("pghistory", "export", "--since=yesterday")
