"""The wheel, in an environment of its own, beside a project of its own, shows a timeline."""

import os
import site
import subprocess
import sys
import textwrap
import venv
import zipfile
from pathlib import Path

import pytest

from demo_project import postgres
from tests.house.test_modules import ROOT

SETTINGS = """
    from site_of_a_newcomer.settings import *

    DATABASES = {{
        "default": {{
            "ENGINE": "django.db.backends.postgresql",
            "NAME": {database!r},
            "USER": {user!r},
            "HOST": {host!r},
        }}
    }}
    INSTALLED_APPS += ["pgtrigger", "pghistory", "pghistory_ui", "django_tables2", "django_htmx", "library"]
    MIDDLEWARE += ["pghistory.middleware.HistoryMiddleware"]
    ALLOWED_HOSTS = ["testserver"]
"""

MODELS = """
    from django.db import models

    import pghistory


    @pghistory.track()
    class Book(models.Model):
        title = models.CharField(max_length=100)

        def __str__(self):
            return self.title
"""

ADMIN = """
    from django.contrib import admin

    from library.models import Book

    admin.site.register(Book)
"""

STORY = """
    import pathlib

    import django

    django.setup()

    import pghistory, pghistory_ui
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse

    from library.models import Book

    environment = pathlib.Path({environment!r})
    assert pathlib.Path(pghistory.__file__).is_relative_to(environment), pghistory.__file__
    assert pathlib.Path(pghistory_ui.__file__).is_relative_to(environment), pghistory_ui.__file__
    assert pghistory.__version__ == {version!r}

    client = Client()
    client.force_login(get_user_model().objects.create_superuser("ada"))
    book = Book.objects.create(title="The Waves")
    client.post(reverse("admin:library_book_change", args=[book.pk]), {{"title": "To the Lighthouse"}})
    for address in (
        reverse("admin:library_book_history", args=[book.pk]),
        reverse("admin:pghistory_ui_object", args=["library.Book", book.pk]),
        reverse("admin:pghistory_events_changelist"),
    ):
        page = client.get(address, follow=True)
        text = page.content.decode()
        assert page.status_code == 200, (address, page.status_code)
        assert "The Waves" in text and "Lighthouse" in text, (address, text)
        assert "ada" in text, (address, text)
    print("the timeline is there")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_templates_static_files_and_sql(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder, place in (("templates", "pghistory_ui/templates"), ("static", "pghistory_ui/static")):
        files = [path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files
        assert {f"{place}/{path}" for path in files} <= names
    sources = [path.relative_to(ROOT) for path in (ROOT / "pghistory").rglob("*.sql")]
    assert sources
    assert {str(path) for path in sources} <= names
    assert {"pghistory/py.typed", "pghistory_ui/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "demo_project/", "bench/"))]


def test_a_newcomer_sees_a_timeline(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    # pip installs the wheel itself; Django and the other dependencies are lent by the environment that runs this test.
    install = ["-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, *install], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text("\n".join(site.getsitepackages()))

    project = tmp_path / "project"
    project.mkdir()
    (project / "library").mkdir()
    with postgres.temporary() as server:
        server.create_database("newcomer")
        files = {
            "library/__init__.py": "",
            "library/models.py": MODELS,
            "library/admin.py": ADMIN,
            "newcomer_settings.py": SETTINGS.format(
                database="newcomer", user=postgres.SUPERUSER, host=str(postgres.socket_folder(server.data))
            ),
            "story.py": STORY.format(environment=str(environment), version=wheel.name.split("-")[1]),
        }

        def run(*arguments: str) -> str:
            done = subprocess.run(
                [str(python), *arguments],
                cwd=project,
                env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "newcomer_settings"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        run("-m", "django", "startproject", "site_of_a_newcomer", ".")
        for name, text in files.items():
            (project / name).write_text(textwrap.dedent(text))
        run("manage.py", "makemigrations", "library")
        run("manage.py", "migrate", "--verbosity", "0")
        assert "the timeline is there" in run("story.py")
