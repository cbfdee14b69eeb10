"""Pictures measure themselves when Django reads them; their events never open a file, which may be gone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models

import pghistory
from pghistory.models import Events
from pghistory.timeline import Timeline


@pytest.mark.parametrize("kept", [["image"], None], ids=["only the name", "everything"])
def test_an_event_of_a_picture_is_read_and_stored_without_its_file(build: Callable[..., Any], kept: list[str] | None):
    @pghistory.track(fields=kept)
    class Portrait(models.Model):
        image = models.ImageField(width_field="width", height_field="height")
        width = models.IntegerField(null=True)
        height = models.IntegerField(null=True)

        class Meta:
            app_label = "tracked"

    event_model = build(Portrait)
    with connection.cursor() as cursor:
        cursor.execute("insert into tracked_portrait (image) values ('gone.png')")
        cursor.execute("delete from tracked_portrait")
    event = event_model.objects.get()
    assert event.image.name == "gone.png"
    (entry,) = Timeline().across(event_model).page().entries
    assert entry.after is not None
    assert entry.after["image"] == "gone.png"
    assert Events.objects.across(event_model).get().pgh_data["image"] == "gone.png"
    event.image = "other.png"
    event.save()
    assert event_model.objects.get().image.name == "other.png"


def test_migrations_know_the_picture_as_the_model_has_it(build: Callable[..., Any]):
    @pghistory.track()
    class Poster(models.Model):
        image = models.ImageField(width_field="width")
        width = models.IntegerField(null=True)

        class Meta:
            app_label = "tracked"

    own, mirrored = (model._meta.get_field("image").deconstruct() for model in (Poster, Poster.pgh_event_model))
    assert own == mirrored
