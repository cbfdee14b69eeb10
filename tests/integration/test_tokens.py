"""Contexts that are carried over a process border."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.core import signing

import pghistory
from demo_project.shop.models import Tag
from pghistory import contexts, errors
from pghistory.models import Context

pytestmark = pytest.mark.django_db


def context_of_newest_event() -> Context:
    stored = Tag.pgh_event_model.objects.latest("pgh_id").pgh_context
    assert isinstance(stored, Context)
    return stored


def test_what_is_written_in_a_resumed_context_belongs_to_the_context_that_was_carried() -> None:
    with pghistory.context(user=3, url="/order/") as ordered:
        token = pghistory.context.token()
    with pghistory.context.resume(token) as resumed:
        assert resumed is not None
        assert (resumed.id, dict(resumed.metadata)) == (ordered.id, {"user": 3, "url": "/order/"})
        Tag.objects.create(name="wool")
    stored = context_of_newest_event()
    assert (stored.id, stored.metadata) == (ordered.id, {"user": 3, "url": "/order/"})


def test_the_actors_label_is_carried_as_it_was() -> None:
    user = get_user_model()(pk=7, username="ada", first_name="Ada", last_name="Byron")
    with pghistory.context(actor=user):
        token = pghistory.context.token()
    with pghistory.context.resume(token):
        Tag.objects.create(name="wool")
    assert context_of_newest_event().actor_label == "Ada Byron"


def test_a_worker_with_a_context_of_its_own_acts_in_the_resumed_one_and_goes_back_to_its_own() -> None:
    with pghistory.context(user=3):
        token = pghistory.context.token()
    with pghistory.context(command="worker"):
        with pghistory.context.resume(token), pghistory.context(step=2):
            Tag.objects.create(name="wool")
        assert context_of_newest_event().metadata == {"user": 3, "step": 2}
        Tag.objects.create(name="linen")
    assert context_of_newest_event().metadata == {"command": "worker"}


def test_without_a_context_there_is_no_token_and_nothing_is_resumed() -> None:
    assert pghistory.context.token() is None
    with pghistory.context.resume(None) as resumed:
        assert resumed is None
        assert contexts.active() is None


def test_a_block_that_fails_leaves_the_resumed_context() -> None:
    with pghistory.context(user=3):
        token = pghistory.context.token()
    with pytest.raises(ZeroDivisionError), pghistory.context.resume(token):
        raise ZeroDivisionError
    assert contexts.active() is None


def test_a_token_is_json() -> None:
    with pghistory.context(note="50 % <script>"):
        token = pghistory.context.token()
    assert json.loads(json.dumps(token)) == token


@pytest.mark.parametrize("change", [lambda token: token[:-1], lambda token: "x" + token, lambda token: ""])
def test_a_token_that_was_changed_is_refused(change: Callable[[str], str]) -> None:
    with pghistory.context(user=3):
        token = pghistory.context.token()
    with pytest.raises(errors.InvalidToken, match="signature"), pghistory.context.resume(change(str(token))):
        pytest.fail("the block was entered")


def test_a_text_that_was_signed_for_another_purpose_is_refused() -> None:
    other = signing.dumps(["00000000-0000-0000-0000-000000000000", "{}", None, None], salt="another")
    with pytest.raises(errors.InvalidToken), pghistory.context.resume(other):
        pytest.fail("the block was entered")


def test_a_token_grows_old() -> None:
    with pghistory.context(user=3):
        fresh, old = pghistory.context.token(max_age=60), pghistory.context.token(max_age=-1)
    with pghistory.context.resume(fresh) as resumed:
        assert resumed is not None
    with pytest.raises(errors.InvalidToken, match="too old"), pghistory.context.resume(old):
        pytest.fail("the block was entered")


def test_another_process_resumes_the_same_context() -> None:
    with pghistory.context(user=3) as ordered:
        token = pghistory.context.token()
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup()\n"
        "import pghistory\n"
        "with pghistory.context.resume(sys.argv[1]) as resumed: print(resumed.id, dict(resumed.metadata))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(token)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{ordered.id} {{'user': 3}}"
