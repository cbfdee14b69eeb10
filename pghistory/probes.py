"""One row as it was, asked for by its key: the commonest question, whose SELECT is the same for every key and instant.

For Django to compile it takes longer than for PostgreSQL to answer, so that it is compiled once for a model; and what
refuses rows that are not known is left to the query itself, which is asked where nothing is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import lookups
from django.db.models.expressions import Col

from pghistory.shapes import Hole, completed, filled
from pghistory.states import INSTANT

if TYPE_CHECKING:
    from pghistory.past import PastQuery
    from pghistory.shapes import Compiled
    from pghistory.states import Source


class Probe(NamedTuple):
    """The SELECT with holes, the attributes that its columns are for, and what makes the values of some."""

    text: str
    params: tuple[Any, ...]
    attributes: list[str]
    converters: dict[int, tuple[list[Any], Any]]


_probes: dict[tuple[type[models.Model], str, Source], Probe | None] = {}
"""What was compiled so far; None where the SELECT is no such."""


def one(query: PastQuery, using: str) -> models.Model | None:
    """The row that the query asks for by its key; None where it may not be known, or the query asks for more."""
    model: Any = query.model
    condition = _by_key(query, model._meta)
    source = query.instant.source(model) if condition is not None and query.instant is not None else None
    if condition is None or query.instant is None or source is None:
        return None
    connection = connections[using]
    try:
        _, key = condition.process_rhs(None, connection)
    except EmptyResultSet:
        return None
    place = (model, using, source)
    if place not in _probes:
        name = f"%s::{condition.lhs.target.cast_db_type(connection)}"
        _probes[place] = _probe(query, using, source, (name, tuple(key)))
    probe = _probes[place]
    if probe is None:
        return None
    at = INSTANT.get_db_prep_value(query.instant.at, connection)
    with connection.cursor() as cursor:
        cursor.execute(probe.text, completed(probe.params, {Hole.INSTANT: [at], Hole.KEYS: key}))
        row = cursor.fetchone()
    return None if row is None else _made(model, using, probe, list(row))


def _made(model: Any, using: str, probe: Probe, values: list[Any]) -> models.Model:
    for place, (converters, column) in probe.converters.items():
        for converter in converters:
            values[place] = converter(values[place], column, connections[using])
    return model.from_db(using, probe.attributes, values)  # type: ignore[no-any-return]


def _probe(query: PastQuery, using: str, source: Source, key: Compiled) -> Probe | None:
    """What Django makes of the query, with the last event of the row in the place of all that tells of it.

    None where other events, or the living row, may have to tell.
    """
    if source.by_old_rows or not source.has_obj:
        return None
    connection = connections[using]
    whole: Any = query.clone()
    whole.clear_limits()
    whole.clear_ordering(force=True)
    compiler = whole.get_compiler(using)
    text, params = compiler.as_sql()
    every, values = source.select(whole.instant, (f"select {key[0]}", key[1]), connection)
    start, found, end = text.partition(every)
    if not found or tuple(params) != (*values, *key[1]):
        return None
    parts = source.parts(connection, partial=True)
    obj = f"pgh_state.{parts['obj'][0]}"
    parts |= {"columns": (source.columns("pgh_state", connection, key=obj), ()), "wanted": (key[0], (Hole.KEYS,))}
    last, holes = filled("last", parts)
    columns = [column for column, _, _ in compiler.select]
    attributes = [column.target.attname for column in columns]
    converters = compiler.get_converters(columns)
    asked = start.removeprefix("SELECT ").removesuffix(" FROM (")
    is_plain = asked == ", ".join(compiler.compile(column)[0] for column in columns)
    if is_plain and [column.target for column in columns] == source.fields:
        # It gives what Django asks for as it is: the SELECT around it would say it once more.
        return Probe(last, holes, attributes, converters)
    return Probe(f"{start}{last}{end}", (*holes, Hole.KEYS), attributes, converters)


def _by_key(query: PastQuery, options: Any) -> Any:
    """The one condition of the query, where it says what the key is and the query says nothing else."""
    asks_more = (
        query.low_mark
        or query.high_mark == 0
        or not query.default_cols
        or query.deferred_loading != (frozenset(), True)
        or query.annotations
        or query.select_related
        or query.extra
        or query.distinct
        or query.combinator
        or query.explain_info
        or query.order_by not in ((), ("pk",), ("-pk",))
        or query.extra_order_by
        or (query.default_ordering and options.ordering and not query.order_by)
    )
    if asks_more or len(query.alias_map) != 1 or len(query.where.children) != 1 or query.where.negated:
        return None
    [condition] = query.where.children
    if not isinstance(condition, lookups.Exact) or not isinstance(condition.lhs, Col):
        return None
    is_key = condition.lhs.target.primary_key and condition.rhs_is_direct_value()
    return condition if is_key and not condition.bilateral_transforms else None
