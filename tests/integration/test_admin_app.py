"""The app `pghistory.admin` in a project without the browser, in a process of its own."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.contrib import admin
from django.db import connection

from pghistory.admin import EventModelAdmin, EventsAdmin
from pghistory.admin import admin as registration
from pghistory.models import Events, MiddlewareEvents
from tests.tracked.models import ByRow

ByRowEvent = ByRow.pgh_event_model

ROOT = Path(__file__).resolve().parents[2]

PROJECT = """
import sys

import django

django.setup()

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client

connections["default"].settings_dict["NAME"] = sys.argv[1]
call_command("check", fail_level="WARNING")
print([label for label, config in django.apps.apps.app_configs.items() if config.name == "pghistory.admin"])
for model, model_admin in admin.site._registry.items():
    if model._meta.app_label == "pghistory":
        print(model.__name__, type(model_admin).__module__)
with transaction.atomic():
    client = Client()
    client.force_login(User.objects.create_superuser("plain"))
    for address in ("", "pghistory/events/", "pghistory/events/?obj=auth.User:1"):
        print(client.get(f"/admin/{address}").status_code)
    transaction.set_rollback(True)
"""


@pytest.mark.django_db
def test_a_project_without_the_browser_passes_checks_and_opens_the_list():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROJECT, str(connection.settings_dict["NAME"])],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.plain"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "System check identified no issues (0 silenced).",
        "['pghistory_admin']",
        "Events pghistory.admin.event_lists",
        "200",
        "200",
        "200",
    ]


def test_the_app_has_a_label_of_its_own():
    config = AppConfig.create("pghistory.admin")
    assert (type(config).__name__, config.label) == ("PGHistoryAdminConfig", "pghistory_admin")
    assert str(config.verbose_name) == "History"


def test_without_the_browser_the_list_is_registered_on_the_default_site(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(admin, "site", admin.AdminSite())
    importlib.reload(registration)
    assert not admin.site._registry
    monkeypatch.setattr(apps, "is_installed", lambda name: False)
    importlib.reload(registration)
    assert {model: type(found) for model, found in admin.site._registry.items()} == {Events: EventsAdmin}


@pytest.mark.parametrize(
    ("model", "model_admin"), [(Events, EventsAdmin), (MiddlewareEvents, EventsAdmin), (ByRowEvent, EventModelAdmin)]
)
def test_the_admins_pass_djangos_own_checks(model: Any, model_admin: Any):
    assert model_admin(model, admin.AdminSite()).check() == []


def test_where_the_browser_is_installed_it_takes_the_lists_place():
    assert type(admin.site._registry[Events]).__module__ == "pghistory_ui.admin"
