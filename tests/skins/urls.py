"""The admin, in which products are kept by Unfold's ModelAdmin and the rest by Django's."""

from django.contrib import admin
from django.urls import path
from unfold.admin import ModelAdmin

from demo_project.shop.admin import ProductAdmin
from demo_project.shop.models import Product


class UnfoldProductAdmin(ModelAdmin, ProductAdmin):  # type: ignore[misc]
    """As projects write it that have moved to Unfold."""


admin.site.unregister(Product)
admin.site.register(Product, UnfoldProductAdmin)

urlpatterns = [path("admin/", admin.site.urls)]
