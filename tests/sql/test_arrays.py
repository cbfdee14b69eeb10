"""Texts that travel as one parameter and arrive as an array."""

from typing import Any

import pytest
from django.db import connection

from pghistory import sql


@pytest.mark.django_db
@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["", "1"],
        ["1", "22", "333"],
        ["1", None, "3"],
        [None],
        ["null", "NULL", " padded ", "a,b", "{x}", "it's", "%s", "line\nbreak", "tab\t", "ü"],
        ['say "ho"', "back\\slash", '\\"', None],
    ],
)
def test_an_array_arrives_as_it_was_sent(texts: list[Any]):
    with connection.cursor() as cursor:
        cursor.execute("select %s::text[]", [sql.array(texts)])
        assert cursor.fetchone()[0] == texts
