"""The file of an export on its way into the storage: kept as a whole or not at all, whatever happens meanwhile."""

import errno
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.db import connection, connections
from django.test import Client

from demo_project.shop.models import Product, Supplier
from pghistory import errors, export, jobs
from pghistory.models import Job
from pghistory_ui import config
from pghistory_ui.models import ExportRecord
from pghistory_ui.views import copied
from tests.integration.servers import address_of_test_database
from tests.ui.html import Page

COPIES = 2_000
MORE = "insert into shop_productevent ({columns}) select {columns} from shop_productevent, generate_series(2, %s)"


class Full(FileSystemStorage):
    """A folder on a disk without room: half of a file is written before it says so."""

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Distant(InMemoryStorage):
    """A storage that sends what it reads."""

    def _save(self, name: str, content: Any) -> str:
        content.seek(0)
        self.sent = content.read()
        return name


class Away(InMemoryStorage):
    """A storage that cannot be reached at all, and has errors of its own."""

    class Unreachable(Exception):
        """Nobody answers."""

    def _save(self, name: str, content: Any) -> str:
        raise self.Unreachable

    def delete(self, name: str) -> None:
        raise self.Unreachable


@pytest.fixture(autouse=True)
def drafts(settings: Any, tmp_path: Path) -> Path:
    """Where drafts are made."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    return folder


@pytest.fixture(autouse=True)
def kept(settings: Any, tmp_path: Path) -> Path:
    """Where files are kept."""
    use(settings, FileSystemStorage, location=tmp_path / "kept")
    return tmp_path / "kept"


def use(settings: Any, backend: type[Any], **options: Any) -> None:
    name = f"{backend.__module__}.{backend.__qualname__}"
    settings.STORAGES = {**settings.STORAGES, "pghistory": {"BACKEND": name, "OPTIONS": options}}


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def ordered(owner: User, query: str = "model=shop.Product") -> Job:
    return jobs.order("export", {"query": query, "format": "jsonl", "site": "admin"}, owner=owner)


def write_events() -> int:
    """Many times the events of products that there are; gives their number."""
    event_model: Any = Product.pgh_event_model
    columns = ", ".join(f'"{field.column}"' for field in event_model._meta.concrete_fields if field.name != "pgh_id")
    with connection.cursor() as cursor:
        cursor.execute(MORE.format(columns=columns), [COPIES])
    number: int = event_model.objects.count()
    return number


def no_room(file: Any, data: bytes) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def elsewhere(call: Callable[[], Any]) -> threading.Thread:
    """Calls it in a thread that has a connection of its own."""

    def run() -> None:
        try:
            call()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_folder_on_the_same_disk_gets_the_draft_itself(drafts: Path, kept: Path):
    with jobs.drafting() as draft:
        file = draft()
        file.write(b"some lines")
        made = Path(file.temporary_file_path()).stat().st_ino
        name = jobs.keep(file, "pghistory/some.csv")
        assert not files(drafts)
    assert (kept / name).stat().st_ino == made
    assert (kept / name).read_bytes() == b"some lines"


@pytest.mark.parametrize("backend", [InMemoryStorage, Distant])
def test_any_other_storage_reads_the_draft(backend: type[Any], drafts: Path, settings: Any):
    use(settings, backend)
    with jobs.drafting() as draft:
        file = draft()
        file.write(b"some lines")
        name = jobs.keep(file, "pghistory/some.csv")
    storage: Any = jobs.storage()
    assert (storage.sent if backend is Distant else storage.open(name).read()) == b"some lines"
    assert not files(drafts)


def test_what_is_not_kept_is_gone_with_its_block(drafts: Path, kept: Path):
    def make() -> None:
        with jobs.drafting() as draft:
            draft().write(b"lines")
            draft().write(b"more lines")
            assert len(files(drafts)) == 2
            raise errors.JobCancelled(job=1)

    with pytest.raises(errors.JobCancelled):
        make()
    assert not files(drafts)
    assert not files(kept)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of a hundred kilobytes; left alone where nothing can be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(folder)]
    mounted = not os.geteuid() and not subprocess.run(mount, check=False, capture_output=True).returncode
    yield folder
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.django_db
def test_a_disk_without_room_for_the_file_ends_the_job_in_words(
    mara: User, changed: Product, drafts: Path, small: Path, settings: Any
):
    write_events()
    use(settings, FileSystemStorage if small.is_mount() else Full, location=small)
    job = jobs.work(ordered(mara).pk, using="default")
    assert job.state == "failed"
    assert job.error.startswith("Range 1 was rolled back: The file could not be put into its storage: ")
    assert "No space left on device" in job.error
    assert not files(small)
    assert not files(drafts)
    assert not ExportRecord.objects.exists()


@pytest.mark.django_db
def test_a_disk_without_room_for_drafts_ends_the_job_in_words_and_with_room_it_is_resumed(
    mara: User, changed: Product, small: Path, kept: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    write_events()
    settings.FILE_UPLOAD_TEMP_DIR = str(small)
    with monkeypatch.context() as patch:
        if not small.is_mount():
            patch.setattr(copied.Watched, "write", no_room)
        job = jobs.work(ordered(mara).pk, using="default")
    assert (job.state, job.error) == ("failed", "Range 1 was rolled back: [Errno 28] No space left on device")
    assert not files(small)
    assert not files(kept)
    settings.FILE_UPLOAD_TEMP_DIR = None
    assert jobs.work(jobs.resume(job).pk, using="default").state == "done"
    assert len(files(kept)) == 1


@pytest.mark.django_db
def test_a_storage_that_cannot_be_reached_ends_the_job_in_words(mara: User, changed: Product, settings: Any):
    use(settings, Away)
    job = jobs.work(ordered(mara).pk, using="default")
    assert job.error == "Range 1 was rolled back: The file could not be put into its storage: Unreachable"


@pytest.fixture
def owner(transactional_db: None) -> User:
    supplier = Supplier.objects.create(name="Nordvik")
    Product.objects.create(name="Wool throw", sku="THR-1", price=1, supplier=supplier)
    return User.objects.create_superuser("mara")


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_cancelled_when_its_file_is_just_kept_keeps_no_file(
    owner: User, kept: Path, drafts: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jobs, "CANCEL_TIMEOUT", "50ms")
    job = ordered(owner)
    seen: list[int] = []

    def cancelled_first() -> int:
        seen.append(len(files(kept)))
        elsewhere(lambda: jobs.cancel(Job.objects.get(pk=job.pk))).join()
        return 7

    monkeypatch.setattr(config, "export_days", cancelled_first)
    done = jobs.work(job.pk, using="default")
    assert seen == [1]
    assert (done.state, done.file) == ("cancelled", "")
    assert not files(kept)
    assert not files(drafts)


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_session_is_ended_when_its_file_is_just_kept_keeps_one_file_in_the_end(
    owner: User, kept: Path, drafts: Path, monkeypatch: pytest.MonkeyPatch
):
    job = ordered(owner)
    seen: list[int] = []

    def ended_once() -> int:
        seen.append(len(files(kept)))
        if len(seen) == 1:
            with connection.cursor() as cursor:
                cursor.execute("select pg_terminate_backend(pg_backend_pid())")
        return 7

    monkeypatch.setattr(config, "export_days", ended_once)
    done = jobs.work(job.pk, using="default")
    assert seen == [1, 1]
    assert done.state == "done"
    assert [path.relative_to(kept) for path in files(kept)] == [Path(done.file)]
    assert not files(drafts)


class Forgetful(FileSystemStorage):
    """A storage that takes files and cannot be reached after that."""

    def delete(self, name: str) -> None:
        raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))


@pytest.mark.django_db(transaction=True)
def test_a_storage_that_does_not_delete_keeps_no_job_from_its_end(
    owner: User, kept: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    use(settings, Forgetful, location=kept)

    def fails() -> int:
        raise errors.JobCancelled(job=1)

    monkeypatch.setattr(config, "export_days", fails)
    job = jobs.work(ordered(owner).pk, using="default")
    assert job.lines.latest("pk").text == "Range 1 was rolled back: the job was cancelled"
    assert len(files(kept)) == 1


@dataclass
class Session:
    """What is left of a worker's connection."""

    backend: int = 0
    status: Any = None
    settings: tuple[str, ...] = ()


def state_of_session() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('TimeZone'), current_setting('lock_timeout')")
        found: tuple[str, ...] = cursor.fetchone()
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["model=shop.Product", "model=shop.Product&columns=pgh_id&columns=changes"])
def test_a_job_that_is_cancelled_on_its_page_amid_a_long_copy_ends_at_once_and_leaves_nothing(
    query: str, owner: User, client: Client, kept: Path, drafts: Path, monkeypatch: pytest.MonkeyPatch
):
    events = write_events()
    write = copied.Watched.write
    left = Session()
    job = ordered(owner, query)

    def slowly(file: Any, data: bytes) -> None:
        time.sleep(0.2)
        write(file, data)

    def labour() -> None:
        connection.ensure_connection()
        raw: Any = connection.connection
        left.backend = raw.info.backend_pid
        jobs.work(job.pk, using="default")
        assert connection.connection is raw
        left.status, left.settings = raw.info.transaction_status, state_of_session()

    with monkeypatch.context() as patch, psycopg.connect(address_of_test_database(), autocommit=True) as watch:
        # The disk is slow, so that the COPY waits for it.
        patch.setattr(export, "MOST_LINES", 20)
        patch.setattr(copied.Watched, "write", slowly)
        worker = elsewhere(labour)
        copying = "select pid from pg_stat_progress_copy where command = 'COPY TO' and tuples_processed > 0"
        deadline = time.monotonic() + 30
        while (found := watch.execute(copying).fetchone()) is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert found == (left.backend,)
        assert files(drafts)
        client.force_login(owner)
        answer = client.post(f"/admin/pghistory/events/jobs/{job.pk}/", {"cancel": "1"}, follow=True)
        page = Page(answer.content.decode())
        worker.join(30)
        assert not worker.is_alive()
        assert watch.execute(copying).fetchone() is None
    assert "The job was cancelled. It has changed nothing." in page.text
    job.refresh_from_db()
    assert (job.state, job.file) == ("cancelled", "")
    lines = list(job.lines.order_by("pk").values_list("text", flat=True))
    assert lines[1:] == [
        "Range 1 was rolled back: the job was cancelled",
        "Cancelled: 0 written in 0 of 1 ranges",
    ]
    assert not files(kept)
    assert not files(drafts)
    assert not ExportRecord.objects.exists()
    assert (left.status, left.settings) == (psycopg.pq.TransactionStatus.IDLE, state_of_session())

    done = jobs.work(jobs.resume(job).pk, using="default")
    assert done.state == "done"
    (file,) = files(kept)
    assert len(file.read_bytes().splitlines()) == events
