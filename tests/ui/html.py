"""Reading pages: text and links by a parser that refuses what is no valid HTML."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

from django.test import Client

from pghistory_ui.row_markup import OPENING

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
OPTIONAL = frozenset({"p", "li", "option"})
# Elements that may not stand inside a paragraph, or inside words of a line.
BLOCKS = frozenset(
    {
        "article",
        "aside",
        "details",
        "div",
        "dl",
        "form",
        "h1",
        "h2",
        "h3",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    }
)
PHRASES = frozenset({"p", "span", "summary", "h1", "h2", "h3", "a", "ins", "del", "button", "label"})

CLOSED_ROW = re.compile(
    r'(?P<row><details class="pgh-event__what pgh-change" hx-get="(?P<address>[^"]+)" hx-trigger="toggle once">\n'
    r"<summary>.*?</summary>\n)"
    r'<p class="pgh-change__body"><a href="[^"]+">[^<]+</a></p>',
    re.DOTALL,
)

REGION = re.compile(
    r'(?P<region><div class="pgh-days" hx-get="(?P<address>[^"]+)" hx-trigger="load"[^>]*>).*?</div>', re.DOTALL
)
OUT_OF_BAND = re.compile(
    r'<(?P<tag>\w+)(?P<rest>[^>]* id="(?P<id>[^"]+)"[^>]*) hx-swap-oob="true">(?P<body>.*?)</(?P=tag)>', re.DOTALL
)


class InvalidHtml(AssertionError):
    """A page is no valid HTML."""


class Page(HTMLParser):
    """A page or a fragment of one: `text` without markup, `links` by their text, `classes` in use."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.ids: set[str] = set()
        self.classes: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.options: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._link_words: list[str] = []
        self.feed(source)
        self.close()
        if self._open:
            raise InvalidHtml(f"never closed: {self._open}")
        self.text = " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        if len(names) != len(set(names)):
            raise InvalidHtml(f"an attribute twice in <{tag} {attrs}> at {self.getpos()}")
        values = {name: value or "" for name, value in attrs}
        if any(name.startswith("on") or name == "style" for name in names):
            raise InvalidHtml(f"inline script or style in <{tag}> at {self.getpos()}")
        if identifier := values.get("id"):
            if identifier in self.ids:
                raise InvalidHtml(f"the id {identifier!r} twice, at {self.getpos()}")
            self.ids.add(identifier)
        inside = next((parent for parent, _href in reversed(self._open) if parent in PHRASES), "")
        if tag in BLOCKS and inside:
            raise InvalidHtml(f"<{tag}> inside <{inside}> at {self.getpos()}")
        if tag == "a" and any(parent in ("a", "summary") for parent, _href in self._open):
            raise InvalidHtml(f"a link inside a link or summary at {self.getpos()}")
        self.classes += values.get("class", "").split()
        if tag not in VOID:
            self._open.append((tag, values.get("href", "")))
        if tag == "a":
            self._link_words = []
        if tag == "option":
            self.options.append(values.get("value", ""))
        if tag == "br":
            self._words.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            raise InvalidHtml(f"</{tag}> at {self.getpos()}")
        opened, href = self._open.pop() if self._open else ("", "")
        if opened != tag:
            raise InvalidHtml(f"<{opened}> closed by </{tag}> at {self.getpos()}")
        if tag == "a":
            self.links.append((" ".join("".join(self._link_words).split()), href))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] in ("script", "style"):
            if data.strip():
                raise InvalidHtml(f"inline {self._open[-1][0]} at {self.getpos()}")
            return
        self._words.append(data)
        self._link_words.append(data)

    def link(self, text: str) -> str:
        """The address of the first link with this text."""
        found = [href for words, href in self.links if words == text]
        assert found, f"no link {text!r} among {self.links}"
        return found[0]

    def addresses(self) -> Iterator[str]:
        """Every address that the page links to."""
        return (href for _words, href in self.links)

    def links_to_events(self) -> list[str]:
        """The permalinks of the events on the page, in their order."""
        return [href for words, href in self.links if words.startswith("Event #")]


def completed(client: Client, source: str, **headers: str) -> str:
    """A page after what stands beside its events was fetched, as htmx does it when the page is there."""
    region = REGION.search(source)
    if region is None:
        return source
    response = client.get(unescape(region["address"]), headers={**headers, "HX-Request": "true"})
    assert response.status_code == 200, (response.status_code, region["address"])
    fragment = response.content.decode()
    Page(fragment)
    found = source.replace(region[0], f"{region['region']}{OUT_OF_BAND.sub('', fragment)}</div>")
    for part in OUT_OF_BAND.finditer(fragment):
        place = re.compile(rf'<{part["tag"]}[^>]* id="{part["id"]}"[^>]*>.*?</{part["tag"]}>', re.DOTALL)
        assert len(place.findall(found)) == 1, (part["id"], "has no place on the page")
        found = place.sub(lambda _, part=part: f"<{part['tag']}{part['rest']}>{part['body']}</{part['tag']}>", found)  # type: ignore[misc]
    return found


def opened(client: Client, source: str, **headers: str) -> str:
    """A page after each of its rows was opened, as htmx does it; every row of the page has to answer."""

    def fetched(row: re.Match[str]) -> str:
        response = client.get(unescape(row["address"]), headers={**headers, "HX-Request": "true"})
        assert response.status_code == 200, (response.status_code, row["address"])
        fragment = response.content.decode()
        Page(fragment)
        assert fragment.strip().startswith('<dl class="pgh-diff">'), fragment
        return row["row"] + fragment

    found = CLOSED_ROW.sub(fetched, source)
    if found != source:
        assert OPENING in source, "the rows do not say where the answer comes"
    assert "pgh-change__body" not in found.replace(OPENING, "")
    return found
