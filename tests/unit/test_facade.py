"""`import pghistory`: the public names, and nothing before it is needed."""

import subprocess
import sys
from pathlib import Path

import pghistory

ROOT = Path(__file__).resolve().parents[2]

NAMES = """
    DEFAULT AfterInsert AfterInsertOrUpdate AfterUpdate AllChange AllDontChange AnyChange AnyDontChange BeforeDelete
    BeforeUpdate BeforeUpdateOrDelete Condition ContextForeignKey ContextJSONField ContextUUIDField Delete DeleteEvent F
    Field ForeignKey Insert InsertEvent ManualEvent New ObjForeignKey Old ProxyField Q RelatedField Row RowEvent
    Statement Tracker Update UpdateEvent __version__ context create_event create_event_model track
""".split()


def test_all_is_exactly_the_public_names():
    assert set(NAMES) <= set(pghistory.__all__)
    assert all(hasattr(pghistory, name) for name in pghistory.__all__)
    assert len(pghistory.__all__) == len(set(pghistory.__all__))


def test_it_can_be_imported_before_django_is_set_up():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import pghistory; pghistory.track; pghistory.context"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": ":".join([str(ROOT), *sys.path]), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr


def test_the_version_is_the_distributions():
    assert pghistory.__version__.count(".") >= 1
