"""Every page loads the stylesheets that draw it, and no page more of them than it may."""

import re
from functools import cache

import pytest

from tests.look.drawing import STATIC, TEMPLATES

SHEETS = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.css")}
EVERYWHERE = {"tokens.css", "frame.css"}
LINKED = re.compile(r"filename='(\w+\.css)'")
TAKEN = re.compile(r"""(?:include|import|from|extends)\s+["']([\w/]+\.html)["']""")
CLASSES = re.compile(r'\bclass="([^"{}]*)"')
PAGES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.glob("*/*.html") if path.parent.name != "macros")
MOST_BYTES = {"enterprises/list.html": 30_720, "enterprises/enterprise.html": 32_768, "dashboard/overview.html": 34_000}


@cache
def source(template: str) -> str:
    """The text of a template."""
    return (TEMPLATES / template).read_text(encoding="utf-8")


def sheets(template: str) -> set[str]:
    """The stylesheets of a page, with those of the pages it extends."""
    parents = re.findall(r"""extends\s+["']([\w/]+\.html)["']""", source(template))
    own = set(LINKED.findall(source(template)))
    return own.union(*(sheets(parent) for parent in parents))


def classes(text: str) -> set[str]:
    """The classes a stylesheet has rules for."""
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", re.sub(r"/\*.*?\*/|\{[^{}]*\}", "", text, flags=re.DOTALL)))


DEFINED = {name: classes(text) for name, text in SHEETS.items()}
ALONE = {
    one: name
    for name, found in DEFINED.items()
    for one in found
    if name not in EVERYWHERE and sum(one in other for other in DEFINED.values()) == 1
}
"""Classes that one stylesheet alone has rules for, with its name; those of every page left out."""


@pytest.mark.parametrize("template", [page for page in PAGES if 'extends "' in source(page)])
def test_a_page_loads_the_stylesheet_of_each_class_it_writes(template: str) -> None:
    written = {one for group in CLASSES.findall(source(template)) for one in group.split()}
    wanted = {ALONE[one] for one in written if one in ALONE}
    assert wanted <= sheets(template) | EVERYWHERE


@pytest.mark.parametrize("template", MOST_BYTES)
def test_the_stylesheets_of_a_page_stay_small(template: str) -> None:
    assert sum(len(SHEETS[name].encode()) for name in sheets(template) | EVERYWHERE) <= MOST_BYTES[template]


def test_no_stylesheet_says_a_rule_twice() -> None:
    for name, text in SHEETS.items():
        rules = re.findall(r"^\.[^{}@]+\{[^{}]*\}", text, flags=re.MULTILINE)
        assert sorted(set(rules)) == sorted(rules), name


# What the oldest browser of government offices, Chromium 86, does not read: a selector it drops takes its rule along.
TOO_NEW = re.compile(
    r":has\(|:is\(|:where\(|:not\([^()]*,|:user-(?:in)?valid|:open\b|(?<![\w-])inset\s*:|@layer|@container|@scope|&"
)


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_every_rule_is_read_by_the_oldest_browser_that_is_promised(name: str) -> None:
    written = re.sub(r"/\*.*?\*/", "", SHEETS[name], flags=re.DOTALL)
    assert TOO_NEW.findall(written) == []
