"""What the text of an SQL statement gives away: whether it can write, whether it may move the transaction.

No parser: both answers err on the safe side, which is "may write" and "may move".
"""

from __future__ import annotations

import functools
import re
from typing import Any, NamedTuple

LONGEST_READ = 10_000
"""Characters; a longer text is taken for one that writes."""

READ_ONLY_FUNCTIONS = frozenset(
    """
    abs any_value array_agg array_length array_position array_to_json array_to_string avg bit_and bit_or bool_and
    bool_or btrim cardinality ceil ceiling char_length character_length clock_timestamp coalesce concat concat_ws
    convert_from convert_to corr count cume_dist current_schema current_schemas current_setting currval date date_part
    date_trunc decode dense_rank encode every exp extract first_value floor format gen_random_uuid generate_series
    generate_subscripts get_byte greatest host initcap isfinite json_agg json_array_elements json_array_length
    json_build_array json_build_object json_each json_each_text json_extract_path json_extract_path_text
    json_object_agg json_object_keys json_typeof jsonb_agg jsonb_array_elements jsonb_array_elements_text
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_exists jsonb_extract_path
    jsonb_extract_path_text jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_query
    jsonb_path_query_array jsonb_path_query_first jsonb_strip_nulls jsonb_typeof justify_interval lag last_value
    lastval lead least left length ln localtimestamp log lower lower_inc lpad ltrim make_date make_interval
    make_timestamp make_timestamptz max md5 min mod nth_value ntile now nullif octet_length overlay percent_rank
    percentile_cont percentile_disc pg_column_size pg_get_constraintdef pg_get_expr pg_get_indexdef
    pg_get_serial_sequence pg_get_triggerdef pg_get_userbyid pg_is_in_recovery pg_relation_size pg_size_pretty
    pg_table_is_visible pg_table_size pg_total_relation_size pg_typeof phraseto_tsquery plainto_tsquery position power
    quote_ident quote_literal random rank regexp_matches regexp_replace repeat replace reverse right round row
    row_number row_to_json rpad rtrim setweight sign similarity split_part sqrt starts_with statement_timestamp
    stddev_pop stddev_samp string_agg strpos substr substring sum timezone to_char to_date to_json to_jsonb to_number
    to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim trunc ts_headline ts_rank ts_rank_cd
    unaccent unnest upper upper_inc var_pop var_samp version websearch_to_tsquery width_bucket
    """.split()
)
"""Functions of PostgreSQL and its bundled extensions that write no table."""

WORDS_BEFORE_PARENTHESES = frozenset(
    """
    all and any array as between by case cast char character decimal distinct else except exists filter from group
    having ilike in intersect interval is join lateral like limit not null numeric offset on or order over partition
    select similar some then time timestamp union using values varchar when where within
    """.split()
)

_BLANKS = re.compile(r"[\s;]+|--[^\n]*(?:\n|$)|/\*.*?\*/", re.DOTALL)
_FIRST_WORD = re.compile(r"\(*\s*([a-z]+)", re.IGNORECASE)
# With its schema, in which another function may bear a known name.
_CALL = re.compile(r"([\w$\".]+)\s*\(")
_INNER_COMMENT = re.compile(r"--|/\*")
_LAST_COMMENT = re.compile(r"/\*[^*]*\*/\s*$")
_SELECT_THAT_MAKES = re.compile(r"\binto\b", re.IGNORECASE)
_MOVES = re.compile(r"\b(?:rollback|commit|abort|begin|start|end|prepare|discard|reset)\b", re.IGNORECASE)
_ISOLATION = re.compile(r"\b(?:isolation\s+level|read\s+only|deferrable)\b", re.IGNORECASE)
_CANNOT_WRITE = frozenset(
    """
    abort begin checkpoint close commit deallocate discard end listen lock prepare release reset rollback savepoint set
    show start unlisten vacuum analyze
    """.split()
)


_CANNOT_MOVE = frozenset("delete insert merge select table update values with".split())


class OnlyReads(str):
    """The text of statements that write nothing and leave the transaction where it is, which no text gives away."""

    __slots__ = ()


class Reading(NamedTuple):
    """What a statement's text says."""

    cannot_write: bool
    moves_transaction: bool
    chooses_isolation: bool = False


_UNREADABLE = Reading(cannot_write=False, moves_transaction=True)
_LONG = Reading(cannot_write=False, moves_transaction=False)
_ONLY_READS = Reading(cannot_write=True, moves_transaction=False)


def read(statement: Any) -> Reading:
    """Reads a statement; one that is no text may do anything."""
    if not isinstance(statement, str):
        return _UNREADABLE
    if isinstance(statement, OnlyReads):
        return _ONLY_READS
    if len(statement) > LONGEST_READ:
        return _LONG if _cannot_move(statement) else _UNREADABLE
    return _read(statement)


@functools.lru_cache(maxsize=2048)
def _read(text: str) -> Reading:
    moves = _MOVES.search(text) is not None and not _cannot_move(text)
    chooses = _ISOLATION.search(text) is not None and _may_be_several(text)
    return Reading(cannot_write=_cannot_write(text), moves_transaction=moves, chooses_isolation=chooses)


def _cannot_write(text: str) -> bool:
    start = _after_blanks(text)
    if start == len(text):
        return True
    first = _FIRST_WORD.match(text, start)
    if first is None or _may_be_several(text) or _comments_are_nested(text[:start]):
        return False
    word = first.group(1).lower()
    if word == "select":
        selected = _LAST_COMMENT.sub("", text[start:])
        # A comment may stand between a function's name and its parenthesis.
        return (
            _SELECT_THAT_MAKES.search(selected) is None
            and _INNER_COMMENT.search(selected) is None
            and all(_is_read_only(call) for call in _CALL.findall(selected))
        )
    if word == "explain":
        return re.search(r"analy[sz]e", text, re.IGNORECASE) is None
    return word in _CANNOT_WRITE


def _cannot_move(text: str) -> bool:
    """Whether it is one statement of a kind that may say "end", as CASE does, and ends nothing."""
    start = _after_blanks(text)
    first = _FIRST_WORD.match(text, start)
    return (
        first is not None
        and first.group(1).lower() in _CANNOT_MOVE
        and not _may_be_several(text)
        and not _comments_are_nested(text[:start])
    )


def _may_be_several(text: str) -> bool:
    return ";" in text.rstrip("; \t\r\n")


def _comments_are_nested(blanks: str) -> bool:
    # PostgreSQL's comments nest, and so these end elsewhere than they seem to.
    return blanks.count("/*") != blanks.count("*/")


def _after_blanks(text: str) -> int:
    position = 0
    while match := _BLANKS.match(text, position):
        position = match.end()
    return position


def _is_read_only(call: str) -> bool:
    word = call.lower()
    return word in READ_ONLY_FUNCTIONS or word in WORDS_BEFORE_PARENTHESES
