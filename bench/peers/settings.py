"""Settings of a worker.

BENCH_PEER names what it measures, BENCH_DATABASE is a JSON object for DATABASES, BENCH_INDEXES the read indexes.
"""

import json
import os

PEER = os.environ["BENCH_PEER"]
INDEXES = os.environ.get("BENCH_INDEXES")

SECRET_KEY = "bench"
USE_TZ = True
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": json.loads(os.environ["BENCH_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

APPS = {
    "ours": ["pgtrigger", "pghistory"],
    "pghistory": ["pgtrigger", "pghistory"],
    "simple": ["simple_history"],
    "auditlog": ["auditlog"],
    "reversion": ["reversion"],
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *APPS.get(PEER.partition("_")[0], []),
    "bench.peers.apps.Shop",
]

# The app has no migrations: its tables are made from the models, and then its triggers.
PGTRIGGER_MIGRATIONS = False

if INDEXES is not None:
    PGHISTORY_INDEXES = tuple(filter(None, INDEXES.split(",")))
