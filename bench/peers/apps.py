"""The one app of a worker: the models of the peer that the environment names, under the same label for all."""

import os

from django.apps import AppConfig

PEER = os.environ["BENCH_PEER"]


class Shop(AppConfig):
    """A folder below `bench.peers` as the app `shop`."""

    name = f"bench.peers.{PEER}"
    label = "shop"
    default_auto_field = "django.db.models.BigAutoField"
