"""The whole way: level finder, self-assessment, sharing, the plans of both, the copy that is kept."""

import re

from justhtml import JustHTML

from tests.cast import Cast
from tia_hub.framework.loader import current_edition


def base(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/training"


def form_address(client, cast: Cast) -> str:
    found = re.search(rf"{base(cast)}/forms/[0-9a-f-]{{36}}", client.get(f"{base(cast)}/").text)
    assert found
    return found[0]


def text(answer) -> str:
    return " ".join(JustHTML(answer.text, sanitize=False).to_text().split())


def test_a_worker_and_their_manager_agree_two_plans(as_, cast: Cast) -> None:
    sam, max_ = as_(cast.ours.staff), as_(cast.ours.manager)
    edition = current_edition()

    # The level finder suggests, and its level is taken along
    found = sam.get(f"{base(cast)}/level?service=no&worker=yes&job=teacher")
    assert "This suggests: Trauma Skilled" in text(found)
    assert "Teachers: Trauma Skilled" in text(found)
    taken = sam.submit(
        f"{base(cast)}/level?service=no&worker=yes",
        {"level": "skilled", "note": "I meet people at the front desk"},
    )
    assert taken.status_code == 303
    form = form_address(sam, cast)
    role = sam.get(f"{form}/role")
    assert "I meet people at the front desk" in text(role)
    for prompt in edition.self_assessment.prompts[:3]:
        assert prompt.text in text(role)
    assert (
        sam.submit(f"{form}/role", {"text-remit": "We help people find a home", "text-role": "Front desk"}).status_code == 303
    )

    # Marked statements become the start of strengths and development
    code = next(each.code for each in edition.statements if each.code.startswith("skilled.do"))
    sam.submit(f"{form}/statements", {f"mark-{code}": "development"})
    strengths = sam.get(f"{form}/strengths")
    assert f"- {edition.statement(code).text}" in text(strengths)
    sam.submit(f"{form}/strengths", {"text-strengths": "I listen"})

    # Until it is shared it does not exist for the manager
    assert max_.get(form).status_code == 404
    assert "Nobody has shared" in text(max_.get(f"{base(cast)}/people"))
    sharing = sam.get(f"{form}/share")
    assert f'value="{cast.ours.manager.membership_id}" selected' in sharing.text
    assert sam.submit(f"{form}/share").status_code == 303

    # Both write the plans; a change clears what was confirmed
    people = max_.get(f"{base(cast)}/people")
    assert cast.ours.staff.name in people.text
    assert "I listen" in text(max_.get(form))
    plan = {"text-agreed_training_plan": "A day's course by June", "text-agreed_support_plan": "Monthly supervision"}
    assert max_.submit(form, plan | {"then": "confirm"}, button=f"{form}/plans").status_code == 303
    assert text(sam.get(form)).count("Has not confirmed") == 1
    changed = {"text-agreed_support_plan": "Supervision every two weeks", "text-view": "I would like more"}
    sam.submit(form, changed | {"then": "confirm"}, button=f"{form}/plans")
    page = text(max_.get(form))
    assert page.count("Has not confirmed") == 1
    assert "I would like more" in page
    max_.submit(form, {"then": "confirm"}, button=f"{form}/plans")
    assert "Agreed by both" in text(sam.get(form))

    # The copy is kept, for both
    for client, place in ((sam, f"{base(cast)}/"), (max_, f"{base(cast)}/people")):
        copy = re.search(rf"{base(cast)}/agreed/[0-9a-f-]{{36}}", client.get(place).text)
        assert copy
        kept = text(client.get(copy[0]))
        for words in ("Supervision every two weeks", "We help people find a home", "I would like more", cast.ours.staff.name):
            assert words in kept

    # Nothing can be changed until it is opened again, which clears both
    assert sam.post(f"{form}/plans", data={}).status_code in (400, 422)
    assert sam.submit(form, button=f"{form}/reopen").status_code == 303
    assert text(max_.get(form)).count("Has not confirmed") == 2
    assert max_.get(copy[0]).status_code == 200
