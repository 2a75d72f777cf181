"""What a person gets from the form controls: errors that lead somewhere, and what was typed kept whole."""

from collections.abc import Callable

from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from tests.components.html import field_of, tree_of

Macro = Callable[..., str]


class Course(Form):
    """A form with one field of each kind that the summary treats in its own way."""

    version = HiddenField(default="3")
    title = StringField("Title")
    level = RadioField("Level", choices=[SelectChoice("informed", "Informed"), SelectChoice("skilled", "Skilled")])
    starts = DateField("Starts", format="%d %m %Y")
    agreed = BooleanField("Agreed")


def test_error_summary_leads_to_the_first_control_of_each_field(macro: Macro) -> None:
    form = Course()
    form.title.errors = ["Enter a title"]
    form.level.errors = ["Choose a level"]
    form.starts.errors = ["Enter a real date"]
    html = "".join(
        (
            macro("forms", "error_summary", form),
            macro("forms", "text_input", form.title),
            macro("forms", "radios", form.level),
            macro("forms", "date_input", form.starts),
        )
    )
    for target, words in (
        ("title", "Enter a title"),
        ("level", "Choose a level"),
        ("starts-day", "Enter a real date"),
    ):
        assert f'<a href="#{target}">{words}</a>' in html
        assert f'id="{target}" name=' in html


def test_error_summary_says_nothing_when_nothing_is_wrong(macro: Macro) -> None:
    assert macro("forms", "error_summary", Course()) == ""


def test_form_brings_its_token_and_its_hidden_fields(macro: Macro) -> None:
    html = macro("forms", "form_start", "/courses", Course()) + macro("forms", "form_end")
    assert '<input type="hidden" name="csrf_token" value="a-token">' in html
    assert '<input type="hidden" name="version" value="3">' in html
    assert "hx-post" not in html


def test_form_that_saves_itself_posts_to_its_own_address(macro: Macro) -> None:
    html = macro("forms", "form_start", "/courses/1", Course(), id="course", autosave=True)
    assert 'data-autosave hx-post="/courses/1" hx-trigger="change, input delay:800ms"' in html


def test_what_was_typed_comes_back_whole_and_harmless(macro: Macro) -> None:
    typed = "\n</textarea><script>alert('x')</script> ŵ “&amp;” \n"
    field = field_of(TextAreaField, label="Journey", value=typed)
    ((_, _, _, textarea),) = tree_of(macro("forms", "textarea", field))
    assert textarea[0] == "textarea"
    assert textarea[2] == typed


def test_a_date_that_is_none_comes_back_as_typed(macro: Macro) -> None:
    field = field_of(DateField, label="By when?", format="%d %m %Y")
    field.raw_data = ["31", "", "soon"]
    html = macro("forms", "date_input", field)
    assert 'value="31"' in html
    assert 'value="soon"' in html
    assert html.count("value=") == 2


def test_a_single_checkbox_names_its_error_and_its_hint(macro: Macro) -> None:
    field = field_of(
        BooleanField,
        label="I agree",
        errors=("Say that you agree",),
        description="You may withdraw",
        value=True,
    )
    html = macro("forms", "checkbox", field)
    assert 'aria-describedby="field-error field-item-hint"' in html
    assert 'id="field-error"' in html
    assert 'id="field-item-hint"' in html
    assert " checked" in html


def test_groups_of_choices_are_kept_together(macro: Macro) -> None:
    grouped = [SelectChoice("a", "Ash", optgroup="Trees"), SelectChoice("b", "Briar", optgroup="Shrubs")]
    html = macro("forms", "select", field_of(SelectField, label="Plant", choices=grouped, value="b"))
    assert '<optgroup label="Trees"><option value="a">Ash</option></optgroup>' in html.replace("\n", "")
    assert '<option value="b" selected>Briar</option>' in html


def test_promise_says_who_where_and_how_long(macro: Macro) -> None:
    html = macro("forms", "promise", "You and your manager", "In your organisation’s part", "Two years")
    for words in ("Who can see this", "You and your manager", "In your organisation’s part", "Two years"):
        assert words in html
