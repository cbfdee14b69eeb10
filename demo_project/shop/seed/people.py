"""Those who work in the shop: accounts, groups, permissions, and one who leaves."""

from django.contrib.auth.models import Group, Permission, User

from demo_project import accounts
from demo_project.shop.seed.shop import Shop
from demo_project.shop.seed.writing import Moment, Story

CATALOGUE = ("category", "tag", "product", "producttag")
CUSTOMERS = ("customer", "address", "account", "order", "orderline", "shipment", "refund", "supplier")

GROUPS = {
    "Back office": [
        f"{action}_{model}" for action in ("add", "change", "delete", "view") for model in (*CATALOGUE, *CUSTOMERS)
    ],
    "Stock managers": [f"{action}_{model}" for action in ("change", "view") for model in CATALOGUE],
    "Catalogue readers": [f"view_{model}" for model in CATALOGUE],
}
"""{group: codenames of the permissions on the shop's models}"""

COLLEAGUES = (("tomas", "Tomás", "Ferreira"), ("petra", "Petra", "Novak"))
"""Staff who appear in the history only: nobody can log in as them."""

MEMBERS = {
    "Back office": ("amira", "tomas", "petra"),
    "Stock managers": ("jonas", "tomas", "petra"),
    "Catalogue readers": ("viktor",),
}


def staff(shop: Shop) -> Story:
    """The first morning: a job makes the accounts, the owner makes the groups."""
    start = shop.calendar.start
    yield Moment(at=start, command="import_staff --file=staff.csv", reason="New back office")
    for account in accounts.ACCOUNTS:
        shop.staff[account.username] = _hired(
            shop,
            account.username,
            account.first_name,
            account.last_name,
            is_superuser=account.is_superuser,
            password=account.password,
        )
    for username, first_name, last_name in COLLEAGUES:
        shop.staff[username] = _hired(shop, username, first_name, last_name)
    for minutes, (name, codenames) in enumerate(GROUPS.items(), start=1):
        yield Moment(at=start.replace(minute=minutes), actor="mara", url="/admin/auth/group/add/")
        group = Group.objects.create(name=name)
        group.permissions.set(Permission.objects.filter(content_type__app_label="shop", codename__in=codenames))
        for username in MEMBERS[name]:
            user = shop.staff[username]
            yield Moment(at=start.replace(minute=minutes + 10), actor="mara", url=_page("user", user.pk))
            user.groups.add(group)


def promotions(shop: Shop) -> Story:
    """Names, addresses and memberships change as they do."""
    calendar = shop.calendar
    yield Moment(at=calendar.scene(200, "16:00"), command="import_staff --file=staff.csv --update")
    amira, tomas = shop.staff["amira"], shop.staff["tomas"]
    User.objects.filter(username="viktor").update(email="audit@example.com")
    group = Group.objects.get(name="Stock managers")

    yield Moment(at=calendar.scene(150, "10:05"), actor="mara", url=_page("user", amira.pk))
    amira.email = "amira.haddad@example.com"
    amira.save()

    yield Moment(at=calendar.scene(96, "09:40"), actor="mara", url=_page("group", group.pk))
    group.name = "Stock and prices"
    group.save()

    reason = "Prices stay with the back office"
    yield Moment(at=calendar.scene(95, "09:10"), actor="mara", url=_page("group", group.pk), reason=reason)
    group.name = "Stock managers"
    group.save()

    reason = "Tomás no longer counts the stock"
    yield Moment(at=calendar.scene(31, "15:25"), actor="mara", url=_page("user", tomas.pk), reason=reason)
    tomas.groups.remove(group)


def petra_leaves(shop: Shop) -> Story:
    """The evening before her last day Petra gives her memberships back; then the account goes, her history stays."""
    yield Moment(at=shop.calendar.at(1, "17:30"), command="import_staff --file=staff.csv --update")
    petra = shop.staff["petra"]
    petra.email = "petra.novak@example.org"
    petra.save()
    yield Moment(at=shop.calendar.at(1, "22:14"), actor="petra", url=_page("user", petra.pk))
    petra.groups.clear()
    yield Moment(
        at=shop.calendar.minutes_ago(310),
        actor="mara",
        url=f"/admin/auth/user/{petra.pk}/delete/",
        reason="Left the company",
    )
    petra.delete()


def _hired(
    shop: Shop,
    username: str,
    first_name: str,
    last_name: str,
    *,
    is_superuser: bool = False,
    password: str | None = None,
) -> User:
    return User.objects.create_user(
        username,
        f"{username}@example.com",
        password,
        first_name=first_name,
        last_name=last_name,
        is_staff=True,
        is_superuser=is_superuser,
        date_joined=shop.calendar.start,
    )


def _page(model: str, key: int) -> str:
    return f"/admin/auth/{model}/{key}/change/"
