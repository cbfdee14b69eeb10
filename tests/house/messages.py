"""The catalogues of the browser: what the sources say, what the languages make of it, and the compiled form.

`python -m tests.house.messages` takes new texts into every catalogue, throws out those that are gone, and compiles.
It needs no gettext on the machine: Python is read as Python, templates as Django reads them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import django
import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "pghistory_ui" / "locale"
CALLS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "ngettext": 1, "ngettext_lazy": 1, "pgettext": 2, "pgettext_lazy": 2}
TEMPLATE_CALL = re.compile(r"(?<![\w.])(?:_|n?gettext|pgettext)\((?=u?['\"])")

# (context, text, plural); the last two languages know what stands for nothing.
Message = tuple[str | None, str, str | None]


def messages() -> dict[Message, str]:
    """{message: where it stands first}."""
    found: dict[Message, str] = {}
    for path in sorted((ROOT / "pghistory_ui").rglob("*.py")):
        if "migrations" not in path.parts:
            for message in in_python(path.read_text()):
                found.setdefault(message, str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for message in in_template(path.read_text()):
            found.setdefault(message, str(path.relative_to(ROOT)))
    return found


def in_python(source: str) -> Iterator[Message]:
    """The texts of calls whose arguments are written out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            kind = CALLS[node.func.id]
            if len(words) > bool(kind):
                yield message_of(kind, words)


def in_template(source: str) -> Iterator[Message]:
    """The texts of a template's tags."""
    code = templatize(source)
    for match in TEMPLATE_CALL.finditer(code):
        name = code[match.start() : match.end() - 1]
        call = code[match.start() : closing(code, match.end()) + 1]
        tree = ast.parse(call, mode="eval").body
        assert isinstance(tree, ast.Call)
        words = [one.value for one in tree.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        yield message_of(CALLS[name], words)


def closing(code: str, start: int) -> int:
    """The place of the parenthesis that closes a call whose strings may hold others."""
    quote = ""
    place = start
    while quote or code[place] != ")":
        if quote and code[place] == "\\":
            place += 1
        elif code[place] == quote:
            quote = ""
        elif not quote and code[place] in "'\"":
            quote = code[place]
        place += 1
    return place


def message_of(kind: int, words: list[str]) -> Message:
    """The message of a plain call, of one with a plural, or of one with a context."""
    if kind == 1:
        return None, words[0], words[1]
    return (words[0], words[1], None) if kind == 2 else (None, words[0], None)


def catalogues() -> dict[str, Path]:
    """{language: its catalogue}."""
    return {path.parents[1].name: path for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))}


def key_of(entry: polib.POEntry) -> Message:
    """The message that an entry translates."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural or None


def update(path: Path) -> None:
    """Brings a catalogue and its compiled form to what the sources say; new texts are left to be translated."""
    catalogue = polib.pofile(str(path), wrapwidth=110)
    known = {key_of(entry): entry for entry in catalogue}
    forms = int(re.search(r"nplurals=(\d)", catalogue.metadata["Plural-Forms"])[1])  # type: ignore[index]
    del catalogue[:]
    for (context, text, plural), _place in sorted(messages().items(), key=lambda item: (item[1], item[0][1])):
        new = polib.POEntry(msgctxt=context, msgid=text, msgid_plural=plural or "")
        if plural:
            new.msgstr_plural = dict.fromkeys(range(forms), "")
        if "%" in text + (plural or ""):
            new.flags = ["python-format"]
        entry = known.get((context, text, plural), new)
        entry.occurrences = []
        catalogue.append(entry)
    catalogue.save(str(path))
    catalogue.save_as_mofile(str(path.with_suffix(".mo")))


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    django.setup()
    for found in catalogues().values():
        update(found)
