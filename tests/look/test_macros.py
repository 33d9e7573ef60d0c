"""Every drawn part says in words what it shows, escapes what it is given, and is there for a screen reader."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from jinja2 import Environment
from wtforms import BooleanField, DecimalField, Form, HiddenField, IntegerField, RadioField, StringField, validators
from wtforms.fields import SelectChoice

from tests.look.drawing import STATIC, TEMPLATES, call, chinese, draw, english, environment, sources, text, tree


@pytest.fixture(scope="module", params=[english, chinese], ids=["en", "zh"])
def either(request: pytest.FixtureRequest) -> Environment:
    return environment(request.param())


class Yearly(Form):
    version = HiddenField(default="7")
    revenue = DecimalField("Revenue", [validators.InputRequired("Enter a number")])
    staff = IntegerField("Staff", [validators.Optional()])
    checked = BooleanField("Checked, the figure is right")
    source = RadioField("Source", choices=[SelectChoice("audit", "Audit"), SelectChoice("self", "Self-reported")])
    reason = StringField("Reason")


def refused(values: Mapping[str, str] | None = None) -> Yearly:
    form = Yearly(data=dict(values or {}))
    form.validate()
    return form


# ---- level, mark, verdict


@pytest.mark.parametrize(("code", "letter", "word"), [("municipal", "M", "Municipal"), ("national", "N", "National")])
def test_a_level_shows_its_letter_and_says_its_word(code: str, letter: str, word: str) -> None:
    badge = tree(call("level", f"level('{code}')"))[0]
    assert (badge.text, badge.get("aria-label"), badge.get("title")) == (letter, word, word)


def test_a_level_is_one_character_in_chinese() -> None:
    assert text(call("level", "level('provincial')", chinese())) == "省"


def test_a_planned_level_is_dashed_and_says_so() -> None:
    badge = tree(call("level", "level('national', planned=True)"))[0]
    assert "lv-0" in str(badge.get("class")) and badge.get("aria-label") == "National, planned"


def test_no_level_draws_nothing() -> None:
    assert call("level", "level(None)") == ""


def test_a_mark_is_silent_because_its_word_follows() -> None:
    assert tree(call("mark", "mark('warn')"))[0].get("aria-hidden") == "true"


def test_every_mark_has_a_shape_of_its_own(either: Environment) -> None:
    shapes = either.from_string("{% from 'macros/mark.html' import shapes %}{{ shapes() }}").render()
    drawn = re.findall(r'<symbol id="m-(\w+)".*?>(.*?)</symbol>', shapes)
    assert {name for name, _ in drawn} == {"ok", "even", "warn", "bad", "none", "judge", "locked", "info"}
    assert len({shape for _, shape in drawn}) == len(drawn)


@pytest.mark.parametrize(
    ("code", "mark", "word"),
    [
        ("met", "m-ok", "达标"),
        ("not_met", "m-bad", "不达标"),
        ("missing", "m-none", "缺数据"),
        ("to_judge", "m-judge", "待判断"),
    ],
)
def test_a_verdict_is_a_mark_and_a_word(code: str, mark: str, word: str) -> None:
    html = call("verdict", f"verdict('{code}')", chinese())
    assert f"#{mark}" in html and text(html) == word


def test_a_date_within_ninety_days_warns_and_a_later_one_says_nothing() -> None:
    assert text(call("verdict", "expiry(41)")) == "expires in 41 days"
    assert text(call("verdict", "expiry(-2)", chinese())) == "已过期 2 天"
    assert call("verdict", "expiry(91)") == "" and call("verdict", "expiry(None)") == ""


# ---- strip and small charts


def test_a_strip_keeps_the_order_of_the_standard_and_says_which_are_wanting() -> None:
    html = call(
        "strip",
        "strip(['met', 'not_met', 'missing', 'met'], (2, 2), '/e/1', names=['Years', 'Growth', 'Patents', 'Debt'])",
    )
    link = tree(html)[0]
    assert link.tag == "a" and link.get("aria-label") == "met 2; not met 1: Growth; missing 1: Patents"
    assert re.findall(r'#m-(\w+)" x="(\d+)', html) == [("ok", "0"), ("bad", "12"), ("none", "30"), ("ok", "42")]
    assert text(html) == "short 1 missing 1"


def test_a_full_strip_says_all_met() -> None:
    assert text(call("strip", "strip(['met'] * 13)", chinese())) == "全部达标"


def test_a_bullet_puts_every_target_on_one_scale() -> None:
    html = call("bullet", "bullet(97, 150, 74.8, '/list', 'Upgrade 97 of 150', behind=True)")
    assert (
        'width="51.73%"' in html
        and 'class="gap-hatch"' in html
        and tree(html)[0].get("aria-label") == "Upgrade 97 of 150"
    )
    assert 'x="80%"' in html, "the target stands at 80 % of the width whatever it is"


def test_a_bullet_ahead_of_pace_has_no_hatch() -> None:
    assert "gap-hatch" not in call("bullet", "bullet(158, 200, 74.8, behind=False)")


@pytest.mark.parametrize("target", ["None", "0"])
def test_a_bullet_without_a_target_is_an_empty_outline(target: str) -> None:
    html = call("bullet", f"bullet(3, {target}, 74.8)")
    assert "unset" in html and 'class="act"' not in html


def test_a_bullet_far_beyond_its_target_ends_at_the_scale() -> None:
    assert 'class="act" y="19" width="100%"' in call("bullet", "bullet(900, 5, 50)")


def test_the_axis_names_pace_and_target(either: Environment) -> None:
    axis = either.from_string("{% from 'macros/bullet.html' import bullet_axis %}{{ bullet_axis(74.8) }}").render()
    assert "74.8%" in axis and "100%" in axis


def test_the_threshold_stands_in_the_middle_and_the_bar_ends_at_twice_it() -> None:
    html = call("threshold_bar", "threshold_bar(5.0)")
    assert 'class="act" y="5" width="74' in html and 'class="tick" x="36"' in html
    assert 'class="x"' in call("threshold_bar", "threshold_bar(0.76, met=False)")
    assert call("threshold_bar", "threshold_bar(None)") == ""


def test_a_spark_line_is_drawn_with_its_end_and_its_label() -> None:
    html = call("spark", "spark({'path': 'M3.0 19.0L99.0 3.0', 'x': 99.0, 'y': 3.0}, 'Patents 1, 4')")
    assert tree(html)[0].get("aria-label") == "Patents 1, 4" and 'cx="99.0"' in html
    assert call("spark", "spark(none, 'x')") == ""


def test_months_grey_last_year_and_darken_this_month() -> None:
    html = call("months", "months([3, 0, 7], 'Jan to Mar: 3, 0, 7', split=1)")
    assert re.findall(r'<rect class="(\w+)"', html) == ["prior", "now"]


def test_pips_fill_up_to_the_step_reached() -> None:
    assert call("pips", "pips(3, 5)").count('class="f"') == 3


def test_a_bar_never_runs_out_of_its_track() -> None:
    assert 'class="act" width="100' in call("ibar", "ibar(140, 75)")


def test_progress_tells_its_numbers_to_readers() -> None:
    bar = tree(call("ibar", "progress(131, 203, 'Writing')"))[0]
    assert (bar.get("role"), bar.get("aria-valuenow"), bar.get("aria-valuemax")) == ("progressbar", "131", "203")


# ---- figures


def test_a_figure_opens_its_list() -> None:
    assert (
        tree(call("fig", "fig('1,204', '/enterprises?level=1', label='municipal')"))[0].get("href")
        == "/enterprises?level=1"
    )


def test_a_missing_figure_is_never_a_zero() -> None:
    assert text(call("fig", "fig(None, '/x')", chinese())) == "缺数据"
    assert text(call("fig", "fig(0, '/x')")) == "0"


def test_a_change_has_a_sign_before_it_has_a_colour() -> None:
    assert text(call("fig", "change(-3)")) == "▼ 3" and text(call("fig", "change(0)", chinese())) == "持平"


# ---- the board


LEVELS = [
    {
        "code": "national",
        "name": "National",
        "count": 38,
        "baseline": 27,
        "url": "/n",
        "rises": [("promoted", 11, "/r")],
    },
    {"code": "municipal", "name": "Municipal", "count": 465, "baseline": 470, "url": "/m"},
]


def test_the_pyramid_counts_and_signs_the_change_since_january() -> None:
    html = call("pyramid", "pyramid(levels, [('Now', '633', '/all', '')])", levels=LEVELS)
    assert "+11" in text(html) and "−5" in text(html) and "633" in text(html)
    assert {link.get("href") for link in tree(html).iter("a")} == {"/n", "/r", "/m", "/all"}


def test_the_pyramid_stands_on_an_empty_register() -> None:
    empty = [{"code": "municipal", "name": "Municipal", "count": 0, "baseline": 0, "url": None}]
    assert "±0" in text(call("pyramid", "pyramid(levels)", levels=empty))


STEPS = [
    {"label": "In pool", "count": 612, "url": "/1", "median_days": None, "note": "carried over"},
    {"label": "Coached", "count": 248, "url": "/2", "median_days": 62, "stalled": 31, "stalled_url": "/s"},
    {"label": "Registered", "count": 97, "url": "/3", "note": "65% of target"},
]


def test_the_funnel_says_how_many_went_on_and_how_many_are_stalled() -> None:
    said = text(call("funnel", "funnel('Upgrade', 'target 150', steps)", steps=STEPS))
    assert "41% →" in said and "median 62 d" in said and "stalled 31" in said and "39% →" in said


def test_an_empty_funnel_divides_by_nothing() -> None:
    steps = [{"label": "a", "count": 0, "url": None}, {"label": "b", "count": 0, "url": None}]
    assert "%" not in text(call("funnel", "funnel('Upgrade', none, steps)", steps=steps))


def months_of_a_year(known: int = 9) -> list[dict[str, Any]]:
    return [
        {
            "label": str(month + 1),
            "added": 3 if month < known else None,
            "total": 3 * (month + 1) if month < known else None,
            "prior_added": 2,
            "prior_total": 2 * (month + 1),
        }
        for month in range(12)
    ]


def test_the_trend_has_a_table_that_says_the_same() -> None:
    html = call("trend", "trend(rows, 2022, 'New SRDI', target=40)", rows=months_of_a_year())
    table = tree(html).find(".//table")
    assert table is not None and len(table.findall(".//tbody/tr")) == 12
    assert [cell.text for cell in table.findall(".//tbody/tr")[8].findall("td")] == ["3", "27", "2", "18"]
    assert "target 40" in html and "2021: 24" in html and html.count("<circle") == 9
    assert text(html).count("—") == 6, "months to come are dashes, not zeros"


def test_the_trend_draws_a_first_year_without_a_last_one() -> None:
    rows = [{**row, "prior_added": None, "prior_total": None} for row in months_of_a_year(known=0)]
    html = call("trend", "trend(rows, 2022, 'New SRDI')", rows=rows)
    assert "<circle" not in html and 'class="prior"' not in html


def test_labels_at_the_lines_ends_do_not_touch() -> None:
    html = call("trend", "trend(rows, 2022, 'New', target=24)", rows=months_of_a_year())
    heights = [float(y) for y in re.findall(r'x="96%" dx="10" y="([\d.]+)"', html)]
    assert len(heights) == 2 and heights[1] - heights[0] >= 16


# ---- ladder, history, tasks


def test_the_ladder_tells_held_from_planned() -> None:
    steps = [
        {"code": "municipal", "state": "held", "when": "2019-11", "note": "municipal"},
        {"code": "provincial", "state": "planned", "when": "2023", "note": "planned"},
        {"code": "national", "state": "open", "when": None, "note": None},
    ]
    html = call("ladder", "ladder(steps)", steps=steps)
    assert [item.get("class") for item in tree(html).iter("li")] == ["l1", "l2 planned", "l3 open"]
    assert text(html).endswith("not held")


def test_history_shows_old_and_new_and_escapes_what_people_typed() -> None:
    entry = {
        "iso": "2022-08-19",
        "on": "08-19",
        "kind": "Fields",
        "changes": [("R&D <2021>", "1,604", None, "万元")],
        "reason": "typo",
        "who": "<script>",
    }
    html = call("history", "history([entry])", entry=entry)
    assert (
        "<del>1,604</del>" in html
        and "not entered" in html
        and "&lt;script&gt;" in html
        and "R&amp;D &lt;2021&gt;" in html
    )
    time = tree(html).find(".//time")
    assert time is not None and time.get("datetime") == "2022-08-19"


def test_the_task_list_has_one_next_step_and_one_primary_button() -> None:
    tasks = [
        {"title": "Units", "text": "16", "state": "done", "url": "/u", "label": "Change"},
        {"title": "Targets", "text": "five", "state": "next", "minutes": 5, "url": "/t", "label": "Enter"},
        {"title": "Register", "text": "list", "state": "later", "minutes": 1, "url": "/r", "label": "Import"},
    ]
    html = call("tasklist", "tasklist(tasks)", tasks=tasks)
    assert html.count("btn primary") == 1 and html.count('aria-current="step"') == 1
    assert "about 5 minutes" in html and "about 1 minute<" in html


@pytest.mark.parametrize(
    ("kind", "heading"),
    [("no_result", "没有符合条件的企业"), ("none_yet", "尚无"), ("no_permission", "您没有这项权限")],
)
def test_an_empty_place_says_why(kind: str, heading: str) -> None:
    assert text(call("empty", f"empty('{kind}', 'because')", chinese())) == f"{heading} because"


# ---- lists


def test_a_sorted_column_says_so_and_every_sort_is_a_link() -> None:
    columns = [{"label": "Name", "sort_url": "?sort=name", "sorted": "ascending"}, {"label": "Revenue", "num": True}]
    heads = list(tree(call("table", "heads(columns)", columns=columns)).iter("th"))
    assert [head.get("aria-sort") for head in heads] == ["ascending", None] and {
        head.get("scope") for head in heads
    } == {"col"}
    assert heads[0][0].get("href") == "?sort=name" and heads[1].get("class") == "num"


def test_paging_says_exactly_which_rows_and_offers_only_what_is_there() -> None:
    html = call("paging", "paging(51, 100, 3875, {'first': '?', 'prev': '?b=1', 'next': '?a=9', 'last': None})")
    assert "51–100 of 3,875" in text(html) and "Last page" not in html
    assert [link.get("rel") for link in tree(html).iter("a")] == [None, "prev", "next"]


def test_a_chip_names_what_its_cross_removes() -> None:
    html = call("chip", "chip('Level', '<N>', '/without')")
    cross = next(tree(html).iter("a"))
    assert cross.get("aria-label") == "Remove filter: Level" and cross.get("href") == "/without" and "&lt;N&gt;" in html


def test_a_chip_with_an_editor_opens_without_script() -> None:
    html = draw(
        "{% from 'macros/chip.html' import chip %}{% call chip('Level', 'N', '/x') %}<b>editor</b>{% endcall %}"
    )
    assert tree(html).find(".//details/summary") is not None and "<b>editor</b>" in html


def test_a_section_is_named_by_its_heading() -> None:
    html = draw(
        "{% from 'macros/section.html' import section %}{% call section('Levels', id='levels') %}x{% endcall %}"
    )
    part = tree(html)[0]
    assert part.get("aria-labelledby") == "levels-h" and part.find(".//h2[@id='levels-h']") is not None


# ---- forms


def test_a_field_in_error_is_tied_to_its_message_hint_and_last_years_value() -> None:
    html = call("field", "field(f.revenue, hint='in 万元', unit='万元', prior='21,480', change='+7.7%')", f=refused())
    box = next(item for item in tree(html).iter("input") if item.get("id") == "revenue")
    assert box.get("aria-invalid") == "true" and box.get("inputmode") == "decimal" and box.get("type") == "text"
    for described in str(box.get("aria-describedby")).split():
        assert f'id="{described}"' in html
    assert "Error: Enter a number" in text(html) and "Last year 21,480" in text(html)
    label = next(tree(html).iter("label"))
    assert label.get("for") == "revenue" and label.text == "Revenue"


def test_a_sound_field_is_not_called_invalid() -> None:
    html = call("field", "field(f.staff, optional=True)", f=refused())
    assert "aria-invalid" not in html and "has-err" not in html and "(optional)" in html


def test_a_doubt_asks_for_a_tick() -> None:
    html = call("field", "field(f.revenue, check='10.8 times last year', confirm=f.checked)", f=Yearly())
    assert 'id="revenue-check"' in html and 'name="checked"' in html and "Checked, the figure is right" in text(html)


def test_choices_are_a_fieldset_with_a_legend() -> None:
    group = tree(call("field", "field(f.source)", f=Yearly()))[0]
    assert group.tag == "fieldset" and group.findtext("legend") == "Source" and len(list(group.iter("input"))) == 2


def test_what_was_typed_comes_back_escaped() -> None:
    assert "&#34;&gt;&lt;b&gt;" in call("field", "field(f.reason)", f=Yearly(data={"reason": '"><b>'}))


FORM = (
    "{% from 'macros/form.html' import form with context %}"
    "{% call form(f, save='Save', cancel_url='/back', version=3, once='abc', reasons=reasons) %}fields{% endcall %}"
)


def test_the_error_summary_takes_the_focus_and_links_to_the_fields() -> None:
    html = draw(FORM, f=refused(), reasons=["Not before the founding date", ("staff", "Too many")])
    summary = tree(html).find(".//div[@role='alert']")
    assert summary is not None and summary.get("tabindex") == "-1"
    assert summary.findtext("h2") == "4 things to put right"
    assert {link.get("href") for link in summary.iter("a")} == {"#staff", "#revenue", "#source"}


def test_a_form_carries_token_version_and_its_one_use_token() -> None:
    html = draw(FORM, f=Yearly(), reasons=[])
    hidden = [
        (item.get("name"), item.get("value")) for item in tree(html).iter("input") if item.get("type") == "hidden"
    ]
    assert hidden == [("csrf_token", "the-token"), ("version", "3"), ("once", "abc"), ("version", "7")]
    assert 'role="alert"' not in html and 'href="/back"' in html


def test_an_action_of_one_button_is_a_post_with_a_token() -> None:
    html = call("form", "button_form('/undo', 'Undo', fields={'batch': '7'})")
    part = tree(html)[0]
    assert part.get("method") == "post" and 'name="csrf_token"' in html and 'name="batch" value="7"' in html


# ---- what holds for all of them


def test_no_part_needs_inline_style_or_script() -> None:
    for source in sources():
        assert not re.search(r'\sstyle="|\son\w+="|<script(?![^>]*src=)|<style', source.read_text("utf-8")), source.name


def test_every_icon_drawn_is_in_the_list_of_icons() -> None:
    listed = (STATIC / "icons.txt").read_text("utf-8").split()
    assert listed == sorted(set(listed))
    for source in sources():
        for name in re.findall(r"icon\('([a-z0-9-]+)'\)", source.read_text("utf-8")):
            assert name in listed, f"{source.name} draws {name}"


def test_every_macro_file_says_at_its_head_what_it_draws() -> None:
    for source in TEMPLATES.glob("macros/*.html"):
        assert "{# " in source.read_text("utf-8")[:300], source.name
