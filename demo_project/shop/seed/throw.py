"""The story of one product, with every kind of difference in its last change."""

from datetime import timedelta
from decimal import Decimal

import pghistory
from demo_project.shop.models import Product
from demo_project.shop.seed.assortment import logged
from demo_project.shop.seed.shop import Shop, page
from demo_project.shop.seed.writing import Moment, Story

WOVEN = "A generous throw woven from {wool}, in the colour of {colour}."
MIDDLE = (
    " It is light enough for a summer evening on the balcony and warm enough for the sofa in January. The yarn is "
    "spun slowly and dyed in small batches, so that no two throws are quite alike, and the cloth is brushed once on "
    "each side with real teasels. Every piece is numbered by the weaver, folded in unbleached paper and sent in a flat "
    "box."
)
FRINGE = " The fringe is knotted by hand. Weight: {weight} g."

CARE = (
    "Hang the throw outside for a night before you think of washing it: wool cleans itself in moist air. Stains are "
    "dabbed with cold water and are not bleached. {wash} Dry flat, away from the sun; a spin at more than {turns} "
    "turns felts the fringe.{end}"
)


def merino_throw(shop: Shop) -> Story:
    """Half a year of a throw: added, renamed, rewritten, imported, reviewed, published."""
    calendar = shop.calendar
    yield Moment(at=calendar.scene(193, "09:12"), actor="petra", url="/admin/shop/product/add/")
    throw = Product.objects.create(
        name="Merino throw",
        sku="MT-NAT-130",
        price=Decimal("119.00"),
        stock=14,
        category=shop.categories["Blankets"],
        supplier=shop.suppliers["nordvik"],
        description="A generous throw.",
        attributes={
            "weight_g": 840,
            "care": ["brush", "air"],
            "labels": {"gots": {"certificate": "CU 1042-GOTS-2024", "grade": 2}},
            "sizes": ["90 × 130", "100 × 150", "110 × 180", "130 × 180"],
        },
        image="products/throw-natural.jpg",
    )
    throw.tags.add(*(shop.tags[name] for name in ("bedroom", "gifts", "throws", "wool-mix")))
    edit_page = page("product", throw.pk)

    yield Moment(at=calendar.scene(174, "11:48"), actor="tomas", url=edit_page, reason="Names as on the invoice")
    throw.name = "Merino throw, natural"
    throw.save()
    logged(shop, "tomas", throw, "Name")

    for count in range(14):
        at = calendar.scene(168 - 6 * count, "16:05")
        yield Moment(at=at, command="count_stock --shelf=B4", reason="Regular count")
        throw.stock = 14 - count % 5 if count % 3 else 30 - count
        throw.save()
        if count % 5 == 3:
            yield Moment(at=at + timedelta(days=1), actor="amira", url="/admin/pghistory/events/record/")
            pghistory.create_event(throw, label="photographed")

    yield Moment(at=calendar.scene(76, "10:30"), actor="amira", url=edit_page)
    throw.price = Decimal("124.00")
    throw.stock = 14
    throw.save()
    logged(shop, "amira", throw, "Price", "Stock")

    yield Moment(at=calendar.scene(75, "16:20"), actor="amira", url=edit_page, reason="Texts for the autumn catalogue")
    throw.description = (
        WOVEN.format(wool="a blend of merino and recycled wool", colour="raw oats") + MIDDLE + FRINGE.format(weight=840)
    )
    throw.care_manual = CARE.format(wash="Wash at 30 °C.", turns=600, end="")
    throw.stock = 12
    throw.save()
    throw.image = "products/throw-natural-2.jpg"
    throw.save()
    logged(shop, "amira", throw, "Description", "Care manual", "Stock")

    at = calendar.scene(20, "10:02")
    yield Moment(
        at=at,
        actor="jonas",
        command=f"import_prices --supplier=nordvik --file={at.isocalendar().year}-W{at.isocalendar().week:02}.csv",
        reason="Weekly price import",
    )
    throw.price = Decimal("129.00")
    throw.attributes = {**throw.attributes, "origin": {"country": "IT", "region": "Umbria"}, "batch": "2611-07"}
    throw.on_sale_from = calendar.ahead(8, "09:00")
    throw.save()

    yield Moment(
        at=calendar.minutes_ago(353),
        actor="tomas",
        url="/admin/pghistory/events/record/",
        reason="Quarterly review: below the margin of the range, raise before the winter campaign",
    )
    pghistory.create_event(throw, label="price_reviewed")

    yield Moment(at=calendar.minutes_ago(12), actor="mara", url=edit_page, reason="New supplier price list")
    _publish(shop, throw)
    logged(shop, "mara", throw, "Name", "Price", "Description", "Attributes", "Category", "Status", "Tags")


def _publish(shop: Shop, throw: Product) -> None:
    throw.name = "Merino throw, oatmeal"
    throw.price = Decimal("139.00")
    throw.status = Product.Status.PUBLISHED
    throw.category = shop.categories["Throws & blankets"]
    throw.on_sale_from = shop.calendar.ahead(1, "09:00")
    throw.description = (
        WOVEN.format(wool="pure merino from two farms in Umbria", colour="raw oats")
        + MIDDLE
        + FRINGE.format(weight=910)
    )
    throw.care_manual = CARE.format(
        wash="Wash by hand, cold, with a wool detergent.", turns=400, end=" Moths dislike cedar and lavender."
    )
    sizes = throw.attributes["sizes"]
    throw.attributes = {
        **throw.attributes,
        "weight_g": 910,
        "care": ["brush", "air", "dry flat"],
        "labels": {"gots": {"grade": 1}},
        "sizes": [sizes[3], *sizes[:3]],
    }
    throw.save()
    throw.tags.add(shop.tags["merino"], shop.tags["winter-2026"])
    throw.tags.remove(shop.tags["wool-mix"])
