"""Django's own users and groups, tracked through proxies so that no migration lands in django.contrib.auth."""
