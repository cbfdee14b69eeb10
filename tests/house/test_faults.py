"""The faults of django-pghistory 3.9.2 that this package does not have, and the tests that would fail if it did.

Known from 3.9.2 with PostgreSQL 15 and 18, psycopg 3.3 and Django 5.2. Fault 11, a list of all events that compares
every row before LIMIT, has a bound of time in `bench` besides. That 3.9.2 has the others is seen by running it: the
scenes in `switching/bookshop/faults.py` are played by both packages.
"""

import ast

import pytest

from tests.house.test_modules import ROOT

EVENTS = "integration/test_events.py"
TIMELINE = "integration/test_timeline.py"

PROOFS: dict[str, list[str]] = {
    "1: concurrent tasks of asyncio get each other's context": [
        "integration/test_contexts.py::test_tasks_that_run_side_by_side_have_contexts_of_their_own",
        "integration/test_contexts.py::test_a_decorator_shared_by_concurrent_tasks_gives_each_its_own_context",
        "integration/test_autocommit.py::test_asyncio_tasks_write_under_their_own_contexts",
    ],
    "2: a context stays on after its block, until the transaction ends": [
        "integration/test_contexts.py::test_the_end_of_a_block_inside_a_transaction_leaves_no_context_for_later_writes",
        "integration/test_contexts.py::test_a_savepoint_never_brings_a_finished_context_back",
    ],
    "3: executemany raises TypeError; the caller's params gain keys": [
        "integration/test_injection.py::test_executemany_has_the_context_and_its_params_stay_as_they_are",
        "integration/test_injection.py::test_the_callers_params_are_never_altered",
        "integration/test_autocommit.py::test_executemany_is_one_transaction_and_its_params_stay_as_they_are",
    ],
    "4: a literal % without params, and psycopg.sql objects, crash": [
        "integration/test_injection.py::test_literals_of_the_statement_stay_as_they_are",
        "integration/test_injection.py::test_empty_params_mean_what_they_mean_to_psycopg",
        "integration/test_injection.py::test_composed_sql_has_the_context",
    ],
    "5: server-side binding: context, create_event and Events fail": [
        "integration/test_injection_connections.py::test_every_write_has_the_context_and_only_while_it_lasts",
        "integration/test_injection_connections.py::test_create_event_and_the_aggregate_work",
    ],
    "6: only the default database has contexts; COPY and functions that write have none": [
        "integration/test_contexts.py::test_every_database_gets_the_context",
        "integration/test_attach.py::test_copy_in_a_transaction_has_the_context_that_was_attached",
        "integration/test_injection.py::test_a_select_pays_only_when_it_calls_an_unknown_function",
        "integration/test_injection.py::test_statements_that_may_write_have_the_context",
    ],
    "7: SAVEPOINT, SHOW, EXPLAIN and comments are injected into": [
        "integration/test_injection.py::test_statements_that_cannot_write_are_left_alone",
        "unit/test_statements.py::test_these_cannot_write",
    ],
    "8: context(user='celery') makes every query of MiddlewareEvents fail": [
        "integration/test_events.py::test_a_user_that_is_no_key_breaks_nothing",
    ],
    "9: a key with % breaks tracks(); a label with ' makes an invalid trigger": [
        "integration/test_odd_keys.py::test_an_object_has_its_events",
        "integration/test_timeline.py::test_keys_of_any_kind_find_their_events",
        "integration/test_trackers.py::test_labels_may_hold_any_character",
    ],
    "10: settings objects, trackers, meta and attrs are mutated": [
        "integration/test_configuration.py::test_one_settings_object_serves_many_models",
        "integration/test_configuration.py::test_callers_objects_are_never_altered",
        "integration/test_configuration.py::test_trackers_serve_many_models_with_their_own_fields",
    ],
    "11: the list of all events compares every row before LIMIT": [
        f"{EVENTS}::test_the_newest_events_are_read_by_index_and_only_those_that_are_shown_are_compared",
        "ui/test_event_lists.py::test_a_page_costs_as_many_queries_as_it_has_kinds_of_rows_and_no_exact_count",
    ],
    "12: whoever has view_events reads every tracked model": [
        "ui/test_permissions.py::test_the_right_to_view_a_model_opens_its_history_and_no_other",
        "ui/test_event_lists.py::test_permission_comes_from_the_tracked_model",
    ],
    "13: ?back=javascript: becomes a link; deleted objects and bad parameters give a 500": [
        "ui/test_event_lists.py::test_the_way_back_is_a_page_of_this_site_or_none",
        "ui/test_event_lists.py::test_events_of_an_object_are_found_also_when_it_is_deleted",
        "ui/test_event_lists.py::test_a_value_that_is_none_is_named_and_finds_nothing",
        "ui/test_event_lists.py::test_no_other_parameter_breaks_the_page",
    ],
    "14: renaming a tracked model leaves both sets of triggers": [
        "migrations/test_rename.py::test_a_renamed_model_has_exactly_one_set_of_triggers_and_writes_work",
        "migrations/test_rename.py::test_the_name_may_be_taken_back_by_a_further_migration",
        "migrations/test_rename.py::test_the_name_may_be_taken_back_by_migrating_backwards",
    ],
    "15: one side of a multi-table child hides the other; can_revert is False": [
        "integration/test_event_models.py::test_a_parent_and_its_child_keep_their_event_models_apart",
        "integration/test_bulk.py::test_each_side_of_a_multi_table_child_has_its_own_history",
        "integration/test_revert.py::test_a_child_comes_back_with_its_parents_as_they_were_then",
    ],
    "16: a statement-level trigger records nothing when the key is updated": [
        "integration/test_levels.py::test_an_update_of_keys_is_recorded_at_statement_level",
        "integration/test_levels.py::test_both_levels_store_the_same_events",
    ],
    "17: TRUNCATE passes append_only and leaves no trace": [
        "integration/test_append_only.py::test_the_database_refuses_to_change_remove_or_truncate_events",
        "integration/test_append_only.py::test_truncate_passes_in_a_session_that_allows_it",
    ],
    "18: of OLD rows, the newest change never shows": [
        f"{TIMELINE}::test_an_old_row_is_the_state_before_and_the_next_event_or_the_living_row_the_one_after",
    ],
    "19: revert() loses auto_now values and many-to-many rows; a child of a deleted parent raises DoesNotExist": [
        "integration/test_revert.py::test_columns_that_keep_themselves_come_back_as_they_were",
        "integration/test_revert.py::test_a_child_comes_back_with_its_parents_as_they_were_then",
        "integration/test_restore_beside.py::test_many_to_many_rows_go_back_to_those_of_the_version",
    ],
    "20: a data-only dump fails; loaddata doubles events; schemas are not honoured": [
        "integration/test_data_only.py::test_rows_and_events_come_back_and_no_event_is_added",
        "integration/test_commands.py::test_rows_of_a_fixture_make_no_events",
        "elsewhere/cases.py::test_events_lie_in_the_schema_of_their_row",
    ],
}


def test_every_fault_is_here():
    assert [fault.partition(":")[0] for fault in PROOFS] == [str(number) for number in range(1, 21)]


@pytest.mark.parametrize(("fault", "proofs"), PROOFS.items(), ids=lambda value: str(value).partition(":")[0])
def test_the_proofs_of_a_fault_exist(fault: str, proofs: list[str]):
    for proof in proofs:
        path, _, name = proof.partition("::")
        tree = ast.parse((ROOT / "tests" / path).read_text())
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, functions)}, proof
