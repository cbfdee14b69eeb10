"""`manage.py pghistory restore` and `undo` do what the pages do."""

import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command

import pghistory
from demo_project.shop.models import Tag
from pghistory.models import Context
from tests.tracked.models import Everything, Kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Any:
    row = Everything.objects.create(name="then", number=1)
    row.name, row.number = "now", 2
    row.save()
    return Everything.pgh_event_model.objects.earliest("pgh_id")


def restored(event: Any, *options: str) -> None:
    call_command("pghistory", "restore", "tracked.EverythingEvent", str(event.pk), *options)


def test_an_event_is_restored_with_its_reason(event: Any, capsys: pytest.CaptureFixture[str]):
    restored(event, "--no-input", "--reason", "typo")
    assert Everything.objects.get().name == "then"
    out = capsys.readouterr().out
    assert "name: then (then now, now now): restored" in out
    assert "Rows: 1. Events: 1, written and rolled back just now." in out
    metadata = Context.objects.latest("created_at").metadata
    assert metadata == {
        "reason": "typo",
        "command": "pghistory restore",
        "restored": f"tracked.EverythingEvent:{event.pk}",
    }


def test_only_some_fields_and_an_instant_can_be_named(event: Any):
    restored(event, "--no-input", "--fields", "number")
    assert (Everything.objects.get().name, Everything.objects.get().number) == ("now", 1)
    with pytest.raises(CommandError, match="no such row"):
        restored(event, "--no-input", "--at", "2001-01-01T10:00")
    with pytest.raises(CommandError, match="is no instant"):
        restored(event, "--at", "yesterday")


@pytest.mark.parametrize(("answer", "name"), [("y", "then"), ("n", "now"), ("", "now")])
def test_it_asks_before_it_writes(event: Any, monkeypatch: pytest.MonkeyPatch, answer: str, name: str):
    monkeypatch.setattr("builtins.input", lambda question: answer)
    restored(event)
    assert Everything.objects.get().name == name


def test_a_dry_run_writes_nothing(event: Any, capsys: pytest.CaptureFixture[str]):
    restored(event, "--dry-run")
    assert Everything.objects.get().name == "now"
    assert "restored" in capsys.readouterr().out


def test_what_cannot_be_restored_is_told(event: Any):
    with pytest.raises(CommandError, match="no event model"):
        call_command("pghistory", "restore", "tracked.Nothing", "1")
    for key in ("999999", "x"):
        with pytest.raises(CommandError, match="has no event"):
            call_command("pghistory", "restore", "tracked.EverythingEvent", key)
    with pytest.raises(CommandError, match="does not keep colour"):
        restored(event, "--fields", "colour")
    restored(event, "--no-input")
    with pytest.raises(CommandError, match="nothing to restore"):
        restored(event, "--no-input")


def test_a_context_is_undone_and_its_conflicts_are_told(capsys: pytest.CaptureFixture[str]):
    row = Everything.objects.create(name="base", number=1)
    with pghistory.context() as context:
        Everything.objects.update(name="then", number=2)
        added = Everything.objects.create(name="added")
    Everything.objects.filter(pk=row.pk).update(name="now")
    Everything.objects.filter(pk=added.pk).update(name="edited")
    call_command("pghistory", "undo", str(context.id), "--no-input", "--reason", "wrong file")
    row.refresh_from_db()
    assert (row.name, row.number) == ("now", 1)
    out = capsys.readouterr().out
    assert f"Edited since, stays: tracked.EverythingEvent:{row.pk}:name\n" in out
    assert f"Edited since, stays: tracked.EverythingEvent:{added.pk}:\n" in out
    assert "tracked.Everything: update 1" in out
    conflicts = [f"tracked.EverythingEvent:{row.pk}:name", f"tracked.EverythingEvent:{added.pk}:"]
    call_command("pghistory", "undo", str(context.id), "--no-input", *(f"--overwrite={name}" for name in conflicts))
    assert [found.name for found in Everything.objects.all()] == ["base"]


def test_what_the_database_refuses_is_told_before_and_after_the_rest_is_undone(capsys: pytest.CaptureFixture[str]):
    rows = [Kept.objects.create(name=name) for name in ("one", "two")]
    with pghistory.context() as context:
        for row in rows:
            Kept.objects.filter(pk=row.pk).update(name=f"new {row.name}")
    Kept.objects.create(name="two")
    refusal = f"Left out: tracked.KeptEvent:{rows[1].pk}: Another row has the same value: Key (name)=(two)"
    call_command("pghistory", "undo", str(context.id), "--dry-run")
    assert refusal in capsys.readouterr().out
    assert Kept.objects.filter(name__startswith="new").count() == 2
    call_command("pghistory", "undo", str(context.id), "--no-input")
    told = capsys.readouterr()
    assert "Rows as they were before: 1" in told.out
    assert refusal in told.err
    assert sorted(Kept.objects.values_list("name", flat=True)) == ["new two", "one", "two"]


def test_what_the_history_does_not_keep_is_told_by_the_command(capsys: pytest.CaptureFixture[str]):
    Tag.objects.create(name="wool", note="For the staff.").delete()
    event = Tag.pgh_event_model.objects.get()
    label = event._meta.label
    call_command("pghistory", "restore", label, str(event.pk), "--dry-run")
    assert f"{label} does not keep: note.\n" in capsys.readouterr().out


def test_what_cannot_be_undone_is_told():
    for key in (str(uuid.uuid4()), "nonsense"):
        with pytest.raises(CommandError, match="cannot be restored"):
            call_command("pghistory", "undo", key)
    with pghistory.context() as context:
        Everything.objects.create(name="added").delete()
    with pytest.raises(CommandError, match="nothing to undo"):
        call_command("pghistory", "undo", str(context.id))
