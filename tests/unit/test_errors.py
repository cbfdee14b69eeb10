"""Errors say in whole sentences what is wrong and what to do, with the values filled in."""

import inspect
import re
import string

import pytest

from pghistory import errors

CLASSES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, errors.PghistoryError) and found.__module__ == errors.__name__
]


def placeholders(error: type[errors.PghistoryError]) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(error.__doc__ or "") if name]


SPOKEN = [found for found in CLASSES if placeholders(found) and found is not errors.TrackingError]


@pytest.mark.parametrize("error", SPOKEN)
def test_a_message_is_one_line_with_every_value_in_it(error: type[errors.PghistoryError]):
    names = placeholders(error)
    message = str(error(**{name: f"<{name}>" for name in names}))
    assert "\n" not in message
    assert all(f"<{name}>" in message for name in names)
    assert not re.search(r"  |[{}]", message)


@pytest.mark.parametrize("error", SPOKEN)
def test_values_are_taken_as_they_are(error: type[errors.PghistoryError]):
    message = str(error(**dict.fromkeys(placeholders(error), "{odd} %s")))
    assert "{odd} %s" in message


@pytest.mark.parametrize("error", CLASSES)
def test_every_class_stands_in_the_tree(error: type[errors.PghistoryError]):
    assert re.search(rf"\b{error.__name__}\b", errors.__doc__ or "")


def test_what_is_wrong_in_a_declaration_is_a_value_error():
    assert issubclass(errors.TrackingError, ValueError)
    assert issubclass(errors.UnknownLabel, ValueError)
    assert issubclass(errors.InvalidCursor, ValueError)
