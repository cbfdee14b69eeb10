"""The processes that are measured side by side, each with a database of its own on one server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from bench import environments
from demo_project import postgres
from demo_project.settings import database

SERVER = {
    **postgres.FAST,
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "8GB",
    "shared_buffers": "1GB",
    "max_parallel_workers_per_gather": "0",
}
"""Nothing may happen beside what is measured, nor in processes whose seconds nobody adds up."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A peer under a name in the tables; `indexes`, of this project only, stands in the place of all."""

    name: str
    peer: str
    indexes: str | None = None


class Process:
    """A contender at work: `ask` sends an order and waits for the answer."""

    def __init__(self, contender: Contender, address: str) -> None:
        self.contender = contender
        self.address = address
        environment = {
            **os.environ,
            "BENCH_PEER": contender.peer,
            "BENCH_DATABASE": json.dumps(database(address)),
            **({} if contender.indexes is None else {"BENCH_INDEXES": contender.indexes}),
        }
        self._log = environments.HOME / f"{contender.name}.log"
        self._worker = subprocess.Popen(
            [environments.python_of(contender.peer), "-m", "bench.peers.worker"],
            cwd=environments.site(),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log.open("w"),
            text=True,
        )

    def ask(self, do: str, **order: Any) -> dict[str, Any]:
        """The answer; RuntimeError, with what it said, when the process has ended."""
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self._worker.stdin.flush()
        line = self._worker.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.contender.name} has ended over {do} {order}:\n{self._log.read_text()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends the process."""
        self._worker.communicate()


@contextmanager
def running(contenders: Iterable[Contender], server: postgres.Server) -> Iterator[list[Process]]:
    """The processes, with their tables made."""
    with ExitStack() as stack:
        processes = []
        for contender in contenders:
            name = "bench_" + "".join(letter if letter.isalnum() else "_" for letter in contender.name)
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            process = Process(contender, server.url(name))
            stack.callback(process.close)
            process.ask("prepare")
            processes.append(process)
        # What was installed and made so far goes to the disk before anything is measured, not beside it.
        os.sync()
        yield processes
