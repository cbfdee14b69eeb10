"""`Events`: every event of every event model, as an ordinary queryset that cannot write."""

import pickle
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, models
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Length
from psycopg import ClientCursor
from psycopg import ServerCursor as _ServerCursor  # noqa: F401 - the names show which cursor is meant
from psycopg import Cursor as ServerBindingCursor

import pghistory
from pghistory import errors, registry
from pghistory.models import Events, MiddlewareEvents
from tests.tracked.models import (
    AppendOnly,
    CharKey,
    ContextFree,
    DenormalisedContext,
    DenormalisedMetadata,
    Loose,
    Odd,
    OneKey,
    Place,
    Restaurant,
    Shelf,
    Specimen,
    Target,
    TwoHistories,
    UuidKey,
)

pytestmark = pytest.mark.django_db
