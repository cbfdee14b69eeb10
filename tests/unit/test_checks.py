"""System checks: what they find, and that each message names the place and the remedy."""

import importlib
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.checks import CheckMessage, run_checks
from django.db import connection, models
from django.test.utils import isolate_apps

import pghistory
from pghistory import checks, errors, operations, registry, sql

HISTORY = "pghistory.middleware.HistoryMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"


class OwnHistoryMiddleware(checks.import_string(HISTORY)):  # type: ignore[misc]  # a project's own
    pass


def plain_middleware(get_response: Callable[..., Any]) -> Callable[..., Any]:
    return get_response


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Models that a test defines are known nowhere when it is over."""
    monkeypatch.setattr(registry, "_event_models", {})
    monkeypatch.setattr(pgtrigger.registry._registry, "data", {})
    names = set(globals())
    with isolate_apps("tests.tracked"):
        yield
    for name in set(globals()) - names:
        del globals()[name]


def track(*trackers: pghistory.Tracker, base: type[models.Model] = models.Model, **options: Any) -> type[models.Model]:
    class Checked(base):  # type: ignore[misc,valid-type]
        number = models.IntegerField(db_column="the number")
        name = models.TextField()
        author = models.ForeignKey(User, on_delete=models.CASCADE)
        readers = models.ManyToManyField(User, related_name="+")

        class Meta:
            app_label = "tracked"

    return pghistory.track(*trackers, **options)(Checked)


def only_message() -> CheckMessage:
    (message,) = checks.check_conditions(None)
    return message


def test_a_project_that_is_set_up_well_hears_nothing():
    messages = run_checks()
    assert [message for message in messages if (message.id or "").startswith("pghistory.")] == []


def test_pgtrigger_has_to_be_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "pgtrigger")
    (message,) = checks.check_installation(None)
    assert message.id == "pghistory.E001"
    assert "INSTALLED_APPS" in message.msg
    assert 'Add "pgtrigger"' in (message.hint or "")


def test_the_other_distribution_must_be_gone(monkeypatch: pytest.MonkeyPatch):
    found = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "3.9.2" if name == "django-pghistory" else found(name))
    (message,) = checks.check_installation(None)
    assert message.id == "pghistory.E002"
    assert '"django-pghistory" 3.9.2' in message.msg
    assert "Uninstall both" in (message.hint or "")


def test_psycopg_3_is_asked_for_by_name_where_only_psycopg2_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(errors.UnsupportedDatabase, match=r"pghistory\.E003.*psycopg 3 is missing.*pip install"):
        importlib.reload(sql)


@pytest.mark.parametrize("history", [HISTORY, f"{__name__}.OwnHistoryMiddleware"])
def test_the_middleware_belongs_behind_authentication(settings: Any, history: str):
    plain = f"{__name__}.plain_middleware"
    settings.MIDDLEWARE = [plain, history, "not.there", AUTHENTICATION]
    (message,) = checks.check_middleware(None)
    assert message.id == "pghistory.W001"
    assert history in message.msg
    assert message.hint is not None
    assert "below" in message.hint
    for well in ([plain, AUTHENTICATION, history], [history], [AUTHENTICATION], []):
        settings.MIDDLEWARE = well
        assert checks.check_middleware(None) == []


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("level", [pghistory.Row, pghistory.Statement])
@pytest.mark.parametrize(
    ("tracker", "problem"),
    [
        (pghistory.UpdateEvent("x", condition=pghistory.AnyChange("nmae")), "nmae"),
        (pghistory.UpdateEvent("x", condition=pghistory.AnyChange(exclude=["nmae"])), "nmae"),
        (pghistory.UpdateEvent("x", condition=pghistory.AnyChange("readers")), "readers"),
        (pghistory.UpdateEvent("x", condition=pghistory.Q(new__nmae=1)), "nmae"),
        (pghistory.UpdateEvent("x", condition=pghistory.Q(new__name=pghistory.F("old__nmae"))), "nmae"),
        (
            pghistory.UpdateEvent("x", condition=pghistory.Q(new__author__username="a")),
            '"username", which is no column',
        ),
        (pghistory.InsertEvent("x", condition=pghistory.Q(old__number=1)), "reads the old row, and insert has only"),
        (pghistory.DeleteEvent("x", condition=pghistory.Q(new__number=1)), "reads the new row, and delete has only"),
        (pghistory.InsertEvent("x", condition=pghistory.Condition("NEW.* is distinct from old.*")), "old row"),
        (pghistory.AfterInsertOrUpdate("x", condition=pghistory.Q(old__number=1)), "old row"),
        (pghistory.BeforeUpdateOrDelete("x", condition=pghistory.Q(new__number=1)), "new row"),
    ],
)
def test_a_condition_that_cannot_be_a_trigger_is_named(tracker: pghistory.RowEvent, problem: str, level: Any):
    model = track(tracker, level=level)
    message = only_message()
    assert message.id == "pghistory.E004"
    assert message.obj is model
    assert message.msg.startswith(f"tracked.Checked: {tracker!r} has a `condition`")
    assert problem in message.msg
    assert "Use " in (message.hint or "")


@pytest.mark.usefixtures("scratch")
def test_conditions_that_can_be_triggers_pass():
    track(
        pghistory.UpdateEvent(
            "a", condition=pghistory.Q(old__number__gt=pghistory.F("new__number"), new__name="OLD.it")
        ),
        pghistory.UpdateEvent("b", condition=pghistory.AnyChange("author_id", exclude=["name"])),
        pghistory.UpdateEvent("c", condition=pghistory.Condition("NEW.legacy_column is not null")),
        pghistory.InsertEvent("d", condition=pghistory.Q(new__author=1) | pghistory.Q(new__name="it's NEW.name")),
        pghistory.DeleteEvent("e", condition=pghistory.Q(old__name__isnull=False)),
        pghistory.UpdateEvent(),
        pghistory.ManualEvent("f"),
    )
    assert checks.check_conditions(None) == []


@pytest.mark.usefixtures("scratch")
def test_a_field_of_a_parents_table_is_not_in_the_childs():
    class Parent(models.Model):
        inherited = models.TextField()

        class Meta:
            app_label = "tracked"

    track(pghistory.UpdateEvent("x", condition=pghistory.Q(new__inherited="a")), base=Parent)
    assert 'reads "inherited", which is no column' in only_message().msg


def test_keys_that_do_not_count_upwards_are_named(scratch: None, settings: Any):
    settings.PGHISTORY_ID_FIELD = "django.db.models.UUIDField"
    track(pghistory.InsertEvent())
    [message] = checks.check_keys(None)
    assert message.id == "pghistory.E005"
    assert "tracked.CheckedEvent: pgh_id is a UUIDField" in message.msg
    assert "PGHISTORY_ID_FIELD" in str(message.hint)
    assert checks.check_keys([apps.get_app_config("auth")]) == []
    assert ids(checks.check_keys([apps.get_app_config("tracked")])) == ["pghistory.E005"]


def test_keys_of_any_width_count_upwards(scratch: None, settings: Any):
    settings.PGHISTORY_ID_FIELD = "django.db.models.SmallAutoField"
    track(pghistory.InsertEvent())
    assert checks.check_keys(None) == []


@pytest.mark.usefixtures("scratch")
def test_only_the_apps_that_are_asked_for_are_checked():
    track(pghistory.UpdateEvent("x", condition=pghistory.Q(new__nmae=1)))
    assert checks.check_conditions([apps.get_app_config("auth")]) == []
    assert ids(checks.check_conditions([apps.get_app_config("tracked")])) == ["pghistory.E004"]


def functions() -> list[CheckMessage]:
    return checks.check_functions(None, databases=["default"])


@pytest.mark.django_db
def test_a_function_that_somebody_replaced_is_reported_until_it_is_written_anew():
    assert checks.check_functions(None) == []
    assert functions() == []
    with connection.cursor() as cursor:
        cursor.execute(operations.definition("_pgh_attach_context", 1))
    (message,) = functions()
    assert message.id == "pghistory.W003"
    assert '"_pgh_attach_context" in the database "default"' in message.msg
    assert 'install_latest("default")' in (message.hint or "")
    operations.install_latest()
    assert functions() == []


@pytest.mark.django_db
def test_a_function_that_is_missing_is_reported():
    with connection.cursor() as cursor:
        cursor.execute("drop function _pgh_attach_context()")
    assert ids(functions()) == ["pghistory.W003"]


@pytest.mark.django_db
def test_a_database_that_is_still_to_be_migrated_is_left_alone():
    with connection.cursor() as cursor:
        cursor.execute("drop function _pgh_attach_context()")
        cursor.execute("delete from django_migrations where app = 'pghistory'")
    assert functions() == []


def test_other_databases_are_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    assert functions() == []
