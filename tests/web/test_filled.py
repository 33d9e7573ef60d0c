"""A page with what was typed put back into its form."""

from sme_tracker.web.filled import filled

PAGE = """<!doctype html>
<svg><rect x="1"/></svg><!-- kept --><p>5 &lt; 6 &amp; 7 &#39;</p>
<form method="post" action="/elsewhere"><input name="name" value="theirs"></form>
<form method="post">
<input type="hidden" name="csrf_token" value="new"><input type="hidden" name="version" value="9">
<input name="name" value="old"><input type="password" name="password"><input type="file" name="file">
<input type="hidden" name="on" value=""><input type="checkbox" name="on" value="y" checked>
<input type="radio" name="side" value="mine" checked><input type="radio" name="side" value="theirs">
<select name="unit"><option value="1" selected>One</option><option value="2">Two</option></select>
<textarea name="note">
old &amp; gone</textarea>
<input name="line" value="a"><input name="line" value="b"><input name="line" value="c">
</form>"""


def test_every_kind_of_field_gets_what_was_typed_in_it_and_nothing_else_changes() -> None:
    typed = [
        ("version", "4"),
        ("name", '"<b>&amp;'),
        ("password", "secret"),
        ("on", ""),
        ("side", "theirs"),
        ("unit", "2"),
        ("note", "\none\r\ntwo </textarea>"),
        ("line", "1"),
        ("line", "2"),
    ]
    page = filled(PAGE, "/edit", "/edit", typed)
    assert page is not None
    expected = (
        PAGE.replace('<form method="post">', '<form method="post" data-unsaved>')
        .replace('name="version" value="9"', 'name="version" value="4"')
        .replace('name="name" value="old"', 'name="name" value="&quot;&lt;b&gt;&amp;amp;"')
        .replace('value="y" checked', 'value="y"')
        .replace('value="mine" checked', 'value="mine"')
        .replace('name="side" value="theirs"', 'name="side" value="theirs" checked')
        .replace('value="1" selected', 'value="1"')
        .replace('<option value="2">', '<option value="2" selected>')
        .replace("\nold &amp; gone", "\n\none\r\ntwo &lt;/textarea&gt;")
        .replace('name="line" value="a"', 'name="line" value="1"')
        .replace('name="line" value="b"', 'name="line" value="2"')
    )
    assert page == expected


def test_of_forms_to_one_address_it_is_the_one_that_has_most_of_what_was_typed() -> None:
    forms = '<form action="/a"><input name="x"></form><form action="/a"><input name="x"><input name="y"></form>'
    assert filled(forms, "/p", "/a", [("x", "1"), ("y", "2")]) == (
        '<form action="/a"><input name="x"></form>'
        '<form action="/a" data-unsaved><input name="x" value="1"><input name="y" value="2"></form>'
    )


def test_a_button_that_leads_elsewhere_counts_as_the_address_of_its_form() -> None:
    form = '<form action="/decide"><input name="x"><button formaction="/back">b</button></form>'
    assert 'value="1"' in (filled(form, "/p", "/back", [("x", "1")]) or "")


def test_a_page_without_such_a_form_is_not_filled() -> None:
    assert filled(PAGE, "/edit", "/other", [("name", "x")]) is None
