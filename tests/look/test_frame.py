"""The frame round every page: who is here, where one can go, what must be said, and calm pages for what goes wrong."""

import re
from types import SimpleNamespace

import pytest

from tests.look.drawing import STATIC, TEMPLATES, chinese, framed, page, sections

ERRORS = sorted(path.stem for path in (TEMPLATES / "errors").glob("[45]*.html"))


def test_the_first_link_skips_to_the_content() -> None:
    assert re.search(r'<a class="([^"]*)" href="([^"]*)"', page()).groups() == ("skip", "#main")  # type: ignore[union-attr]


def test_the_page_has_one_heading_and_its_title_says_the_same() -> None:
    html = page()
    assert html.count("<h1>") == 1 and "<h1>A page</h1>" in html
    assert "<title>A page · SME Cultivation Register</title>" in html


def test_a_form_with_errors_says_so_in_the_title() -> None:
    assert "<title>Error: A page" in page(form=SimpleNamespace(errors={"revenue": ["Enter a number"]}))


def test_the_current_section_is_marked_and_the_seventh_waits_under_more() -> None:
    html = page()
    bar = html.split('<nav class="nav"')[1].split("</nav>")[0]
    assert re.findall(r'href="/(\w+)/list" aria-current="page"', bar) == ["enterprises"]
    assert "<details" in bar and "/history/list" in bar.split("<details")[1]


def test_the_phone_bar_shows_three_sections_and_more() -> None:
    bar = page().split('<nav class="tabbar"')[1].split("</nav>")[0]
    assert len(re.findall(r'href="/\w+/list"', bar.split("<details")[0])) == 3


def test_the_shortcut_sheet_names_only_sections_that_are_there() -> None:
    sheet = page(nav=sections()[:2]).split("<dialog")[1]
    assert re.findall(r"<kbd>G</kbd> <kbd>(.)</kbd> </dt><dd>(\w+)", sheet) == [
        ("D", "Dashboard"),
        ("E", "Enterprises"),
    ]


def test_who_cannot_see_enterprises_is_not_offered_a_search() -> None:
    assert 'role="search"' in page()
    assert 'role="search"' not in page(nav=[item for item in sections() if item.key != "enterprises"])


def test_a_stranger_sees_no_sections_and_no_account() -> None:
    html = page(nav=[], current_user=SimpleNamespace(is_authenticated=False))
    assert 'class="tabbar"' not in html and "Sign out" not in html


def test_signing_out_is_a_post_with_a_token() -> None:
    assert re.search(r'<form method="post" action="/accounts/sign_out"><input type="hidden" name="csrf_token"', page())


def test_the_other_language_is_a_link_that_says_its_language_and_keeps_the_address() -> None:
    assert '<a href="/?lang=zh" lang="zh-CN" hreflang="zh-CN">中文</a>' in page()
    assert '<html lang="zh-CN">' in page(lang="zh", words=chinese())


@pytest.mark.parametrize(("demo", "said"), [(True, True), (False, False)])
def test_demonstration_data_says_so_and_real_data_does_not(demo: bool, said: bool) -> None:
    assert ("演示数据" in page(is_demo=demo, words=chinese())) is said


def test_every_page_says_that_it_is_not_for_classified_information() -> None:
    assert "非涉密系统，严禁录入涉密信息" in page(words=chinese())


def test_what_was_done_is_said_and_can_be_undone() -> None:
    html = page(messages=(("ok", {"text": "3 <rows> written", "undo_url": "/undo/7"}), ("bad", "No")))
    assert "3 &lt;rows&gt; written" in html and 'role="status"' in html and 'role="alert"' in html
    assert re.search(r'<form method="post" action="/undo/7" data-undo><input type="hidden" name="csrf_token"', html)


def test_head_lines_and_actions_stand_only_where_a_page_has_them() -> None:
    assert '<div class="acts">' not in page()
    assert '<div class="acts">Print</div>' in page("{% block actions %}Print{% endblock %}")


def test_the_frame_loads_only_what_is_there() -> None:
    for name in re.findall(r"/static/([\w-]+\.\w+)", page()):
        assert (STATIC / name).is_file(), name


@pytest.mark.parametrize("number", ERRORS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_error_page_is_one_calm_sentence_with_a_way_on(number: str, lang: str) -> None:
    words = chinese() if lang == "zh" else None
    html = framed(words=words, lang=lang).get_template(f"errors/{number}.html").render(minutes=5, disk="D:")
    assert number in html and html.count("<h1>") == 1 and 'class="btn primary"' in html
    assert "!" not in html.split("<main")[1].split("</main>")[0] and "！" not in html


def test_the_error_pages_cover_what_the_server_can_answer() -> None:
    assert ERRORS == ["400", "401", "403", "404", "405", "409", "413", "422", "429", "500", "503", "507"]


def test_a_fault_gives_a_number_to_quote_and_needs_nothing_else() -> None:
    drawn = framed()
    for name in ("current_user", "nav", "get_flashed_messages", "bureau_name"):
        del drawn.globals[name]
    assert "F-7" in drawn.get_template("errors/500.html").render(fault_id="F-7")


def test_a_refusal_lists_every_reason() -> None:
    html = framed().get_template("errors/422.html").render(reasons=["One", "Two"])
    assert "<li>One</li><li>Two</li>" in html
