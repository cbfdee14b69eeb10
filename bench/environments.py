"""Where each package is at home: an environment of its own for every peer, made once below `.bench/`."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / ".bench"

PACKAGES = {
    "pghistory": "django-pghistory==3.9.2",
    "simple": "django-simple-history==3.13.0",
    "auditlog": "django-auditlog==3.4.1",
    "reversion": "django-reversion==6.4.0",
}
"""{first word of a peer's name: what it needs}; every other peer runs in this environment."""


def python_of(peer: str) -> str:
    """The interpreter that runs a peer; its environment is made when it is missing, with this one's Django."""
    package = PACKAGES.get(peer.partition("_")[0])
    if package is None:
        return sys.executable
    folder = HOME / "environments" / package
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        same = [f"{name}=={importlib.metadata.version(name)}" for name in ("Django", "psycopg")]
        _install(folder, [*same, f"psycopg-binary=={importlib.metadata.version('psycopg')}", package])
        (folder / "ready").touch()
    return str(python)


def site() -> Path:
    """A folder in which `bench` is the only package of this repository that can be imported."""
    folder = HOME / "site"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "bench"
    if not link.is_symlink():
        link.symlink_to(Path(__file__).resolve().parent)
    return folder


def _install(folder: Path, packages: list[str]) -> None:
    python = str(folder / "bin" / "python")
    if uv := shutil.which("uv"):
        commands = [
            [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "--quiet", "--python", python, *packages],
        ]
    else:
        commands = [
            [sys.executable, "-m", "venv", str(folder)],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
        ]
    for command in commands:
        subprocess.run(command, check=True)
