"""The app of the shop's models, their admin and their seed."""

from django.apps import AppConfig
from django.db.models import EmailField


class ShopConfig(AppConfig):
    """Named by its folder; tables and permissions are `shop_…`."""

    name = "demo_project.shop"
    label = "shop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from demo_project.shop.renderers import EmailRenderer  # noqa: PLC0415 - renderers read models
        from pghistory_ui import renderers  # noqa: PLC0415

        renderers.register(EmailField, EmailRenderer)
