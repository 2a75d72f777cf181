"""The pages of audits: what each role gets, what comes of bad input, and what a page costs."""

import gzip

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.audits import make_audit, make_shared_audit, rated
from tests.factories.tenants import make_team
from tests.statements import counted
from tia_hub.framework.loader import current_edition


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/audits"


@pytest.fixture
def audit(app: Flask, cast: Cast, home: str) -> str:
    """The address of an audit in progress."""
    with app.app_context():
        return f"{home}/{make_audit(cast.ours.tenant, entries=rated(green=2, amber=1, red=1))}"


def test_the_lead_goes_from_nothing_to_a_shared_audit(as_, cast: Cast, home: str) -> None:
    lead = as_(cast.ours.lead)
    assert "Start your first audit" in lead.get(home).text
    audit = lead.submit(f"{home}/start", {"title": "Spring audit"}).location
    assert "Criteria rated: 0 of 46" in lead.get(audit).text
    words = {
        "safety-1-rating": "amber",
        "safety-1-journey": "Staff ask what happened,\nnot what is wrong",
        "safety-1-evidence": "Induction <b>plan</b>",
        "safety-2-rating": "not_applicable",
        "safety-2-reason": "No building of our own",
        "safety-journey": "We have begun",
    }
    assert lead.submit(f"{audit}/safety", words).status_code == 303
    assert lead.submit(f"{audit}/overall", {"overall-journey": "A start is made"}).status_code == 303
    page = lead.get(audit).text
    assert "Criteria rated: 2 of 46" in page
    for said in (
        "not what is wrong",
        "Induction &lt;b&gt;plan&lt;/b&gt;",
        "No building of our own",
        "We have begun",
        "A start is made",
    ):
        assert said in page
    before = lead.get(f"{audit}/submit").text
    assert "8 of 10 criteria not rated yet" in before
    assert "Submit it as it is" in before
    assert lead.submit(f"{audit}/submit").location == audit
    assert "submitted before it was complete" in lead.get(audit).text
    preview = lead.get(f"{audit}/share").text
    assert "Amber – part of the way" in preview
    for private in ("Staff ask", "Induction", "We have begun", "A start is made", "No building", "Spring audit</dd>"):
        assert private not in preview
    assert lead.submit(f"{audit}/share").location == audit
    assert "shared with the coordinator" in lead.get(home).text
    assert lead.submit(audit, button=f"{audit}/withdraw").location == audit
    assert lead.submit(f"{audit}/reopen", {"reason": "Night staff were left out"}).location == audit
    assert "Night staff were left out" in lead.get(audit).text


def test_a_team_is_audited_beside_the_organisation(app: Flask, as_, cast: Cast, home: str) -> None:
    with app.app_context():
        team = make_team(cast.ours.tenant, "Night shelter")
    lead = as_(cast.ours.lead)
    audit = lead.submit(f"{home}/start", {"part": str(team)}).location
    assert "Night shelter" in lead.get(audit).text
    assert lead.submit(f"{home}/start", {"part": str(team)}).location == audit, "one in progress"
    assert lead.submit(f"{home}/start").location != audit


def test_everybody_in_the_organisation_reads_and_leads_write(as_, cast: Cast, home: str, audit: str) -> None:
    for someone in (cast.ours.staff, cast.ours.manager):
        reader = as_(someone)
        assert audit in reader.get(home).text
        page = reader.get(audit)
        assert page.status_code == 200
        assert f"{audit}/" not in page.text, "no link to what is not open"
        for path in (f"{home}/start", f"{audit}/safety", f"{audit}/submit", f"{audit}/share", f"{audit}/reopen"):
            assert reader.get(path).status_code == 403
        for path in (f"{audit}/withdraw", f"{audit}/criteria/safety.1", f"{audit}/safety", f"{audit}/submit"):
            assert reader.post(path, data={"csrf_token": "x"}).status_code == 403


def test_nobody_elsewhere_finds_it(as_, cast: Cast, home: str, audit: str) -> None:
    moved = audit.replace(cast.ours.tenant.slug, cast.theirs.tenant.slug)
    for path in ("", "/safety", "/submit", "/share", "/reopen"):
        assert as_(cast.theirs.lead).get(audit + path).status_code == 404
        assert as_(cast.theirs.lead).get(moved + path).status_code == 404
        assert as_(cast.coordinator).get(audit + path).status_code == 404
    for path in ("/nowhere", "/criteria/safety.1"):
        assert as_(cast.ours.lead).get(audit + path).status_code in (404, 405)


def save(client, audit: str, code: str = "safety.1", **fields: str):
    """Save one entry as its page does."""
    prefix = code.replace(".", "-")
    page = client.get(f"{audit}/{code.partition('.')[0]}").text
    token = page.split('name="csrf_token" value="')[-1].split('"')[0]
    seen = page.split(f'name="{prefix}-seen" value="')[1].split('"')[0]
    data = {"csrf_token": token, f"{prefix}-seen": seen} | {f"{prefix}-{name}": value for name, value in fields.items()}
    return client.post(f"{audit}/criteria/{code}", data=data, headers={"HX-Request": "true"})


def test_a_criterion_is_saved_as_it_is_typed(as_, cast: Cast, audit: str) -> None:
    lead = as_(cast.ours.lead)
    answer = save(lead, audit, "safety.5", rating="green", journey="In place", evidence="")
    assert answer.status_code == 200
    assert "1 of 10 criteria rated without evidence (1 of them green)" in answer.text
    assert "In place" in lead.get(audit).text
    assert save(lead, audit, "safety", journey="A summary").status_code == 200
    assert save(lead, audit, "overall", journey="The whole").status_code == 200
    assert "The whole" in lead.get(audit).text


def test_only_what_was_changed_gets_a_new_version(as_, cast: Cast, audit: str, superuser_engine: Engine) -> None:
    def versions() -> dict[str, int]:
        with superuser_engine.connect() as connection:
            rows = connection.execute(
                text("SELECT code, version FROM audit_entry WHERE audit_id = :id"), {"id": audit.rpartition("/")[2]}
            )
            return dict(rows.all())

    before = versions()
    as_(cast.ours.lead).submit(f"{audit}/safety", {"safety-3-evidence": "Minutes of May"})
    assert {code for code, version in versions().items() if version != before[code]} == {"safety.3"}
    as_(cast.ours.lead).submit(f"{audit}/safety")
    assert versions()["safety.3"] == before["safety.3"] + 1


def test_a_submitted_audit_is_not_changed_and_what_was_typed_is_kept(app: Flask, as_, cast: Cast, home: str) -> None:
    with app.app_context():
        audit = f"{home}/{make_audit(cast.ours.tenant)}"
    lead, other = as_(cast.ours.lead), as_(cast.ours.lead)
    page = lead.get(f"{audit}/safety").text
    token = page.split('name="csrf_token" value="')[-1].split('"')[0]
    other.submit(f"{audit}/submit")
    for path in ("/safety", "/criteria/safety.1"):
        answer = lead.post(audit + path, data={"csrf_token": token, "safety-1-journey": "Too late"})
        assert answer.status_code == 409
        assert "was submitted" in answer.text
        assert "Too late" in answer.text
    assert lead.get(f"{audit}/safety").location == f"{audit}#safety"


def test_sharing_before_submitting_is_refused_in_words(as_, cast: Cast, audit: str) -> None:
    lead = as_(cast.ours.lead)
    assert lead.get(f"{audit}/share").status_code == 409
    token = lead.get(f"{audit}/submit").text.split('name="csrf_token" value="')[-1].split('"')[0]
    answer = lead.post(f"{audit}/share", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "Submit it before you share it" in answer.text


def test_sending_twice_has_one_effect(as_, cast: Cast, audit: str, superuser_engine: Engine) -> None:
    lead = as_(cast.ours.lead)
    token = lead.get(f"{audit}/submit").text.split('name="csrf_token" value="')[-1].split('"')[0]
    for path in ("submit", "submit", "share", "share", "withdraw", "withdraw"):
        assert lead.post(f"{audit}/{path}", data={"csrf_token": token}).location == audit
    with superuser_engine.connect() as connection:
        actions = connection.execute(
            text("SELECT action FROM trail_event WHERE home_id = :home ORDER BY created_at"), {"home": cast.ours.tenant.id}
        )
        assert [action for (action,) in actions] == ["audit.started", "audit.submitted", "audit.shared", "audit.withdrawn"]


BAD = [
    ("safety-1-journey", "a\x00b", "character that can&#39;t be stored"),
    ("safety-1-evidence", "x" * 20_001, "20,000 characters or fewer"),
    ("safety-2-reason", "x" * 501, "500 characters or fewer"),
    ("safety-2-reason", "two\nlines", "must be one line"),
    ("safety-1-rating", "purple", "Choose one of the answers"),
    ("safety-journey", "\ud800", "character that can&#39;t be stored"),
]


@pytest.mark.parametrize(("field", "value", "words"), BAD)
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(
    as_, cast: Cast, audit: str, field: str, value: str, words: str
) -> None:
    lead = as_(cast.ours.lead)
    sent = value.encode("utf-8", "surrogatepass")
    answer = lead.submit(f"{audit}/safety", {"safety-4-journey": "Words to keep", field: sent.decode("utf-8", "replace")})
    assert answer.status_code == 422
    assert words in answer.text.replace("’", "&#39;").replace("'", "&#39;")
    assert f'href="#{field}"' in answer.text
    assert "Words to keep" in answer.text
    assert "Words to keep" not in lead.get(audit).text, "all or nothing"


def test_bad_input_of_one_criterion_comes_back_as_its_form(as_, cast: Cast, audit: str) -> None:
    answer = save(as_(cast.ours.lead), audit, journey="a\x01b", rating="red")
    assert answer.status_code == 422
    assert answer.text.startswith("<fieldset")
    assert 'id="safety-1-journey-error"' in answer.text


def test_a_form_without_its_token_comes_back_with_what_was_typed(as_, cast: Cast, audit: str, home: str) -> None:
    lead = as_(cast.ours.lead)
    answer = lead.submit(f"{audit}/safety", {"csrf_token": "stale", "safety-1-journey": "Long thoughts"})
    assert answer.status_code == 422
    assert "open too long" in answer.text
    assert "Long thoughts" in answer.text
    assert "Long thoughts" not in lead.get(audit).text
    assert lead.submit(f"{home}/start", {"csrf_token": "", "title": "My title"}).status_code == 422


def test_a_bad_start_is_said_in_place(as_, cast: Cast, home: str) -> None:
    lead = as_(cast.ours.lead)
    for data, words in (
        ({"title": ""}, "Enter a name for the audit"),
        ({"title": "x" * 101}, "100 characters or fewer"),
        ({"part": "nobody"}, "Choose one of the answers"),
        ({"part": ""}, "Choose the whole organisation or a team"),
    ):
        answer = lead.submit(f"{home}/start", data)
        assert answer.status_code == 422
        assert words in answer.text


def test_reopening_asks_for_a_reason(app: Flask, as_, cast: Cast, home: str) -> None:
    with app.app_context():
        audit = f"{home}/{make_shared_audit(cast.ours.tenant)}"
    answer = as_(cast.ours.lead).submit(f"{audit}/reopen", {"reason": " "})
    assert answer.status_code == 422
    assert "Enter the reason for reopening" in answer.text


def full(length: int) -> dict[str, dict[str, str]]:
    """Every entry filled with this many characters a field."""
    sentence = "Our staff meet people with care, and we look after each other as well. "
    words = (sentence * (length // len(sentence) + 1))[: length - 1] + "."
    edition = current_edition()
    return {
        **{each.code: {"rating": "green", "journey": words, "evidence": words} for each in edition.criteria},
        **{each.code: {"journey": words} for each in edition.principles},
        "overall": {"journey": words},
    }


def test_the_whole_audit_takes_few_statements_and_stays_light(app: Flask, as_, cast: Cast, home: str) -> None:
    with app.app_context():
        audit = f"{home}/{make_audit(cast.ours.tenant, entries=full(1500))}"
    lead = as_(cast.ours.lead)
    with counted(app) as statements:
        page = lead.get(audit)
    assert len(statements) <= 6
    assert len(page.data) <= 250_000
    assert len(gzip.compress(page.data)) <= 60_000
    criteria = page.data[page.data.index(b'id="overall"') : page.data.index(b"</main>")]
    assert (len(criteria) - (46 * 2 + 6) * 1500) / 46 < 600, "bytes of markup a criterion, its own words included"


def test_saving_a_criterion_takes_few_statements(app: Flask, as_, cast: Cast, audit: str) -> None:
    lead = as_(cast.ours.lead)
    page = lead.get(f"{audit}/safety").text
    data = {
        "csrf_token": page.split('name="csrf_token" value="')[-1].split('"')[0],
        "safety-1-seen": page.split('name="safety-1-seen" value="')[1].split('"')[0],
        "safety-1-journey": "Further on",
    }
    with counted(app) as statements:
        answer = lead.post(f"{audit}/criteria/safety.1", data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert len(statements) <= 8


def test_the_list_takes_as_many_statements_however_many_audits_there_are(app: Flask, as_, cast: Cast, home: str) -> None:
    with app.app_context():
        for _ in range(3):
            make_shared_audit(cast.ours.tenant)
    with counted(app) as statements:
        assert as_(cast.ours.staff).get(home).status_code == 200
    assert len(statements) <= 6
