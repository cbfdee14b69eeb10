"""Names that projects import from here, and `attach` for what no connection of Django sees."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import TransactionManagementError

from pghistory import contexts, functions, injection
from pghistory.contexts import ActiveContext as Context
from pghistory.contexts import context

__all__ = ["Context", "attach", "context"]


def attach(*, using: str = DEFAULT_DB_ALIAS, session: bool = False) -> None:
    """Hands the active context to a database now, for writes that Django does not see.

    These are COPY, and whatever else uses the psycopg connection itself. It holds for the rest of the transaction, or,
    with `session=True`, until it is called again: without an active context it takes the context of the session away.

    Raises TransactionManagementError outside a transaction, unless it is meant for the session.
    """
    connection = connections[using]
    if not session and connection.get_autocommit():
        raise TransactionManagementError(
            "A context cannot be attached for the rest of a transaction where there is none. "
            "Open one with transaction.atomic(), or pass session=True."
        )
    with connection.cursor() as cursor:
        cursor.execute(functions.set_config(injection.settings_of(contexts.active()), session=session))
