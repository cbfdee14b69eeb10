"""A database comes back from its dump, which tells each trigger as PostgreSQL understood it."""

import pytest
from django.db import connection, transaction


@pytest.mark.django_db
def test_every_trigger_can_be_made_again_from_what_a_dump_says_of_it():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select
                format('drop trigger %I on %s', tgname, tgrelid::regclass),
                pg_get_triggerdef(oid)
            from
                pg_trigger
            where
                not tgisinternal
                and tgname like 'pgtrigger_%'
            """
        )
        told = cursor.fetchall()
        assert len(told) > 200
        for drop, create in told:
            with transaction.atomic():
                cursor.execute(drop)
                cursor.execute(create)
