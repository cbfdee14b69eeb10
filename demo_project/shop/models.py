"""The shop's models; the decorator above each says what of it becomes history."""

from django.db import models

import pghistory


@pghistory.track()
class Category(models.Model):
    """The defaults: inserts and updates of every field."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


@pghistory.track(fields=["name"])
class Tag(models.Model):
    """Some fields: an edit of the note alone makes no event, and the note is not mirrored."""

    name = models.SlugField(max_length=40, unique=True)
    note = models.TextField(blank=True, help_text="For the staff; not kept in the history.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track(
    pghistory.UpdateEvent("renegotiated", condition=pghistory.AllChange("payment_days", "discount")),
    pghistory.UpdateEvent("renewed", condition=pghistory.AnyDontChange("payment_days", "discount")),
    pghistory.ManualEvent("audited"),
    exclude=["iban"],
)
class Supplier(models.Model):
    """All fields but one; a yearly renewal that changes both terms is told from one that does not."""

    name = models.CharField(max_length=80, unique=True)
    iban = models.CharField("IBAN", max_length=34, help_text="Not kept in the history.")
    payment_days = models.PositiveSmallIntegerField(default=30)
    discount = models.DecimalField(max_digits=4, decimal_places=2, default=0)
    renewed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track(
    pghistory.InsertEvent(),
    # A save that moves nothing but `updated_at` is no event.
    pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude_auto=True)),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("price_reviewed"),
    pghistory.ManualEvent("photographed"),
    pghistory.ManualEvent("recalled"),
)
class Product(models.Model):
    """Automatic trackers, and labels that a person records by hand."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        SOLD_OUT = "sold_out", "Sold out"
        DISCONTINUED = "discontinued", "Discontinued"

    name = models.CharField(max_length=160)
    sku = models.CharField("SKU", max_length=24, unique=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    price = models.DecimalField(max_digits=9, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="products")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="products")
    tags = models.ManyToManyField(Tag, through="ProductTag", through_fields=("product", "tag"), related_name="products")
    description = models.TextField(blank=True)
    care_manual = models.TextField(blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    image = models.FileField(upload_to="products/", blank=True)
    on_sale_from = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProductTag(models.Model):
    """A product's tag: tracked below, by calling `track` on the through model."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "tag"], name="product_tag_once")]

    def __str__(self) -> str:
        return f"{self.product}: {self.tag}"


pghistory.track(
    pghistory.AfterInsert("tag.add"),
    pghistory.BeforeDelete("tag.remove"),
    obj_field=None,
)(ProductTag)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["unsubscribe_token"],
)
@pghistory.track(
    pghistory.UpdateEvent("email_changed", row=pghistory.Old, condition=pghistory.AnyChange("email")),
    fields=["email"],
    obj_field=pghistory.ObjForeignKey(related_name="email_history"),
    model_name="CustomerEmailHistory",
)
class Customer(models.Model):
    """Two event models: every change, and the addresses that were left behind (OLD rows)."""

    name = models.CharField(max_length=120)
    email = models.EmailField("e-mail", unique=True)
    phone = models.CharField(max_length=32, blank=True)
    newsletter = models.BooleanField(default=False)
    unsubscribe_token = models.CharField(max_length=32, blank=True, editable=False)
    since = models.DateField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track(
    pghistory.UpdateEvent("moved", condition=pghistory.AllChange("street", "postcode")),
    pghistory.UpdateEvent(
        "corrected",
        condition=pghistory.Q(old__street__df=pghistory.F("new__street"))
        & pghistory.Q(old__postcode=pghistory.F("new__postcode")),
    ),
    pghistory.UpdateEvent("confirmed", condition=pghistory.AllDontChange("street", "postcode", "city")),
)
class Address(models.Model):
    """The same update under the label that says what it meant."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=80)
    confirmed_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return f"{self.street}, {self.postcode} {self.city}"


@pghistory.track(
    pghistory.UpdateEvent(
        "money_below_one_hundred",
        condition=pghistory.Q(old__balance__gte=100, new__balance__lt=100),
    ),
    pghistory.UpdateEvent("money_down", condition=pghistory.Q(old__balance__gt=pghistory.F("new__balance"))),
    pghistory.UpdateEvent("money_up", condition=pghistory.Q(old__balance__lt=pghistory.F("new__balance"))),
)
class Account(models.Model):
    """A customer's credit; one payment can be two events."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="account")
    balance = models.DecimalField(max_digits=10, decimal_places=2, default=0)

    def __str__(self) -> str:
        return f"Account of {self.customer}"


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent("status_changed", condition=pghistory.AnyChange("status")),
    pghistory.UpdateEvent("amended", condition=~pghistory.AnyChange("status")),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("refund_requested"),
)
class Order(models.Model):
    """A change of status under a label of its own, any other update under another."""

    class Status(models.TextChoices):
        PLACED = "placed", "Placed"
        PAID = "paid", "Paid"
        PROCESSING = "processing", "Processing"
        SHIPPED = "shipped", "Shipped"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=16, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=16, choices=Status, default=Status.PLACED)
    total = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    note = models.TextField(blank=True)
    placed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-placed_at"]

    def __str__(self) -> str:
        return f"Order {self.number}"


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    # Lines come many at a time: one trigger call a statement instead of one a row.
    level=pghistory.Statement,
)
class OrderLine(models.Model):
    """What was bought; the title outlives the product."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=160)
    quantity = models.PositiveSmallIntegerField(default=1)
    total = models.DecimalField(max_digits=10, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


@pghistory.track(
    pghistory.InsertEvent("handed_over"),
    # A scan at every depot is noise; what it finds is not.
    pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=["scanned_at"])),
    # Each event keeps the metadata of its own moment: shipments outlive the table of contexts.
    context_field=pghistory.ContextJSONField(),
    context_id_field=pghistory.ContextUUIDField(),
)
class Shipment(models.Model):
    """A parcel; its events carry their context themselves."""

    class State(models.TextChoices):
        ON_THE_WAY = "on_the_way", "On the way"
        DELAYED = "delayed", "Delayed"
        DELIVERED = "delivered", "Delivered"
        RETURNED = "returned", "Returned"

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    carrier = models.CharField(max_length=40)
    tracking_code = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=16, choices=State, default=State.ON_THE_WAY)
    scanned_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_code}"


@pghistory.track(pghistory.InsertEvent(), append_only=True)
class Refund(models.Model):
    """Money given back: its history can be added to, never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.amount} of {self.order}"
