"""What the shop sells: plain data, and rows made of it."""

from dataclasses import dataclass
from decimal import Decimal

CATEGORIES = {
    "Living": ("Throws & blankets", "Blankets", "Cushions", "Rugs"),
    "Kitchen": ("Boards & bowls", "Stoneware", "Table linen"),
    "Workshop": ("Looms & tools", "Yarn"),
}

SUPPLIERS = {
    "nordvik": ("Nordvik", "NO9386011117947"),
    "serra": ("Lanificio Serra", "IT60X0542811101000000123456"),
    "holm": ("Keramik Holm", "DE89370400440532013000"),
    "faria": ("Oficina Faria", "PT50000201231234567890154"),
}

TAGS = ("merino", "wool-mix", "linen", "oak", "bedroom", "gifts", "throws", "handmade", "winter-2026", "new", "sale")

DESCRIPTIONS = {
    "Blankets": "Woven on wide looms and washed twice, so that it does not shrink again. {name} weighs {weight} g and "
    "comes folded in a cotton bag.",
    "Cushions": "A cover with a hidden zip and a filling of new wool. {name} keeps its shape when it is shaken once a "
    "week.",
    "Rugs": "Knotted by hand on a cotton warp. {name} lies flat from the first day.",
    "Boards & bowls": "Turned and planed from one piece, oiled with linseed. {name} is rinsed, never soaked.",
    "Stoneware": "Thrown, glazed and fired at 1,240 degrees. {name} goes into the dishwasher; small specks belong to "
    "the clay.",
    "Table linen": "Pure linen from Normandy, stone-washed. {name} is ironed damp, or not at all.",
    "Looms & tools": "Beech, steel and a printed manual. {name} is put together in an hour without glue.",
    "Yarn": "Spun slowly, dyed in small batches: order enough for the whole piece. {name} runs 400 m to 100 g.",
}


@dataclass(frozen=True, slots=True)
class Article:
    """One row of the price list."""

    sku: str
    name: str
    category: str
    supplier: str
    price: Decimal
    stock: int
    weight: int
    tags: tuple[str, ...]

    @property
    def description(self) -> str:
        """The category's text about this article."""
        return DESCRIPTIONS[self.category].format(name=self.name, weight=self.weight)

    @property
    def attributes(self) -> dict[str, object]:
        """What is printed on the label."""
        return {
            "weight_g": self.weight,
            "care": ["brush", "air"] if self.supplier == "serra" else ["wipe"],
            "origin": {"country": {"nordvik": "NO", "serra": "IT", "holm": "DE", "faria": "PT"}[self.supplier]},
        }


PRICE_LIST = """
BL-LAM-140 | Lambswool blanket, grey        | Blankets       | serra   |   98.00 | 24 |  900 | bedroom gifts
BL-MOH-130 | Mohair blanket, moss           | Blankets       | serra   |  164.00 | 11 |  700 | bedroom
BL-CHK-150 | Checked picnic blanket         | Blankets       | nordvik |   72.50 | 40 | 1200 | wool-mix gifts
BL-BAB-080 | Baby blanket, ecru             | Blankets       | serra   |   49.00 | 35 |  320 | merino gifts
BL-ALP-140 | Alpaca blanket, smoke          | Blankets       | serra   |  210.00 |  8 |  850 | bedroom
CU-LIN-050 | Linen cushion, sand            | Cushions       | faria   |   38.00 | 60 |  450 | linen
CU-WOL-045 | Wool cushion, herringbone      | Cushions       | nordvik |   44.00 | 48 |  520 | wool-mix
CU-SEA-040 | Seat pad, felt                 | Cushions       | nordvik |   26.00 | 90 |  280 | handmade
CU-FLO-060 | Floor cushion, ochre           | Cushions       | faria   |   79.00 | 18 | 1900 | new
RU-STO-080 | Hallway runner Stormmoln       | Rugs           | nordvik | 1480.00 |  3 | 9200 | handmade
RU-JUT-120 | Jute rug, round                | Rugs           | faria   |  129.00 | 14 | 4100 |
RU-RAG-070 | Rag rug, blue stripes          | Rugs           | nordvik |   86.00 | 22 | 1800 | handmade
RU-GAB-170 | Gabbeh, madder red             | Rugs           | nordvik |  890.00 |  4 | 8800 | handmade
RU-KIL-160 | Kilim, ash and bone            | Rugs           | faria   |  540.00 |  6 | 5400 | handmade
BO-OAK-038 | Oak cutting board              | Boards & bowls | nordvik |   54.00 | 31 | 1700 | oak gifts
BO-OAK-052 | Oak carving board              | Boards & bowls | nordvik |   82.00 | 19 | 2600 | oak
BO-ASH-024 | Ash salad bowl                 | Boards & bowls | nordvik |   67.00 | 16 |  900 | handmade
BO-OLI-030 | Olive wood bowl                | Boards & bowls | faria   |   59.00 | 20 |  780 | gifts
BO-SPO-005 | Wooden spoons, set of five     | Boards & bowls | faria   |   24.00 | 75 |  240 | gifts
ST-JUG-120 | Stoneware jug, 1.2 l           | Stoneware      | holm    |   38.00 | 44 | 1100 | handmade
ST-CUP-025 | Stoneware cup, 0.25 l          | Stoneware      | holm    |   16.50 | 120 | 300 | handmade gifts
ST-PLA-027 | Dinner plate, slate            | Stoneware      | holm    |   28.00 | 88 |  820 |
ST-PLA-021 | Dessert plate, slate           | Stoneware      | holm    |   21.00 | 96 |  540 |
ST-BOW-016 | Cereal bowl, chalk             | Stoneware      | holm    |   19.00 | 104 | 410 |
ST-TEA-080 | Teapot, celadon                | Stoneware      | holm    |   96.00 | 12 |  980 | gifts
ST-BUT-012 | Butter dish                    | Stoneware      | holm    |   34.00 | 27 |  600 |
ST-VAS-030 | Floor vase, ash glaze          | Stoneware      | holm    |  148.00 |  7 | 4300 | new
TL-CLO-220 | Tablecloth, 140 × 220 cm       | Table linen    | faria   |   88.00 | 25 |  720 | linen
TL-NAP-004 | Napkins, set of four           | Table linen    | faria   |   32.00 | 64 |  200 | linen gifts
TL-RUN-150 | Table runner, natural          | Table linen    | faria   |   36.00 | 38 |  260 | linen
TL-TOW-002 | Tea towels, set of two         | Table linen    | faria   |   22.00 | 110 | 190 | linen gifts
TL-APR-001 | Apron, indigo                  | Table linen    | faria   |   48.00 | 33 |  340 | linen
WK-LOO-060 | Table loom, 60 cm              | Looms & tools  | nordvik |  320.00 |  9 | 6100 | handmade
WK-SHU-030 | Boat shuttle                   | Looms & tools  | nordvik |   27.00 | 46 |   90 |
WK-COM-012 | Weaving comb                   | Looms & tools  | nordvik |   18.00 | 52 |   70 |
WK-SPI-001 | Drop spindle                   | Looms & tools  | faria   |   19.50 | 41 |   60 | gifts
YA-MER-100 | Merino yarn, undyed            | Yarn           | serra   |   12.80 | 300 | 100 | merino
YA-MER-101 | Merino yarn, indigo            | Yarn           | serra   |   14.20 | 240 | 100 | merino
YA-LIN-100 | Linen yarn, natural            | Yarn           | faria   |   11.50 | 180 | 100 | linen
YA-GOT-200 | Gotland yarn, silver           | Yarn           | nordvik |   19.00 | 95 |  200 | new
""".strip()


def _article(row: str) -> Article:
    sku, name, category, supplier, price, stock, weight, tags = (cell.strip() for cell in row.split("|"))
    return Article(sku, name, category, supplier, Decimal(price), int(stock), int(weight), tuple(tags.split()))


ARTICLES = tuple(_article(row) for row in PRICE_LIST.splitlines())
