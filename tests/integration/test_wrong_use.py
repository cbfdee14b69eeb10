"""Wrong use is an error where the model is declared, which names the model, the argument and the remedy."""

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.db import models

import pghistory
from pghistory import errors
from tests.tracked.models import TwoHistories

pytestmark = pytest.mark.usefixtures("scratch")

ROOT = Path(__file__).resolve().parents[2]


def declare(*trackers: Any, **options: Any) -> type[models.Model]:
    """A small model, tracked like this."""

    @pghistory.track(*trackers, **options)
    class Wrong(models.Model):
        number = models.IntegerField()
        text = models.TextField()

        class Meta:
            app_label = "tracked"

    return Wrong


def refused(call: Callable[[], Any]) -> str:
    """The words of the error that a call raises."""
    with pytest.raises(errors.TrackingError) as caught:
        call()
    assert isinstance(caught.value, ValueError)
    return str(caught.value)


@pytest.mark.parametrize("argument", ["fields", "exclude"])
@pytest.mark.parametrize("field", ["nope", "number__gt", "pk", ""])
def test_an_unknown_field_is_refused_with_the_choices(argument: str, field: str):
    said = refused(lambda: declare(**{argument: [field]}))
    assert said == (
        f'tracked.Wrong: `{argument}` names "{field}", which is no column of the model\'s own table. '
        "Use one of: id, number, text."
    )


def test_leaving_no_field_is_refused():
    said = refused(lambda: declare(exclude=["id", "number", "text"]))
    assert said.startswith("tracked.Wrong: `exclude`")
    assert "Name at least one field" in said


def test_no_field_at_all_is_refused():
    assert refused(lambda: declare(fields=[])).startswith("tracked.Wrong: `fields`")


def test_a_many_to_many_field_is_no_column():
    def call() -> None:
        @pghistory.track(fields=["friends"])
        class Friendly(models.Model):
            friends = models.ManyToManyField("self")

            class Meta:
                app_label = "tracked"

    assert refused(call).startswith('tracked.Friendly: `fields` names "friends"')


def test_a_field_that_hides_a_column_of_the_event_model_is_refused():
    def call() -> None:
        @pghistory.track()
        class Hiding(models.Model):
            pgh_label = models.TextField()

            class Meta:
                app_label = "tracked"

    said = refused(call)
    assert '"pgh_label"' in said
    assert 'exclude=["pgh_label"]' in said


@pytest.mark.parametrize("tracker", [pghistory.InsertEvent, pghistory.AfterInsert])
def test_the_old_row_of_an_insert_is_refused(tracker: type[pghistory.RowEvent]):
    said = refused(lambda: tracker("made", row=pghistory.Old))
    assert said == (
        f'{tracker.__name__}("made"): `row=OLD` does not exist when a row is inserted. Use row=pghistory.New.'
    )


@pytest.mark.parametrize("tracker", [pghistory.DeleteEvent, pghistory.BeforeDelete])
def test_the_new_row_of_a_delete_is_refused(tracker: type[pghistory.RowEvent]):
    said = refused(lambda: tracker("gone", row=pghistory.New))
    assert said == f'{tracker.__name__}("gone"): `row=NEW` does not exist when a row is deleted. Use row=pghistory.Old.'


def test_a_row_that_one_of_two_operations_lacks_is_refused():
    assert "inserted" in refused(lambda: pghistory.AfterInsertOrUpdate("x", row=pghistory.Old))
    assert "deleted" in refused(lambda: pghistory.BeforeUpdateOrDelete("x", row=pghistory.New))


@pytest.mark.parametrize(
    "tracker",
    [pghistory.InsertEvent, pghistory.DeleteEvent, pghistory.AfterInsertOrUpdate, pghistory.BeforeUpdateOrDelete],
)
@pytest.mark.parametrize(
    "condition",
    [
        pghistory.AnyChange("number"),
        pghistory.AnyDontChange(),
        pghistory.AllChange("number"),
        pghistory.AllDontChange("number"),
    ],
    ids=lambda condition: type(condition).__name__,
)
def test_a_change_condition_is_refused_where_no_row_changes(tracker: type[pghistory.RowEvent], condition: Any):
    said = refused(lambda: tracker("x", condition=condition))
    assert said.startswith(f'{tracker.__name__}("x"): `condition={type(condition).__name__}`')
    assert "only an update has" in said
    assert "pghistory.Q" in said


def test_two_trackers_of_one_label_and_operation_are_refused():
    said = refused(lambda: declare(pghistory.UpdateEvent("a"), pghistory.UpdateEvent("a", row=pghistory.Old)))
    assert 'the trigger "a_update"' in said


@pytest.mark.parametrize("labels", [("Left", "left"), ("left", "Left"), ("a b", "a.b", "a_b"), ("größer", "grüßer")])
def test_labels_that_the_database_would_not_tell_apart_have_triggers_of_their_own(labels: tuple[str, ...]):
    declared = declare(*(pghistory.UpdateEvent(label) for label in labels))
    names = [str(trigger.name) for trigger in declared._meta.triggers]
    assert len({name.lower() for name in names}) == len(labels)


def test_a_trigger_name_that_is_taken_is_refused_in_another_event_model_too():
    declared = declare(pghistory.UpdateEvent("a", trigger_name="mine"))

    def call() -> None:
        pghistory.track(pghistory.InsertEvent("b", trigger_name="mine"), model_name="Another")(declared)

    assert refused(call) == (
        'tracked.Wrong: two trackers would install the trigger "mine". Give one of them another `trigger_name`.'
    )


def test_a_label_of_two_event_models_is_refused():
    def call() -> None:
        pghistory.track(pghistory.ManualEvent("email_changed"), model_name="Another")(TwoHistories)

    said = refused(call)
    assert said.startswith('tracked.TwoHistories: the label "email_changed" is registered twice')
    assert "tracked.TwoHistoriesEmail" in said
    assert "tracked.Another" in said


def test_a_label_of_a_proxy_and_of_its_model_is_refused():
    declared = declare()

    def call() -> None:
        @pghistory.track(pghistory.ManualEvent("insert"))
        class WrongProxy(declared):  # type: ignore[misc,valid-type]  # the base is made by the test
            class Meta:
                app_label = "tracked"
                proxy = True

    assert 'the label "insert" is registered twice' in refused(call)


def test_a_tracker_without_a_label_is_refused():
    said = refused(pghistory.ManualEvent)
    assert said.startswith("ManualEvent: `label` is missing")
    assert 'ManualEvent("price_changed")' in said
    assert "`label` is missing" in refused(pghistory.AfterInsert)


@pytest.mark.parametrize("tracker", ["insert", pghistory.InsertEvent, None])
def test_what_is_no_tracker_is_refused(tracker: Any):
    said = refused(lambda: declare(tracker))
    assert said.startswith("tracked.Wrong: `trackers` got ")
    assert "pghistory.InsertEvent()" in said


def test_a_row_event_without_an_operation_or_a_row_is_refused():
    assert "pghistory.Insert" in refused(lambda: pghistory.RowEvent("x", row=pghistory.New))
    assert "pghistory.Old" in refused(lambda: pghistory.RowEvent("x", operation=pghistory.Update))
    assert "pghistory.Old" in refused(lambda: pghistory.UpdateEvent(row="BOTH"))


def test_two_triggers_of_one_name_are_refused():
    said = refused(
        lambda: declare(
            pghistory.UpdateEvent("a", trigger_name="same"), pghistory.UpdateEvent("b", trigger_name="same")
        )
    )
    assert said.startswith('tracked.Wrong: two trackers would install the trigger "same"')
    assert "`trigger_name`" in said


def test_a_third_party_model_without_an_app_label_is_refused():
    said = refused(lambda: pghistory.track(pghistory.ManualEvent("seen"))(User))
    assert said.startswith('auth.User: its app "auth" is installed from a package')
    assert "proxy" in said
    assert "`app_label`" in said


@pytest.mark.parametrize("name", ["Stories", "stories", "Wrong", "pytest"])
def test_a_model_name_that_is_taken_is_refused(name: str):
    declared = declare(model_name="Stories")
    said = refused(lambda: pghistory.track(pghistory.ManualEvent("seen"), model_name=name)(declared))
    assert said.startswith(f'tracked.Wrong: there is already a model or name "{name}"')
    assert "Pass another `model_name`" in said


def test_a_model_name_that_is_no_name_is_refused():
    assert "Pass another `model_name`" in refused(lambda: declare(model_name="two words"))


def test_a_default_name_that_is_taken_is_refused_with_the_argument_to_pass():
    class WrongEvent(models.Model):
        class Meta:
            app_label = "tracked"

    assert "Pass another `model_name`" in refused(declare)
    assert WrongEvent._meta.model_name == "wrongevent"


@pytest.mark.parametrize(
    ("argument", "value", "remedy"),
    [
        ("obj_field", "events", "pghistory.ObjForeignKey"),
        ("obj_field", pghistory.ContextForeignKey(), "pghistory.ObjForeignKey"),
        ("context_field", pghistory.ObjForeignKey(), "pghistory.ContextForeignKey"),
        ("context_id_field", pghistory.ContextJSONField(), "pghistory.ContextUUIDField"),
        ("base_model", models.Model, "pghistory.models.Event"),
        ("fields", "number", "list"),
        ("level", "ROW", "pghistory.Statement"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_refused(argument: str, value: Any, remedy: str):
    json = {"context_field": pghistory.ContextJSONField()} if argument == "context_id_field" else {}
    said = refused(lambda: declare(**{**json, argument: value}))
    assert said.startswith(f"tracked.Wrong: `{argument}` got ")
    assert remedy in said


def test_an_unknown_option_is_refused():
    with pytest.raises(TypeError, match=r"track\(\) has no argument `feilds`"):
        declare(feilds=["number"])


@pytest.mark.parametrize("abstract", [True, False])
def test_an_event_model_of_ones_own_is_refused_for_the_same(abstract: bool):
    make: Any = functools.partial(pghistory.create_event_model, TwoHistories, model_name="Own", abstract=abstract)
    with pytest.raises(TypeError, match=r"create_event_model\(\) has no argument `feilds`"):
        make(feilds=["number"])
    assert "`level` got 'row'" in refused(lambda: make(level="row"))
    assert "`fields` got 'number'" in refused(lambda: make(fields="number"))


def test_a_third_party_model_has_an_event_model_where_somebody_says_so():
    make: Any = functools.partial(pghistory.create_event_model, User, pghistory.ManualEvent("seen"))
    assert "`app_label`" in refused(lambda: make(abstract=False))
    assert make(abstract=True)._meta.abstract


def test_an_abstract_model_cannot_be_tracked():
    def call() -> None:
        @pghistory.track()
        class Abstract(models.Model):
            number = models.IntegerField()

            class Meta:
                app_label = "tracked"
                abstract = True

    said = refused(call)
    assert "Abstract" in said
    assert "abstract" in said


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        (pghistory.Q(old__nope=1), "nope"),
        (pghistory.AnyChange("nope"), "nope"),
        (pghistory.AnyChange(exclude=["nope"]), "nope"),
        (pghistory.Q(number=1), "old__ or new__"),
        (pghistory.Q(new__number__gt=pghistory.F("old__nope")), "nope"),
    ],
)
def test_a_condition_over_a_field_that_is_not_there_is_an_error_of_the_checks(condition: Any, word: str):
    declare(pghistory.UpdateEvent("odd", condition=condition))
    found = [message for message in run_checks() if message.id == "pghistory.E004"]
    assert len(found) == 1
    assert "tracked.Wrong" in found[0].msg
    assert "condition" in found[0].msg
    assert word in found[0].msg
    assert found[0].hint


def test_a_condition_on_a_row_that_is_not_there_is_an_error_of_the_checks():
    declare(
        pghistory.InsertEvent(condition=pghistory.Q(old__number=1)),
        pghistory.DeleteEvent(condition=pghistory.Q(new__number=1)),
    )
    found = [message for message in run_checks() if message.id == "pghistory.E004"]
    assert len(found) == 2


def program(installed: list[str], code: str) -> "subprocess.CompletedProcess[str]":
    """Runs code with Django set up over these apps, in a process of its own."""
    setup = (
        "import django\n"
        "from django.conf import settings\n"
        f"settings.configure(INSTALLED_APPS={installed!r}, DEFAULT_AUTO_FIELD='django.db.models.BigAutoField')\n"
        "django.setup()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", setup + code],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
    )


CHECK = "from django.core.checks import run_checks\nprint([(each.id, each.hint) for each in run_checks()])\n"


def test_without_pgtrigger_among_the_apps_a_check_says_so():
    done = program(["django.contrib.contenttypes", "django.contrib.auth", "pghistory"], CHECK)
    assert done.returncode == 0, done.stderr
    assert "pghistory.E001" in done.stdout
    assert 'Add "pgtrigger" to INSTALLED_APPS' in done.stdout.replace("\\'", "'")


@pytest.mark.parametrize("order", [1, -1])
def test_with_pgtrigger_among_the_apps_in_any_order_the_checks_are_silent(order: int):
    done = program(["django.contrib.contenttypes", "django.contrib.auth", *["pgtrigger", "pghistory"][::order]], CHECK)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
