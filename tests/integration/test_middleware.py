"""HistoryMiddleware: requests of both kinds, users that come and go, content that is made later."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction, sync_to_async
from django.contrib.auth import alogin, login, logout
from django.contrib.auth.models import AnonymousUser, User
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import re_path
from django.utils.functional import SimpleLazyObject

import pghistory
from pghistory import contexts
from pghistory.middleware import HistoryMiddleware
from pghistory.models import Context
from tests.tracked.models import Everything

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def write(request: HttpRequest) -> HttpResponse:
    Everything.objects.create(name="view")
    return HttpResponse()


async def write_async(request: HttpRequest) -> HttpResponse:
    await Everything.objects.acreate(name="view")
    return HttpResponse()


def authenticate_late(request: HttpRequest) -> HttpResponse:
    """As REST frameworks do it: after the middleware, on the request itself."""
    request.user = User.objects.get(username="late")
    return write(request)


def log_in(request: HttpRequest) -> HttpResponse:
    login(request, User.objects.get(username="late"), backend="django.contrib.auth.backends.ModelBackend")
    return write(request)


async def log_in_async(request: HttpRequest) -> HttpResponse:
    user = await User.objects.aget(username="late")
    await alogin(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return await write_async(request)


def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return write(request)


def write_and_log_in(request: HttpRequest) -> HttpResponse:
    Everything.objects.create(name="before")
    with pghistory.context(reason="merge"):
        log_in(request)
    Everything.objects.create(name="after")
    return HttpResponse()


def write_and_log_out(request: HttpRequest) -> HttpResponse:
    Everything.objects.create(name="before")
    return log_out(request)


def write_parts() -> Iterator[str]:
    try:
        for part in ("one", "two"):
            Everything.objects.create(name=part)
            yield part
    finally:
        Everything.objects.create(name="closed")


async def write_parts_async() -> AsyncIterator[str]:
    for part in ("one", "two"):
        await Everything.objects.acreate(name=part)
        yield part


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(write_parts())


async def stream_async(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(write_parts_async())


def send_file(request: HttpRequest) -> FileResponse:
    return FileResponse(Path(__file__).open("rb"))


urlpatterns = [
    re_path("^async/", write_async),
    re_path("^late/", authenticate_late),
    re_path("^login/", log_in),
    re_path("^login-async/", log_in_async),
    re_path("^logout/", log_out),
    re_path("^switch/", write_and_log_in),
    re_path("^leave/", write_and_log_out),
    re_path("^stream/", stream),
    re_path("^stream-async/", stream_async),
    re_path("^file/", send_file),
    re_path("", write),
]


def context_of(name: str = "view") -> Context | None:
    event = Everything.pgh_event_model.objects.filter(name=name).select_related("pgh_context").latest("pgh_id")
    context: Context | None = event.pgh_context
    return context


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def async_client(user: User) -> AsyncClient:
    client = AsyncClient()
    client.force_login(user)
    return client


@pytest.fixture
def late(db: None) -> User:
    return User.objects.create(username="late")


@pytest.fixture
def as_middleware(settings: Any) -> Callable[[str], None]:
    """Puts another class in the place of HistoryMiddleware."""

    def put(path: str) -> None:
        settings.MIDDLEWARE = [
            path if name == "pghistory.middleware.HistoryMiddleware" else name for name in settings.MIDDLEWARE
        ]

    return put


def assert_said_by(context: Context | None, user: User | None, url: str) -> None:
    assert context is not None
    assert context.metadata == {"user": user.pk if user else None, "url": url}
    assert context.actor_label == (contexts.label(user) if user else None)


def test_a_request_says_who_and_where(client: Client, user: User):
    client.post("/somewhere/?q=1")
    assert_said_by(context_of(), user, "/somewhere/")
    assert contexts.active() is None


def test_an_anonymous_request_says_where(db: None):
    Client().get("/somewhere/")
    assert_said_by(context_of(), None, "/somewhere/")


def test_a_request_of_another_method_has_no_context(client: Client, async_client: AsyncClient):
    client.options("/")
    assert context_of() is None
    async_to_sync(async_client.options)("/async/")
    assert context_of() is None


def test_the_methods_are_a_setting(client: Client, user: User, settings: Any):
    settings.PGHISTORY_MIDDLEWARE_METHODS = ("OPTIONS",)
    client.get("/")
    assert context_of() is None
    client.options("/")
    assert_said_by(context_of(), user, "/")


def test_a_request_costs_no_query_but_those_that_say_who_the_user_is(client: Client, sent: list[str]):
    client.get("/")
    session, user, insert = sent
    assert '"django_session"' in session
    assert '"auth_user"' in user
    assert '"tracked_everything"' in insert


def test_an_async_request_says_who_and_where(async_client: AsyncClient, user: User):
    async_to_sync(async_client.post)("/async/")
    assert_said_by(context_of(), user, "/async/")
    assert contexts.active() is None


def test_sync_views_may_be_served_by_async_handlers_and_the_other_way_round(
    async_client: AsyncClient, client: Client, user: User
):
    async_to_sync(async_client.get)("/somewhere/")
    assert_said_by(context_of(), user, "/somewhere/")
    client.get("/async/")
    assert_said_by(context_of(), user, "/async/")


def test_the_middleware_is_a_coroutine_function_where_its_inner_one_is():
    assert iscoroutinefunction(HistoryMiddleware(write_async))
    assert not iscoroutinefunction(HistoryMiddleware(write))


def test_a_user_who_is_found_out_in_the_view_is_the_user(client: Client, late: User):
    client.post("/late/")
    assert_said_by(context_of(), late, "/late/")
    Client().post("/late/")
    assert_said_by(context_of(), late, "/late/")


def test_a_user_who_logs_in_is_the_user(db: None, late: User):
    Client().post("/login/")
    assert_said_by(context_of(), late, "/login/")
    async_to_sync(AsyncClient().post)("/login/")
    assert_said_by(context_of(), late, "/login/")
    async_to_sync(AsyncClient().post)("/login-async/")
    assert_said_by(context_of(), late, "/login-async/")


def test_nobody_is_left_after_logging_out(client: Client):
    client.post("/logout/")
    assert_said_by(context_of(), None, "/logout/")


def test_what_was_written_before_somebody_logs_out_stays_theirs(client: Client, user: User):
    client.post("/leave/")
    assert_said_by(context_of("before"), user, "/leave/")
    assert_said_by(context_of("view"), None, "/leave/")
    assert contexts.active() is None


def test_what_was_written_before_somebody_logs_in_as_another_stays_theirs(client: Client, user: User, late: User):
    client.post("/switch/")
    assert_said_by(context_of("before"), user, "/switch/")
    within, after = context_of("view"), context_of("after")
    assert within == after
    assert within is not None
    assert within.metadata == {"user": late.pk, "url": "/switch/", "reason": "merge"}
    assert within.actor_label == "late"
    assert contexts.active() is None


def test_what_was_written_before_anybody_logs_in_is_theirs(late: User):
    Client().post("/switch/")
    assert context_of("before") == context_of("after")
    assert context_of("before").metadata["user"] == late.pk  # type: ignore[union-attr]


def test_a_context_around_requests_stays_one(client: Client, late: User):
    with pghistory.context(suite="smoke") as around:
        client.post("/switch/")
        Everything.objects.create(name="later")
    assert {context_of(name).pk for name in ("before", "view", "later")} == {around.id}  # type: ignore[union-attr]


def test_a_request_stays_what_it_was():
    request = RequestFactory().get("/")
    classes = []

    def inner(request: HttpRequest) -> HttpResponse:
        classes.append(type(request))
        assert isinstance(request, WSGIRequest)
        assert not hasattr(request, "user")
        request.user = AnonymousUser()
        assert request.user.is_anonymous
        del request.user
        assert not hasattr(request, "user")
        return HttpResponse()

    HistoryMiddleware(HistoryMiddleware(inner))(request)
    HistoryMiddleware(inner)(RequestFactory().get("/"))
    assert len(set(classes)) == 1
    assert (classes[0].__name__, classes[0].__module__) == ("WSGIRequest", "django.core.handlers.wsgi")


def test_a_user_that_is_set_after_the_response_changes_nothing(user: User):
    request = RequestFactory().get("/")
    HistoryMiddleware(write)(request)
    request.user = user
    assert request.user is user
    assert_said_by(context_of(), None, "/")


def test_a_lazy_user_set_by_async_code_waits_for_whoever_asks(user: User):
    async def inner(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(User.objects.get)  # type: ignore[assignment]
        await Everything.objects.acreate(name="before")
        assert await sync_to_async(lambda: request.user.pk)() == user.pk
        return HttpResponse()

    async_to_sync(HistoryMiddleware(inner))(RequestFactory().get("/"))  # type: ignore[arg-type]
    assert_said_by(context_of("before"), None, "/")


def test_a_lazy_user_whom_another_middleware_made_is_looked_up_in_a_thread(user: User):
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(User.objects.get)  # type: ignore[assignment]
    async_to_sync(HistoryMiddleware(write_async))(request)  # type: ignore[arg-type]
    assert_said_by(context_of(), user, "/")


def test_an_impersonated_user_is_the_user(async_client: AsyncClient, late: User, as_middleware: Any, settings: Any):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[: settings.MIDDLEWARE.index("pghistory.middleware.HistoryMiddleware")],
        f"{__name__}.impersonate",
        "pghistory.middleware.HistoryMiddleware",
    ]
    async_to_sync(async_client.get)("/async/")
    assert_said_by(context_of(), late, "/async/")


def impersonate(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def as_late(request: HttpRequest) -> HttpResponse:
        request.user = User.objects.get(username="late")
        return get_response(request)

    return as_late


def test_content_that_is_streamed_keeps_the_context(client: Client, user: User):
    response = client.get("/stream/")
    parts = iter(response)
    assert next(parts) == b"one"
    assert contexts.active() is None
    with pghistory.context(user="somebody else"):
        assert next(parts) == b"two"
        assert dict((contexts.active() or pytest.fail("no context")).metadata) == {"user": "somebody else"}
        Everything.objects.create(name="between")
    assert list(parts) == []
    for name in ("one", "two", "closed"):
        assert_said_by(context_of(name), user, "/stream/")
    between = context_of("between")
    assert between is not None
    assert between.metadata == {"user": "somebody else"}


def test_a_step_within_a_step_of_a_stream_goes_back_to_where_each_began():
    with pghistory.context(user="reader"):
        continuation = contexts.Continuation()
    with pghistory.context(user="somebody else") as outer:
        with continuation:
            with continuation:
                pghistory.context(closed=True)
            assert dict((contexts.active() or pytest.fail("no context")).metadata) == {"user": "reader"}
        assert (contexts.active() or pytest.fail("no context")).id == outer.id
    assert contexts.active() is None


def test_content_that_nobody_reads_to_the_end_keeps_the_context(user: User):
    request = RequestFactory().get("/stream/")
    request.user = user
    response = HistoryMiddleware(stream)(request)
    assert isinstance(response, StreamingHttpResponse)
    assert next(iter(response)) == b"one"
    request_finished.disconnect(close_old_connections)
    try:
        response.close()
    finally:
        request_finished.connect(close_old_connections)
    assert_said_by(context_of("closed"), user, "/stream/")


def test_content_that_is_streamed_by_async_code_keeps_the_context(async_client: AsyncClient, user: User):
    async def read() -> None:
        first, second = await asyncio.gather(async_client.get("/stream-async/"), async_client.get("/stream-async/?b"))
        responses: list[Any] = [first, second]
        contents = [aiter(response) for response in responses]
        assert [await anext(content) for content in contents] == [b"one", b"one"]
        assert contexts.active() is None
        async with pghistory.context(user="somebody else"):
            assert await anext(contents[0]) == b"two"
            await Everything.objects.acreate(name="between")
        assert [part async for part in contents[0]] == []

    async_to_sync(read)()
    for name in ("one", "two"):
        assert_said_by(context_of(name), user, "/stream-async/")
    between = context_of("between")
    assert between is not None
    assert between.metadata == {"user": "somebody else"}


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
def test_content_of_one_kind_served_by_the_other_keeps_the_context(
    async_client: AsyncClient, client: Client, user: User
):
    async def read() -> list[bytes]:
        response = await async_client.get("/stream/")
        return [part async for part in response]

    assert async_to_sync(read)() == [b"one", b"two"]
    assert_said_by(context_of("two"), user, "/stream/")
    assert list(client.get("/stream-async/")) == [b"one", b"two"]
    assert_said_by(context_of("two"), user, "/stream-async/")


def test_a_context_that_content_opens_stays_open_between_its_parts(user: User):
    def parts() -> Iterator[str]:
        with pghistory.context(step="streaming"):
            yield "one"
            Everything.objects.create(name="inside")
            yield "two"

    request = RequestFactory().get("/")
    response = HistoryMiddleware(lambda request: StreamingHttpResponse(parts()))(request)
    assert isinstance(response, StreamingHttpResponse)
    assert list(response) == [b"one", b"two"]
    inside = context_of("inside")
    assert inside is not None
    assert inside.metadata == {"user": None, "url": "/", "step": "streaming"}
    assert contexts.active() is None


def test_an_open_file_is_left_to_the_server(user: User):
    response = HistoryMiddleware(send_file)(RequestFactory().get("/file/"))
    assert isinstance(response, FileResponse)
    assert response.file_to_stream is not None
    response.close()


def test_addresses_that_postgresql_cannot_hold_are_made_storable(client: Client, user: User):
    client.get("/%00/100%25/%F0%9F%90%98/%ED%A0%80/")
    context = context_of()
    assert context is not None
    assert context.metadata["url"].startswith("/\ufffd/100%/🐘/")


class WithAddress(HistoryMiddleware):
    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        headers = {"agent\x00": [request.headers.get("user-agent"), ("\ud800", 7)]}
        return super().get_context(request) | {"ip": request.META["REMOTE_ADDR"], **headers}


def test_a_subclass_adds_keys_of_its_own(client: Client, user: User, as_middleware: Callable[[str], None]):
    as_middleware(f"{__name__}.WithAddress")
    client.get("/", headers={"user-agent": "a\x00b"})
    context = context_of()
    assert context is not None
    assert context.metadata == {
        "user": user.pk,
        "url": "/",
        "ip": "127.0.0.1",
        "agent\ufffd": ["a\ufffdb", ["\ufffd\ufffd\ufffd", 7]],
    }
    assert context.actor_label == "Ada Lovelace"


class ForRobots(HistoryMiddleware):
    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"url": request.path, "actor": User.objects.get(username="late")}


def test_a_subclass_may_name_the_actor(client: Client, late: User, as_middleware: Callable[[str], None]):
    as_middleware(f"{__name__}.ForRobots")
    client.get("/")
    assert_said_by(context_of(), late, "/")


def test_requests_side_by_side_keep_their_own_context(db: None):
    async def visit(number: int) -> None:
        await AsyncClient().get(f"/async/{number}/")

    async def visit_all() -> None:
        await asyncio.gather(*(visit(number) for number in range(8)))

    async_to_sync(visit_all)()
    urls = Context.objects.values_list("metadata__url", flat=True)
    assert sorted(urls) == [f"/async/{number}/" for number in range(8)]
