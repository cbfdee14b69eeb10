"""The databases that the tests make are gone when they are over."""

import os

import psycopg
import pytest

from tests.database import close_to_everybody


def test_a_database_that_somebody_is_still_connected_to_can_be_dropped():
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("create database pghistory_left_open")
        left_open = psycopg.connect(url, dbname="pghistory_left_open")
        close_to_everybody("pghistory_left_open")
        server.execute("drop database pghistory_left_open")
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("select 1")
    left_open.close()
