"""The user guide as a page of the product: the same text as in docs, in the language being spoken."""

import re
from dataclasses import dataclass
from functools import cache

from flask import Flask, render_template
from markdown_it import MarkdownIt
from markupsafe import Markup

from sme_tracker.folders import guide_folder
from sme_tracker.web import language
from sme_tracker.web.guard import for_everyone_signed_in

TITLE = re.compile(r"<h1>.*?</h1>\n")
CHAPTER = re.compile(r"<h2>(.*?)</h2>")


@dataclass(frozen=True)
class Guide:
    """The guide in one language: its text as HTML, and the headings of its chapters in order."""

    text: Markup
    chapters: tuple[str, ...]


def install(app: Flask) -> None:
    """Let everybody who is signed in read the guide."""

    @app.get("/guide", endpoint="guide")
    @for_everyone_signed_in
    def guide() -> str:
        return render_template("guide/guide.html", guide=guide_in(language.code()))


@cache
def guide_in(spoken: str) -> Guide:
    """The guide in a language ("zh" or "en"); chapter n is found at #chapter-n, counted from 1."""
    written = (guide_folder() / f"guide.{spoken}.md").read_text(encoding="utf-8")
    drawn = TITLE.sub("", MarkdownIt("commonmark", {"html": False}).enable("table").render(written), count=1)
    chapters = tuple(CHAPTER.findall(drawn))
    for number, heading in enumerate(chapters, 1):
        drawn = drawn.replace(f"<h2>{heading}</h2>", f'<h2 id="chapter-{number}">{heading}</h2>', 1)
    return Guide(Markup(drawn), chapters)  # noqa: S704 (our own text, in which HTML is not read as such)
