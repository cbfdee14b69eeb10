"""What can go wrong, in words.

A class's docstring is its message; the values in braces are given when it is raised.

    PghistoryError
    ├── TrackingError (ValueError)      a model is declared as tracked in a way that cannot work
    │   ├── UnknownField
    │   ├── NothingTracked
    │   ├── ReservedName
    │   ├── LabelMissing
    │   ├── LabelTaken
    │   ├── RowUnavailable
    │   ├── ConditionUnavailable
    │   ├── TriggerNameTaken
    │   ├── ThirdPartyApp
    │   ├── ModelNameTaken
    │   └── UnsupportedArgument
    ├── UnknownLabel (ValueError)       an event with a label that the model does not register
    ├── UntrackedModel (ValueError)     a model without event models where one is needed
    ├── SeveralEventModels (ValueError) one event model was asked for, there are more
    ├── LabelNeeded (ValueError)        a backfill that must say under which label
    ├── NotBackfillable (ValueError)    events that do not say to which object they belong
    ├── NotPermitted (RuntimeError)     somebody may not do, or may no longer do, what was ordered
    ├── BackgroundNeeded (RuntimeError) work that is too long for a request
    ├── JobUnderWay (RuntimeError)      a second job for what another one is at work on
    ├── JobCancelled (RuntimeError)     a job that somebody ended while it was at work
    ├── FileNotKept (RuntimeError)      a storage that does not take the file of a job
    ├── TakesNoWrites (RuntimeError)    a replica, or a database that is read-only
    ├── CannotRevert (RuntimeError)     an event that does not hold the whole row
    ├── InvalidMetadata (ValueError)    context that PostgreSQL cannot store
    ├── InvalidObjects (ValueError)     objects that cannot be looked up together
    ├── ReadOnlyEvents (TypeError)      the aggregate over all events was to be written to
    ├── InvalidCursor (ValueError)      a page's address that no page gave
    ├── RestoreError (RuntimeError)     rows that cannot be brought back
    │   ├── NotRestorable               by what the history keeps
    │   ├── RestoreRefused              by a constraint or a trigger of the database
    │   ├── StalePreview                as it was previewed: something was written since
    │   ├── RowsBusy                    now: somebody else holds them
    │   └── SchemaDiffers               by tables that are not as the models say
    ├── NotReconstructable (RuntimeError) rows as they were, of which not everything was kept
    │   └── UnknownRow                  a row of which nothing is known at an instant
    ├── PastRow (TypeError)             a row as it was, which was to be written
    ├── InvalidToken (ValueError)       a context that came over a process border and cannot be trusted
    └── UnsupportedDatabase (RuntimeError)
"""

from __future__ import annotations

import inspect


class PghistoryError(Exception):
    """Something went wrong in pghistory."""

    def __init__(self, **values: object) -> None:
        super().__init__(" ".join(inspect.cleandoc(self.__doc__ or "").format(**values).split("\n")))


class TrackingError(PghistoryError, ValueError):
    """{model}: {problem}"""


class UnknownField(TrackingError):
    """{model}: `{argument}` names "{field}", which is no column of the model's own table.
    Use one of: {choices}."""


class NothingTracked(TrackingError):
    """{model}: `{argument}` leaves no field to track. Name at least one field that is to be kept."""


class ReservedName(TrackingError):
    """{model}: the field "{field}" would hide a column of the event model. Names that begin with "pgh_" belong to
    the event model: rename the field or leave it out with `exclude=["{field}"]`."""


class LabelMissing(TrackingError):
    """{tracker}: `label` is missing. Give the tracker a label as its first argument,
    as in {tracker}("price_changed")."""


class LabelTaken(TrackingError):
    """{model}: the label "{label}" is registered twice, for {first} and for {second}. Labels name an event of a
    model: give one of the trackers another one, as in pghistory.UpdateEvent("other_label")."""


class RowUnavailable(TrackingError):
    """{tracker}("{label}"): `row={row}` does not exist when a row is {operation}. Use row=pghistory.{remedy}."""


class ConditionUnavailable(TrackingError):
    """{tracker}("{label}"): `condition={condition}` compares the old row with the new one, which only an update has.
    Use pghistory.Q, or leave the condition out."""


class TriggerNameTaken(TrackingError):
    """{model}: two trackers would install the trigger "{name}". Give one of them another `trigger_name`."""


class ThirdPartyApp(TrackingError):
    """{model}: its app "{app_label}" is installed from a package, so that the migrations of the event model would be
    written into that package. Track a proxy model of your own app, or pass `app_label`."""


class ModelNameTaken(TrackingError):
    """{model}: there is already a model or name "{name}" in {module}. Pass another `model_name`."""


class UnsupportedArgument(TrackingError):
    """{model}: `{argument}` got {value}. {remedy}"""


class UnknownLabel(PghistoryError, ValueError):
    """ "{label}" is no label of {model}. Registered are: {labels}. Add a tracker, as in
    @pghistory.track(pghistory.ManualEvent("{label}"))."""


class UntrackedModel(PghistoryError, ValueError):
    """{model} is not tracked. Decorate it, or a proxy of it, with @pghistory.track()."""


class SeveralEventModels(PghistoryError, ValueError):
    """{model} has several event models: {event_models}. Name one of them, or use `pgh_event_models`."""


class LabelNeeded(PghistoryError, ValueError):
    """{model} has no label for inserts. Say under which label its rows are to be stored: {labels}."""


class NotBackfillable(PghistoryError, ValueError):
    """{model} cannot be backfilled: {event_model} has no `pgh_obj`, so that nobody can tell which rows have an event
    already. Track the model with an `obj_field` first."""


class NotPermitted(PghistoryError, RuntimeError):
    """{actor} may not {action}."""


class BackgroundNeeded(PghistoryError, RuntimeError):
    """{rows} rows are more than the {limit} that a page works on while one waits, and TASKS names no backend that works
    in the background. Run this instead: {command}"""


class JobUnderWay(PghistoryError, RuntimeError):
    """There is an unfinished job for {target}: {job}. Let it end, or cancel it, first."""


class JobCancelled(PghistoryError, RuntimeError):
    """The job {job} was cancelled."""


class FileNotKept(PghistoryError, RuntimeError):
    """The file could not be put into its storage: {problem}"""


class TakesNoWrites(PghistoryError, RuntimeError):
    """This database takes no writes: it is a replica, or read-only. Nothing was written; use the primary."""


class CannotRevert(PghistoryError, RuntimeError):
    """{event_model} does not keep all that a row of {model} needs, so that it cannot be brought back whole.
    Missing: {missing}. Track every field, or set the known ones by hand."""


class InvalidMetadata(PghistoryError, ValueError):
    """The context cannot be stored: {problem}. Leave the value out or convert it to text first."""


class InvalidObjects(PghistoryError, ValueError):
    """{problem} {remedy}"""


class ReadOnlyEvents(PghistoryError, TypeError):
    """`Events` reads the event tables and cannot write to them. Use the event model that `pgh_model` names."""


class InvalidCursor(PghistoryError, ValueError):
    """ "{cursor}" is no cursor of this timeline. Start from the first page."""


class RestoreError(PghistoryError, RuntimeError):
    """Nothing was restored. {problem}"""


class NotRestorable(RestoreError):
    """{subject} cannot be restored: {problem}"""


class RestoreRefused(RestoreError):
    """The database refused it, and nothing was written: {problem}"""


class StalePreview(RestoreError):
    """{subject} was changed after it was previewed, and nothing was written. Preview it again."""


class RowsBusy(RestoreError):
    """Somebody else is writing to the same rows ({problem}), and nothing was written. Try again in a moment."""


class SchemaDiffers(RestoreError):
    """The tables are not as the models say ({problem}), and nothing was written. Run `manage.py migrate`, then preview
    it again."""


class NotReconstructable(PghistoryError, RuntimeError):
    """{model} cannot be shown as it was: its history lacks {missing}. Track it with unconditional insert, update and
    delete trackers over all fields, or ask for what is known with `partial=True`."""


class UnknownRow(NotReconstructable):
    """{row}. What it was then is not recorded: its first event is no insert, or comes later than the row.
    Ask for what is known with `partial=True`, which leaves such rows out."""


class PastRow(PghistoryError, TypeError):
    """{row} is shown as it was at {at} and cannot be written. Change the living row, or revert to an event."""


class InvalidToken(PghistoryError, ValueError):
    """The token of a context cannot be resumed: {problem}. Make it with `context.token()` where the work is ordered,
    with the same SECRET_KEY, and with a `max_age` that covers the time until it is done."""


class UnsupportedDatabase(PghistoryError, RuntimeError):
    """{problem} {remedy}"""
