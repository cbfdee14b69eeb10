"""Seven people walk over every address of the browser, follow every link, and find nothing that is not theirs.

The addresses come from the URLconf, so that a new page is walked as soon as it exists; one that the samples below do
not reach fails the test of the superuser.
"""

import html
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product as combinations
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, resolve

import pghistory
from demo_project.shop.models import Category, Customer, Product, Supplier, Tag
from pghistory.models import Job
from pghistory_ui import urls
from pghistory_ui.models import ExportRecord
from tests.ui.html import Page
from tests.ui.test_permissions import model_admin

EVENTS = "/admin/pghistory/events/"
MOST = 240

# Words that stand in one place of the data each, and so tell where something came from.
OPEN, CLOSED, GONE = "Openwool", "Closedwool", "Gonewool"
CATEGORY, CUSTOMER, SUPPLIER, REASON, USER = "Catxyz", "Custxyz", "Suppxyz", "Reasonxyz", "Userxyz"
FIELD, TAG = "Fieldxyz", "Tagxyz"
EVERYTHING = {OPEN, CLOSED, GONE, CATEGORY, CUSTOMER, SUPPLIER, REASON, USER, FIELD, TAG}


@dataclass
class Data:
    """Objects that bear the words, and samples of what stands in addresses."""

    open: Product
    closed: Product
    samples: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture
def data(mara: User) -> Data:
    other = User.objects.create_user("hidden", first_name=USER, last_name=USER)
    with pghistory.context(actor=other, reason=REASON, secret=REASON):
        category = Category.objects.create(name=CATEGORY, slug="catxyz")
        Customer.objects.create(name=CUSTOMER, email="custxyz@example.com", since="2026-01-01")
        supplier = Supplier.objects.create(name=SUPPLIER)
    shown = {"price": 1, "supplier": supplier, "category": category}
    with pghistory.context(actor=mara, url="/shop/"):
        open_one = Product.objects.create(name=OPEN, sku="o", description=FIELD, **shown)
        open_one.stock = 3
        open_one.save()
        open_one.tags.add(Tag.objects.create(name=TAG))
    with pghistory.context(actor=other, reason=REASON, url=f"/{CLOSED}/"):
        closed = Product.objects.create(name=CLOSED, sku="c", **shown)
        closed.stock = 4
        closed.save()
        gone = Product.objects.create(name=GONE, sku="g", **shown)
        gone_key = gone.pk
        gone.delete()
    events = list(Product.pgh_event_model.objects.order_by("pgh_id"))
    last = {str(event.pgh_obj_id): event for event in events}
    keys = [str(open_one.pk), str(closed.pk), str(gone_key), *(str(event.pgh_id) for event in last.values())]
    keys += sorted({str(event.pgh_context_id) for event in last.values()})
    ordered = {"kind": "backfill", "arguments": {"model": "shop.Category", "label": CATEGORY}, "token": ""}
    job = Job.objects.create(owner=str(other.pk), owner_label=USER, error=REASON, **ordered)
    keys.append(str(job.pk))
    of_open = [str(event.pgh_id) for event in events if event.pgh_obj_id == open_one.pk]
    samples = {
        "label": ["shop.Product", "shop.Category", "shop.ProductEvent", "shop.CategoryEvent"],
        "key": list(dict.fromkeys([*keys, "nothing"])),
        "a": [of_open[0], str(last[str(closed.pk)].pgh_id)],
        "b": [of_open[1], "live"],
        "file_format": ["csv", "jsonl", "xml"],
    }
    return Data(open_one, closed, samples)


@dataclass(frozen=True)
class Role:
    """Somebody, what they may have in sight, and how the site is set up for them."""

    name: str
    permissions: tuple[str, ...] = ()
    sees: frozenset[str] = frozenset()
    is_staff: bool = True
    is_superuser: bool = False
    admin: dict[str, Any] = field(default_factory=dict)
    withheld: bool = False


def only_open(self: Any, request: HttpRequest) -> Any:
    return admin.ModelAdmin.get_queryset(self, request).filter(name=OPEN)


def by_object(self: Any, request: HttpRequest, obj: Product | None = None) -> bool:
    return obj is None or obj.name == OPEN


def no_description(request: HttpRequest, model: type[Model], name: str) -> bool:
    return name != "description"


CATALOGUE = ("shop.view_product",)
EDITING = (*CATALOGUE, "shop.change_product", "shop.add_product", "shop.delete_product")
ROLES = [
    Role("stranger", is_staff=False),
    Role("nothing"),
    Role("catalogue", CATALOGUE, frozenset({OPEN, CLOSED, GONE, FIELD, REASON, USER})),
    Role("own", CATALOGUE, frozenset({OPEN, FIELD}), admin={"get_queryset": only_open}),
    Role("withheld", CATALOGUE, frozenset({OPEN, CLOSED, GONE, REASON, USER}), withheld=True),
    Role("editor", EDITING, frozenset({OPEN, CLOSED, GONE, REASON, USER}), withheld=True),
    Role("owner", sees=frozenset(EVERYTHING), is_superuser=True),
]


NOT_READ = {"pghistory_ui_order_export", "pghistory_ui_download"}
"""What no GET answers with a page: an order is a POST, and a file is made by a worker (test_download.py)."""


def starts(data: Data) -> Iterator[str]:
    """Every pattern of the browser with every combination of samples, and the parameters that pages know."""
    for pattern in urls.patterns(admin.site):
        names = list(pattern.pattern.converters)
        for values in combinations(*(data.samples[name] for name in names)):
            yield EVENTS + fill(pattern, dict(zip(names, values, strict=True)))
    for text in ("", "a", "model:", "field:", "label:", "actor:", "reason=", "secret=", "name:", "cat", "event_model:"):
        yield f"{EVENTS}suggestions/?q={text}"
    for query in (
        f"q={CLOSED}",
        f"q={REASON}",
        "label=update",
        "model=shop.Category",
        "obj=shop.Category:1",
        "unchanged=1",
    ):
        for page in ("", "export/", "export.csv", "export.jsonl"):
            yield f"{EVENTS}{page}?{query}"
    a, b = (f"shop.ProductEvent:{data.samples[side][0]}" for side in "ab")
    yield f"{EVENTS}compare/?a={a}&b={b}"
    for product in (data.open, data.closed):
        yield f"/admin/shop/product/{product.pk}/history/"
        yield f"{EVENTS}record/?model=shop.Product&pk={product.pk}"


def fill(pattern: URLPattern, values: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values[match[1]], str(pattern.pattern))


def follow(source: str, address: str) -> Iterator[str]:
    """The addresses of the browser that a page leads to, by link or by htmx."""
    for found in re.findall(r'(?:href|hx-get|action|formaction)="([^"]*)"', source):
        parts = urlsplit(urljoin(address, html.unescape(found)))
        if parts.path.startswith(EVENTS) or re.fullmatch(r"/admin/shop/\w+/[^/]+/history/", parts.path):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def shape(address: str) -> tuple[object, ...]:
    """What makes two addresses alike enough to walk only one of them: followed links differ by keys alone."""
    parts = urlsplit(address)
    names = sorted({pair.split("=")[0] for pair in parts.query.split("&")})
    return (resolve(parts.path).url_name, resolve(parts.path).kwargs.get("label"), *names)


@pytest.mark.django_db(databases=["default", "archive"])
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_nobody_finds_what_is_not_theirs(client: Client, data: Data, settings: Any, role: Role):
    user = User.objects.create_user(f"r-{role.name}", is_staff=role.is_staff, is_superuser=role.is_superuser)
    for permission in role.permissions:
        app_label, codename = permission.split(".")
        user.user_permissions.add(permission_of(app_label, codename))
    client.force_login(user)
    hidden = EVERYTHING - role.sees
    found: set[str] = set()
    reached: set[str] = set()
    told: set[str] = set()
    with ExitStack() as stack:
        if role.admin:
            stack.enter_context(model_admin(Product, **role.admin))
        if role.withheld:
            settings.PGHISTORY_UI_FIELD_PERMISSION = no_description
        for address, status, text in walk(client, data):
            assert role.sees or status in (302, 403, 404), (address, status)
            leaked = {word for word in hidden if word.lower() in asked_nothing(text, address).lower()}
            assert not leaked, (role.name, address, leaked)
            found |= {word for word in role.sees if word in text}
            if 'class="pgh-diff"' in text:
                told.add(str(resolve(urlsplit(address).path).url_name))
            if status in (200, 302):
                reached.add(str(resolve(urlsplit(address).path).url_name))
    assert found == role.sees
    assert ("pghistory_ui_changes" in told) == bool(role.sees)
    if role.is_superuser:
        assert {str(pattern.name) for pattern in urls.patterns(admin.site)} - NOT_READ <= reached


def permission_of(app_label: str, codename: str) -> Any:
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def asked_nothing(text: str, address: str) -> str:
    """A page without what its own address brought in: a search repeats its words, a refusal its label."""
    asked = urlsplit(address).query
    for word in EVERYTHING:
        if word.lower() in asked.lower():
            text = re.sub(word, "", text, flags=re.IGNORECASE)
    return text


def walk(client: Client, data: Data) -> Iterator[tuple[str, int, str]]:
    """(address, status, content) of every start and of what their pages lead to, as a page and as a fragment."""
    waiting = list(dict.fromkeys(starts(data)))
    seen = set(waiting)
    shapes: set[tuple[object, ...]] = set()
    while waiting:
        address = waiting.pop(0)
        for headers in ({}, {"HX-Request": "true"}):
            response = client.get(address, headers=headers)
            status = response.status_code
            assert status in (200, 302, 400, 403, 404), (address, status)
            streamed = getattr(response, "streaming_content", None)
            text = (b"".join(streamed) if streamed else response.content).decode()
            # What somebody asked for is no news to them.
            ExportRecord.objects.all().delete()
            yield address, status, "" if status == 302 else text
            if status == 302:
                # What is only a region of pages leads a browser to one of them.
                continue
            if status != 200 or not response["Content-Type"].startswith("text/html"):
                break
            Page(text)
            for link in follow(text, address):
                if link not in seen and shape(link) not in shapes and len(seen) < MOST:
                    shapes.add(shape(link))
                    seen.add(link)
                    waiting.append(link)
