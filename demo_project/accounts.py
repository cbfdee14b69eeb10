"""The log-ins of the demo, shared by the seed and by the message that `make demo` prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person of the back office, with a password that is only fit for a demo."""

    username: str
    password: str
    first_name: str
    last_name: str
    description: str
    is_superuser: bool = False
    is_read_only: bool = False


MARA = Account(
    username="mara",
    password="mara-demo",
    first_name="Mara",
    last_name="Lindqvist",
    description="owner, may do everything",
    is_superuser=True,
)
AMIRA = Account(
    username="amira",
    password="amira-demo",
    first_name="Amira",
    last_name="Haddad",
    description="back office, may change the shop",
)
JONAS = Account(
    username="jonas",
    password="jonas-demo",
    first_name="Jonas",
    last_name="Weber",
    description="warehouse, may change products and stock",
)
VIKTOR = Account(
    username="viktor",
    password="viktor-demo",
    first_name="Viktor",
    last_name="Sandu",
    description="auditor, may read the catalogue, nothing else",
    is_read_only=True,
)

ACCOUNTS: tuple[Account, ...] = (MARA, AMIRA, JONAS, VIKTOR)
