"""The back office. Its history pages come by having `pghistory_ui` installed; two options here say what they show."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from demo_project.shop.models import (
    Account,
    Address,
    Category,
    Customer,
    Order,
    OrderLine,
    Product,
    ProductTag,
    Refund,
    Shipment,
    Supplier,
    Tag,
)
from pghistory_ui import HistoryAdminMixin

if TYPE_CHECKING:
    # Generic to the type checker only: Django 5.2 has no ModelAdmin[…] at run time.
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    """Categories by name, below their parents."""

    list_display = ["name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Tag)
class TagAdmin(ModelAdmin):
    """Tags, found again wherever a product takes one."""

    list_display = ["name", "note"]
    search_fields = ["name"]


@admin.register(Supplier)
class SupplierAdmin(ModelAdmin):
    """The terms agreed with each supplier."""

    list_display = ["name", "payment_days", "discount", "renewed_on"]
    search_fields = ["name"]


class ProductTagInline(TabularInline):
    """The tags of a product: each added or removed is an event of its own."""

    model = ProductTag
    extra = 0
    autocomplete_fields = ["tag"]


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    """The catalogue: most of what the staff does, and so most of what people look up, is here."""

    list_display = ["name", "sku", "category", "status", "price", "stock", "updated_at"]
    list_filter = ["status", "category", "supplier"]
    list_select_related = ["category"]
    search_fields = ["name", "sku"]
    autocomplete_fields = ["category", "supplier"]
    readonly_fields = ["created_at", "updated_at"]
    inlines = [ProductTagInline]
    fieldsets = [
        (None, {"fields": ["name", "sku", ("status", "on_sale_from"), ("price", "stock"), "category", "supplier"]}),
        ("Text and image", {"fields": ["description", "care_manual", "image"]}),
        ("Label", {"fields": ["attributes"]}),
        ("Kept by itself", {"fields": [("created_at", "updated_at")]}),
    ]


@admin.register(ProductTag)
class ProductTagAdmin(ModelAdmin):
    """The through model by itself, so that its events have permissions and a page."""

    list_display = ["product", "tag"]
    list_select_related = ["product", "tag"]
    list_filter = ["tag"]
    search_fields = ["product__name", "tag__name"]
    autocomplete_fields = ["product", "tag"]


class AddressInline(TabularInline):
    """Where a customer lives."""

    model = Address
    extra = 0


@admin.register(Customer)
class CustomerAdmin(ModelAdmin):
    """Customers, with their addresses."""

    list_display = ["name", "email", "phone", "newsletter", "since"]
    list_filter = ["newsletter"]
    search_fields = ["name", "email"]
    inlines = [AddressInline]
    # The history of a customer has a tab with these; the account's bookings would drown them.
    history_related = ["shop.Address", "shop.Order"]


@admin.register(Address)
class AddressAdmin(ModelAdmin):
    """Addresses by themselves: a parcel came back, whose was it?"""

    list_display = ["customer", "street", "postcode", "city", "confirmed_on"]
    list_select_related = ["customer"]
    search_fields = ["customer__name", "street", "postcode", "city"]
    autocomplete_fields = ["customer"]


@admin.register(Account)
class AccountAdmin(HistoryAdminMixin, ModelAdmin):
    """Credit of customers."""

    # All that changes here; the customer is named at the head of each page.
    history_fields = ["balance"]
    list_display = ["customer", "balance"]
    list_select_related = ["customer"]
    search_fields = ["customer__name"]
    autocomplete_fields = ["customer"]


class OrderLineInline(TabularInline):
    """What was bought."""

    model = OrderLine
    extra = 0
    autocomplete_fields = ["product"]


@admin.register(Order)
class OrderAdmin(ModelAdmin):
    """Orders, newest first."""

    list_display = ["number", "customer", "status", "total", "placed_at"]
    list_filter = ["status"]
    list_select_related = ["customer"]
    date_hierarchy = "placed_at"
    search_fields = ["number", "customer__name"]
    autocomplete_fields = ["customer"]
    inlines = [OrderLineInline]


@admin.register(OrderLine)
class OrderLineAdmin(ModelAdmin):
    """Lines of all orders: who bought this product?"""

    list_display = ["title", "order", "quantity", "total"]
    list_select_related = ["order"]
    search_fields = ["title", "order__number"]
    autocomplete_fields = ["order", "product"]


@admin.register(Shipment)
class ShipmentAdmin(ModelAdmin):
    """Parcels on their way."""

    list_display = ["tracking_code", "carrier", "order", "state", "scanned_at"]
    list_filter = ["state", "carrier"]
    list_select_related = ["order"]
    search_fields = ["tracking_code", "order__number"]
    autocomplete_fields = ["order"]


@admin.register(Refund)
class RefundAdmin(ModelAdmin):
    """Money given back."""

    list_display = ["order", "amount", "reason"]
    list_select_related = ["order"]
    search_fields = ["order__number", "reason"]
    autocomplete_fields = ["order"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        # The text of a refund names its order.
        return super().get_queryset(request).select_related("order")
