"""The app of the shop's models, their admin and their seed."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """Named by its folder; tables and permissions are `shop_…`."""

    name = "demo_project.shop"
    label = "shop"
    default_auto_field = "django.db.models.BigAutoField"
