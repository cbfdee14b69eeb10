"""The demo's back office inside django-unfold."""

from copy import deepcopy

from tests.settings import *  # noqa: F403 - a settings module extends another by name
from tests.settings import DATABASES as _DATABASES
from tests.settings import INSTALLED_APPS as _INSTALLED_APPS
from tests.settings import MIDDLEWARE as _MIDDLEWARE

INSTALLED_APPS = ["unfold", *(app for app in _INSTALLED_APPS if not app.startswith("tests."))]
# Unfold's own scripts and styles need more than the demo's policy allows.
MIDDLEWARE = [name for name in _MIDDLEWARE if name != "demo_project.security.ContentSecurityPolicyMiddleware"]
ROOT_URLCONF = "tests.skins.urls"

DATABASES = {"default": {**deepcopy(_DATABASES["default"]), "TEST": {"NAME": "test_skins"}}}
