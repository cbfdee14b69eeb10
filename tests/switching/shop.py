"""A copy of the bookshop in a folder and a database of its own, run by one package or by the other."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[2]
OLDER = "django-pghistory==3.9.2"
SWITCHED: Mapping[str, Any] = {"PGHISTORY_ID_FIELD": "django.db.models.AutoField", "PGHISTORY_INDEXES": []}
"""The settings that docs/switching.md names."""


@dataclass(frozen=True)
class Package:
    """An interpreter with one of the packages, the folder that its `pghistory` is in, and its further path."""

    python: str
    folder: Path
    path: tuple[Path, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


OURS = Package(sys.executable, ROOT, (ROOT,), SWITCHED)


def older(folder: Path) -> Package:
    """An environment with the older package, which takes everything else from the running one.

    What it has itself comes first on its path, and a folder in a .pth file is not asked for .pth files of its own, so
    that an editable install is not seen.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = ["pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-cache-dir", OLDER]
    subprocess.run([sys.executable, "-m", *install], check=True)
    own = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    shared = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(own, "running.pth").write_text("\n".join(sorted(shared)))
    return Package(str(python), folder)


@dataclass(frozen=True)
class Shop:
    """The project's folder and its database."""

    folder: Path
    database: str

    @property
    def migrations(self) -> Path:
        return self.folder / "tests" / "switching" / "bookshop" / "migrations"

    def run(self, package: Package, *steps: str, environment: Mapping[str, str] | None = None) -> str:
        """What the steps of `bookshop/__main__.py` print, errors included; AssertionError when one fails."""
        done = self.attempt(package, *steps, environment=environment)
        assert done.returncode == 0, "\n".join([*steps, done.stdout])
        return done.stdout

    def attempt(
        self, package: Package, *steps: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
        return subprocess.run(
            [package.python, "-m", "tests.switching.bookshop", f"package_in:{package.folder}", *steps],
            check=False,
            cwd=self.folder,
            env={
                **inherited,
                "PYTHONPATH": os.pathsep.join(map(str, (self.folder, *package.path))),
                "DJANGO_SETTINGS_MODULE": "tests.switching.bookshop.settings",
                "BOOKSHOP_DATABASE": self.address,
                "BOOKSHOP_SETTINGS": json.dumps(dict(package.settings)),
                **(environment or {}),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )

    @property
    def address(self) -> str:
        return make_conninfo(os.environ["DATABASE_URL"], dbname=self.database)

    def connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.address, autocommit=True)

    def read(self, name: str) -> Any:
        """What a step wrote into a file of the project's folder."""
        return json.loads((self.folder / name).read_text())

    def copy(self, folder: Path) -> "Shop":
        """The same project, with what its database holds now, in another place."""
        shutil.copytree(self.folder, folder)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            name = f"{self.database}_{folder.name}"
            # A run that was broken off may have left it.
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            server.execute(
                sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(self.database))
            )
        return Shop(folder, name)

    def close(self) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(self.database)))


def opened(folder: Path, database: str) -> Shop:
    """The project without migrations, and an empty database."""
    target = folder / "tests" / "switching" / "bookshop"
    shutil.copytree(
        ROOT / "tests" / "switching" / "bookshop", target, ignore=shutil.ignore_patterns("__pycache__", "migrations")
    )
    for package in (folder / "tests", folder / "tests" / "switching"):
        (package / "__init__.py").touch()
    shop = Shop(folder, database)
    shop.close()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
    return shop
