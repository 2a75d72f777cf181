"""What holds whatever two people do at the same time, and whatever is sent."""

import threading
from uuid import UUID

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient, form_fields
from tests.factories.tenants import Someone, make_member
from tests.factories.training import NOTHING, confirm, make_agreed, make_draft, make_shared
from tests.statements import counted
from tia_hub.core.errors import Refused
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import PracticeLevel
from tia_hub.tenants.types.roles import Role
from tia_hub.training import queries
from tia_hub.training.services import agreeing, writing
from tia_hub.training.types import FormState, Typed, Waiting


def shown(answer) -> str:
    return " ".join(JustHTML(answer.text, sanitize=False).to_text().split())


def training(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/training"


@pytest.fixture
def draft(app: Flask, cast: Cast) -> str:
    """The address of a draft of our member of staff."""
    with app.app_context():
        return f"{training(cast)}/forms/{make_draft(cast.ours.tenant, cast.ours.staff)}"


@pytest.fixture
def shared(app: Flask, cast: Cast) -> str:
    """The address of a form that our member of staff shares with their manager."""
    with app.app_context():
        return f"{training(cast)}/forms/{make_shared(cast.ours.tenant, cast.ours.staff, cast.ours.manager)}"


def rows(engine: Engine, table: str, cast: Cast) -> int:
    with engine.connect() as connection:
        return connection.execute(
            text(f"SELECT count(*) FROM {table} WHERE organisation_id = :id"), {"id": cast.ours.tenant.id}
        ).scalar_one()


# Two at once


def test_two_who_confirm_at_once_both_count(context: None, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    ours = cast.ours
    form_id = make_shared(ours.tenant, ours.staff, ours.manager)
    plans = {"agreed_training_plan": Typed("A course", 0), "agreed_support_plan": Typed("Supervision", 0)}
    with transaction(ours.tenant.scope(ours.staff, Role.STAFF)) as scope:
        agreeing.save_plans(scope, form_id=form_id, plans=plans, view=NOTHING)
    together = threading.Barrier(2)
    states: list[FormState] = []

    def act(someone: object, role: Role) -> None:
        with app.app_context(), transaction(ours.tenant.scope(someone, role)) as scope:  # type: ignore[arg-type]
            queries.get_form(scope, form_id)
            together.wait(10)
            states.append(agreeing.confirm_plans(scope, form_id=form_id, plans=plans, view=NOTHING))

    threads = [threading.Thread(target=act, args=each) for each in ((ours.staff, Role.STAFF), (ours.manager, Role.MANAGER))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(states) == [FormState.AGREED, FormState.SHARED]
    assert rows(superuser_engine, "agreed_form", cast) == 1


def test_two_on_one_plan_both_see_both_texts_and_one_is_chosen(as_, cast: Cast, shared: str) -> None:
    sam, max_ = as_(cast.ours.staff), as_(cast.ours.manager)
    old = fields(max_, shared)
    sam.submit(shared, {"text-agreed_training_plan": "Sam’s text"}, button=f"{shared}/plans")
    clash = max_.post(f"{shared}/plans", data=old | {"text-agreed_training_plan": "Max’s text"})
    assert clash.status_code == 409
    assert "Sam’s text" in clash.text and "Max’s text" in clash.text and cast.ours.staff.name in shown(clash)
    assert "Max’s text" not in sam.get(shared).text

    # Keep theirs, and it is as if nothing had been typed; send again, and it is replaced knowingly
    new = fields_of(clash.text, f"{shared}/plans")
    max_.post(f"{shared}/plans", data=new | {"keep": "agreed_training_plan"})
    assert "Sam’s text" in sam.get(shared).text
    assert max_.post(f"{shared}/plans", data=new).status_code == 303
    assert "Max’s text" in sam.get(shared).text


def test_nobody_confirms_a_text_that_they_have_not_seen(as_, cast: Cast, shared: str) -> None:
    sam, max_ = as_(cast.ours.staff), as_(cast.ours.manager)
    max_.submit(shared, {"text-agreed_training_plan": "A", "text-agreed_support_plan": "B"}, button=f"{shared}/plans")
    seen = fields(sam, shared)
    max_.submit(shared, {"text-agreed_support_plan": "Changed"}, button=f"{shared}/plans")
    assert sam.post(f"{shared}/plans", data=seen | {"then": "confirm"}).status_code == 409
    assert shown(max_.get(shared)).count("Has not confirmed") == 2


def test_an_edit_clears_the_others_confirmation_but_words_on_a_difference_do_not(context: None, cast: Cast) -> None:
    ours = cast.ours
    form_id = make_shared(ours.tenant, ours.staff, ours.manager)
    confirm(ours.tenant, ours.manager, form_id)

    def save(plan: str, view: Typed) -> bool:
        with transaction(ours.tenant.scope(ours.staff, Role.STAFF)) as scope:
            plans = {"agreed_training_plan": Typed(plan, 1)}
            agreeing.save_plans(scope, form_id=form_id, plans=plans, view=view)
            return queries.get_form(scope, form_id).manager_confirmed_at is not None

    assert save("agreed_training_plan of both", Typed("I see it differently", 0))
    assert not save("Another plan", Typed("I see it differently", 1))


def test_confirming_twice_is_confirming_once(context: None, cast: Cast, superuser_engine: Engine) -> None:
    ours = cast.ours
    form_id = make_shared(ours.tenant, ours.staff, ours.manager)
    for _ in range(2):
        confirm(ours.tenant, ours.manager, form_id)
    with superuser_engine.connect() as connection:
        mails = connection.execute(
            text("SELECT to_address FROM email WHERE home_id = :id AND purpose = 'training_confirm'"), {"id": ours.tenant.id}
        )
        assert [row.to_address for row in mails] == [ours.staff.email]


def test_starting_twice_gives_one_form(as_, cast: Cast, superuser_engine: Engine) -> None:
    client = as_(cast.ours.colleague)
    page = client.get(f"{training(cast)}/")
    data = fields_of(page.text, f"{training(cast)}/start")
    assert [client.post(f"{training(cast)}/start", data=data).status_code for _ in range(2)] == [303, 303]
    assert rows(superuser_engine, "self_assessment", cast) == 1


# States


def test_sharing_can_be_taken_back_until_it_is_agreed(as_, cast: Cast, shared: str) -> None:
    sam, max_ = as_(cast.ours.staff), as_(cast.ours.manager)
    assert max_.get(shared).status_code == 200
    assert sam.submit(f"{training(cast)}/", button=f"{shared}/withdraw").status_code == 303
    assert max_.get(shared).status_code == 404
    assert cast.ours.staff.name not in max_.get(f"{training(cast)}/people").text


def test_what_is_agreed_stays_as_it_is_until_it_is_opened_again(context: None, cast: Cast) -> None:
    ours = cast.ours
    form_id = make_agreed(ours.tenant, ours.staff, ours.manager)
    changes = (
        lambda scope: agreeing.withdraw_form(scope, form_id=form_id),
        lambda scope: writing.delete_draft(scope, form_id=form_id),
        lambda scope: writing.save_own_answers(scope, form_id=form_id, typed={"strengths": Typed("x", 2)}),
        lambda scope: writing.save_marks(scope, form_id=form_id, marks={}),
        lambda scope: writing.take_level(scope, level=PracticeLevel.INFORMED, note=""),
        lambda scope: agreeing.share_form(scope, form_id=form_id, manager_id=ours.lead.membership_id or form_id),
    )
    for change in changes:
        with pytest.raises(Refused), transaction(ours.tenant.scope(ours.staff, Role.STAFF)) as scope:
            change(scope)
    for _ in range(2):
        with transaction(ours.tenant.scope(ours.manager, Role.MANAGER)) as scope:
            form = queries.get_form(scope, form_id)
            if form.state == FormState.AGREED:
                agreeing.reopen_form(scope, form_id=form_id)
    with transaction(ours.tenant.scope(ours.staff, Role.STAFF)) as scope:
        form = queries.get_form(scope, form_id)
        assert (form.state, form.worker_confirmed_at, form.manager_confirmed_at) == ("shared", None, None)
        assert len(queries.list_agreed_forms(scope)) == 1
        assert queries.count_needed_levels(scope)[PracticeLevel.SKILLED] == 1


def test_another_manager_does_not_read_what_the_first_saw_differently(context: None, app: Flask, as_, cast: Cast) -> None:
    ours = cast.ours
    form_id = make_shared(ours.tenant, ours.staff, ours.manager)
    confirm(ours.tenant, ours.manager, form_id, mark="heron7731")
    with transaction(ours.tenant.scope(ours.staff, Role.STAFF)) as scope:
        agreeing.withdraw_form(scope, form_id=form_id)
        agreeing.share_form(scope, form_id=form_id, manager_id=UUID(str(ours.lead.membership_id)))
    with transaction(ours.tenant.scope(ours.lead)) as scope:
        answers = queries.list_answers(scope, queries.get_form(scope, form_id))
        assert not [answer.code for answer in answers.values() if "view of" in answer.text]
    with transaction(ours.tenant.scope(ours.staff, Role.STAFF)) as scope:
        answers = queries.list_answers(scope, queries.get_form(scope, form_id))
        assert [answer.text for answer in answers.values() if "view of" in answer.text]


def test_only_a_manager_or_lead_of_the_organisation_can_be_chosen(as_, cast: Cast, draft: str) -> None:
    sam = as_(cast.ours.staff)
    data = fields(sam, f"{draft}/share", f"{draft}/share")
    for someone in (cast.ours.colleague, cast.ours.staff, cast.theirs.manager):
        answer = sam.post(f"{draft}/share", data=data | {"manager": str(someone.membership_id)})
        assert answer.status_code == 422
        assert "Choose one of the answers on this page" in shown(answer)
    assert sam.post(f"{draft}/share", data=data | {"manager": ""}).status_code == 422


def test_a_draft_can_be_deleted_for_good(as_, cast: Cast, draft: str, superuser_engine: Engine) -> None:
    assert as_(cast.ours.staff).submit(f"{draft}/delete").status_code == 303
    assert rows(superuser_engine, "self_assessment", cast) == rows(superuser_engine, "self_assessment_answer", cast) == 0


def test_own_words_are_never_replaced_by_marks(as_, cast: Cast, draft: str) -> None:
    sam = as_(cast.ours.staff)
    code = current_edition().statements[0].code
    sam.submit(f"{draft}/statements", {f"mark-{code}": "strength"})
    assert f"strengths of {cast.ours.staff.name}" in shown(sam.get(f"{draft}/strengths"))


def test_the_promise_and_the_edition_are_those_of_the_start(as_, cast: Cast, draft: str, superuser_engine: Engine) -> None:
    with superuser_engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE self_assessment SET promise = jsonb_set(promise, '{who}', '\"As promised back then\"') "
                "WHERE organisation_id = :id"
            ),
            {"id": cast.ours.tenant.id},
        )
    for page in ("", "/role", "/statements", "/strengths"):
        assert "As promised back then" in as_(cast.ours.staff).get(f"{draft}{page}").text


# Saved as typed


def test_what_is_typed_is_saved_and_the_versions_come_back(as_, cast: Cast, draft: str) -> None:
    sam = as_(cast.ours.staff)
    data = fields(sam, f"{draft}/role", f"{draft}/role")
    answer = sam.post(f"{draft}/role", data=data | {"text-remit": "Typed"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'name="version-remit" value="2"' in answer.text
    assert "Typed" in sam.get(f"{draft}/role").text


def test_a_clash_while_typing_comes_back_as_the_form(as_, cast: Cast, draft: str) -> None:
    sam = as_(cast.ours.staff)
    data = fields(sam, f"{draft}/strengths", f"{draft}/strengths")
    sam.submit(f"{draft}/strengths", {"text-strengths": "In the other tab"})
    answer = sam.post(f"{draft}/strengths", data=data | {"text-strengths": "In this tab"}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.text.lstrip().startswith("<form") and "data-autosave" not in answer.text
    assert "In the other tab" in answer.text and "In this tab" in answer.text


# Bad input


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text-remit", "before\x00after", "can't be stored"),
        ("text-remit", "x" * 20_001, "20,000 characters or fewer"),
        ("level", "grand-master", "Choose one of the answers on this page"),
        ("audiences", "everybody", "Choose one of the answers on this page"),
    ],
)
def test_what_cannot_be_saved_is_said_beside_what_was_typed(
    as_, cast: Cast, draft: str, field: str, value: str, words: str
) -> None:
    sam = as_(cast.ours.staff)
    answer = sam.submit(f"{draft}/role", {"text-role": "Kept words", field: value})
    assert answer.status_code == 422
    assert words in shown(answer) and "Kept words" in answer.text
    assert "Kept words" not in sam.get(f"{draft}/role").text


@pytest.mark.parametrize("version", ["", "-1", "one", "٣", "9" * 30])
def test_a_version_that_never_was_overwrites_nothing(as_, cast: Cast, draft: str, version: str) -> None:
    sam = as_(cast.ours.staff)
    answer = sam.submit(f"{draft}/role", {"text-remit": "Overwritten?", "version-remit": version})
    assert answer.status_code == 409
    assert f"remit of {cast.ours.staff.name}" in answer.text and "Overwritten?" in answer.text


@pytest.mark.parametrize("page", ["role", "statements", "strengths", "share", "delete"])
def test_a_page_that_was_open_too_long_keeps_what_was_typed(as_, cast: Cast, draft: str, page: str) -> None:
    sam = as_(cast.ours.staff)
    data = {"csrf_token": "stale", "text-remit": "Long thought", "text-strengths": "Long thought"}
    answer = sam.submit(f"{draft}/{page}", data)
    assert answer.status_code == 422
    assert "open too long" in shown(answer)
    if page in ("role", "strengths"):
        assert "Long thought" in answer.text


def test_a_form_cannot_be_agreed_before_there_is_something_to_agree(as_, cast: Cast, shared: str) -> None:
    typed = {"then": "confirm", "text-agreed_training_plan": "A day in spring"}
    answer = as_(cast.ours.manager).submit(shared, typed, button=f"{shared}/plans")
    assert answer.status_code == 422
    assert "Write something in both plans" in shown(answer)
    assert "A day in spring" in answer.text


# Roles, level finder, manager's and lead's pages


def test_wrong_roles_are_told_so_and_other_organisations_are_not_there(as_, cast: Cast) -> None:
    assert as_(cast.ours.staff).get(f"{training(cast)}/people").status_code == 403
    assert as_(cast.ours.staff).get(f"{training(cast)}/picture").status_code == 403
    assert as_(cast.ours.manager).get(f"{training(cast)}/picture").status_code == 403
    for page in ("/", "/level", "/people", "/picture", "/support"):
        assert as_(cast.theirs.lead).get(f"{training(cast)}{page}").status_code == 404


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("service=no&worker=no", "This suggests: Trauma Informed"),
        ("service=no&worker=yes", "This suggests: Trauma Skilled"),
        ("service=yes&worker=yes", "Which describes the work best?"),
        ("service=yes&worker=yes&closest=specialist", "This suggests: Trauma Specialist"),
        ("service=yes&worker=no&closest=enhanced", "The two sides differ"),
    ],
)
def test_the_level_finder_suggests(as_, cast: Cast, answers: str, words: str) -> None:
    assert words in shown(as_(cast.ours.staff).get(f"{training(cast)}/level?{answers}"))


@pytest.mark.parametrize(
    "answers",
    ["asked=service", "service=perhaps", "service=yes&worker=yes&closest=grand-master"],
)
def test_the_level_finder_says_what_it_cannot_take(as_, cast: Cast, answers: str) -> None:
    answer = as_(cast.ours.staff).get(f"{training(cast)}/level?{answers}")
    assert answer.status_code == 422
    assert "There is a problem" in shown(answer)


def test_a_suggestion_can_be_overruled_with_a_note(as_, cast: Cast) -> None:
    sam = as_(cast.ours.staff)
    address = f"{training(cast)}/level?service=no&worker=no"
    assert sam.submit(address, {"level": "enhanced", "note": "I advise colleagues"}).status_code == 303
    page = sam.get(f"{training(cast)}/")
    role = next(part for part in page.text.split('"') if part.endswith("/role"))
    assert "I advise colleagues" in sam.get(role).text
    assert sam.submit(address, {"level": "grand-master", "note": "Kept note"}).status_code == 422


def test_the_picture_shows_no_small_number_and_no_name(app: Flask, as_, cast: Cast) -> None:
    ours = cast.ours
    with app.app_context():
        for n in range(9):
            level = PracticeLevel.SKILLED if n < 7 else PracticeLevel.ENHANCED
            worker = make_member(ours.tenant, Role.STAFF, name=f"Worker number {n}")
            make_agreed(ours.tenant, worker, ours.manager, level=level, develop=1)
    page = shown(as_(ours.lead).get(f"{training(cast)}/picture"))
    # Nine in all, seven of them skilled: showing both would give the two away
    assert "Trauma Enhanced not shown" in page and "Trauma Specialist not shown" in page
    assert ("Trauma Skilled 7" in page) != ("All agreed forms 9" in page) or "Trauma Informed not shown" in page
    assert "Worker number" not in page


def test_pages_send_few_statements(app: Flask, as_, cast: Cast, shared: str) -> None:
    for someone, address, most in (
        (cast.ours.staff, f"{training(cast)}/", 8),
        (cast.ours.manager, shared, 7),
        (cast.ours.manager, f"{training(cast)}/people", 7),
        (cast.ours.lead, f"{training(cast)}/picture", 8),
    ):
        client = as_(someone)
        with counted(app) as statements:
            client.get(address)
        assert len(statements) <= most, (address, statements)


def fields(client: StrictClient, page: str, action: str | None = None) -> dict[str, object]:
    return fields_of(client.get(page).text, action or f"{page}/plans")


def fields_of(html: str, action: str) -> dict[str, object]:
    document = JustHTML(html, sanitize=False)
    return next(form_fields(form) for form in document.query("form") if form.attrs.get("action") == action)


def test_what_waits_for_whom(context: None, cast: Cast) -> None:
    ours = cast.ours
    form_id = make_shared(ours.tenant, ours.staff, ours.manager)

    def waiting(someone: Someone, role: Role) -> list[Waiting]:
        with transaction(ours.tenant.scope(someone, role)) as scope:
            return queries.list_waiting(scope)

    assert waiting(ours.staff, Role.STAFF) == [Waiting(form_id, mine=True, other_confirmed=False)]
    assert waiting(ours.manager, Role.MANAGER) == [Waiting(form_id, mine=False, other_confirmed=False)]
    assert waiting(ours.lead, Role.LEAD) == []
    confirm(ours.tenant, ours.manager, form_id)
    assert waiting(ours.staff, Role.STAFF) == [Waiting(form_id, mine=True, other_confirmed=True)]
    assert waiting(ours.manager, Role.MANAGER) == []
