"""Two people write in one criterion at the same moment: nobody's words are lost, and nobody's are overwritten unasked."""

import re
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from justhtml import JustHTML

from tests.cast import Cast
from tests.client import form_fields
from tests.factories.audits import make_audit
from tia_hub.audits.merging import Sent, digest
from tia_hub.audits.queries import list_entries
from tia_hub.audits.services.audits import open_audit
from tia_hub.audits.services.saving import save_entries, values_of
from tia_hub.core.scope import transaction

ROUNDS = 200


def test_no_update_is_lost(app: Flask, cast: Cast) -> None:
    """Two writers append a mark each round; one who meets a conflict reads again and repeats. In the end all are there."""
    tenant = cast.ours.tenant
    with app.app_context():
        audit_id = make_audit(tenant)

    def write(name: str) -> int:
        met = 0
        with app.app_context():
            for number in range(ROUNDS):
                with transaction(tenant.scope(), read_only=True) as scope:
                    text = list_entries(scope, audit_id, ["safety.1"])["safety.1"].journey
                while True:
                    with transaction(tenant.scope()) as scope:
                        audit = open_audit(scope, audit_id)
                        entries = list_entries(scope, audit_id, ["safety.1"])
                        sent = Sent({"journey": f"{text} {name}{number}"}, {"journey": digest(text)})
                        saved = save_entries(scope, audit=audit, entries=entries, sent={"safety.1": sent})
                        if not saved.conflicts:
                            break
                        met += 1
                        text = values_of(saved.entries["safety.1"])["journey"]
        return met

    with ThreadPoolExecutor(2) as pool:
        conflicts = sum(pool.map(write, ("a", "b")))
    with app.app_context(), transaction(tenant.scope()) as scope:
        entry = list_entries(scope, audit_id, ["safety.1"])["safety.1"]
    assert sorted(entry.journey.split()) == sorted(f"{name}{number}" for name in "ab" for number in range(ROUNDS))
    assert entry.version == 1 + 2 * ROUNDS
    assert conflicts > 0, "the two never met"


class Writer:
    """Somebody with a section's page open, whose browser saves one criterion as it is typed."""

    def __init__(self, client, section: str) -> None:
        self.client, self.section = client, section
        page = JustHTML(client.get(section).text, sanitize=False)
        (form,) = (form for form in page.query("form") if form.attrs.get("id") == "section")
        self.fields = form_fields(form)

    def save(self, **typed: str):
        self.fields |= {f"safety-1-{name.replace('_', '-')}": text for name, text in typed.items()}
        answer = self.client.post(
            self.section.rpartition("/")[0] + "/criteria/safety.1", data=self.fields, headers={"HX-Request": "true"}
        )
        for name, value in re.findall(r'type="hidden"[^>]* name="(safety-1-[^"]+)" value="([^"]*)"', answer.text):
            self.fields[name] = value
        return answer


def two_writers(app: Flask, as_, cast: Cast) -> tuple[Writer, Writer, str]:
    with app.app_context():
        audit_id = make_audit(cast.ours.tenant)
    section = f"/o/{cast.ours.tenant.slug}/audits/{audit_id}/safety"
    return Writer(as_(cast.ours.lead), section), Writer(as_(cast.ours.lead), section), section


def stored(app: Flask, cast: Cast, section: str) -> dict[str, str]:
    with app.app_context(), transaction(cast.ours.tenant.scope()) as scope:
        return values_of(list_entries(scope, section.split("/")[-2], ["safety.1"])["safety.1"])


def test_different_fields_do_not_get_in_each_others_way(app: Flask, as_, cast: Cast) -> None:
    one, other, section = two_writers(app, as_, cast)
    assert one.save(journey="Mine").status_code == 200
    assert other.save(evidence="Theirs").status_code == 200
    assert one.save(rating="amber").status_code == 200
    assert stored(app, cast, section) == {"rating": "amber", "reason": "", "journey": "Mine", "evidence": "Theirs"}


def test_the_second_sees_both_texts_and_nothing_is_overwritten(app: Flask, as_, cast: Cast) -> None:
    one, other, section = two_writers(app, as_, cast)
    one.save(journey="What one wrote")
    answer = other.save(journey="What the other wrote")
    assert answer.status_code == 409
    assert "What one wrote" in answer.text
    assert "What the other wrote" in answer.text
    assert "Ours Lena Lead saved this meanwhile" in answer.text
    assert other.save(journey="What the other wrote, and more").status_code == 409, "a choice is needed first"
    assert stored(app, cast, section)["journey"] == "What one wrote"


def test_keeping_mine_or_theirs(app: Flask, as_, cast: Cast) -> None:
    one, other, section = two_writers(app, as_, cast)
    one.save(journey="What one wrote", rating="red")
    other.save(journey="What the other wrote", rating="green")
    answer = other.save(keep_journey="mine", keep_rating="theirs")
    assert answer.status_code == 200
    assert 'value="red" checked' in answer.text
    assert stored(app, cast, section)["journey"] == "What the other wrote"
    assert stored(app, cast, section)["rating"] == "red"
    assert one.save(journey="One goes on").status_code == 409
    assert one.save(keep_journey="theirs").status_code == 200
    assert stored(app, cast, section)["journey"] == "What the other wrote"


def test_a_choice_is_asked_again_when_there_is_a_third_text(app: Flask, as_, cast: Cast) -> None:
    one, other, section = two_writers(app, as_, cast)
    one.save(journey="First")
    other.save(journey="Second")
    one.save(journey="Third")
    answer = other.save(keep_journey="mine")
    assert answer.status_code == 409
    assert "Third" in answer.text
    assert stored(app, cast, section)["journey"] == "Third"


def test_without_javascript_a_section_with_a_conflict_comes_back_whole(app: Flask, as_, cast: Cast) -> None:
    one, other, section = two_writers(app, as_, cast)
    one.save(journey="What one wrote")
    fields = other.fields | {"safety-1-journey": "What the other wrote", "safety-2-journey": "Further words"}
    answer = other.client.post(section, data=fields)
    assert answer.status_code == 409
    for text in ("What one wrote", "What the other wrote", "Further words", "Nothing on this page is saved yet"):
        assert text in answer.text
    (form,) = (each for each in JustHTML(answer.text, sanitize=False).query("form") if each.attrs.get("id") == "section")
    answer = other.client.post(section, data=form_fields(form) | {"safety-1-keep-journey": "mine"})
    assert answer.status_code == 303
    page = other.client.get(section).text
    assert "What the other wrote" in page
    assert "Further words" in page
    assert "What one wrote" not in page
