"""The doors: who gets in, who is sent where, and that nothing is written when it should not be."""

import re

from tests.cast import Cast


def test_signed_out_is_asked_to_sign_in_and_comes_back(client, cast: Cast) -> None:
    answer = client.get(f"/o/{cast.ours.tenant.slug}/")
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next=/o/{cast.ours.tenant.slug}/"


def test_a_member_gets_in(as_, cast: Cast) -> None:
    assert as_(cast.ours.staff).get(f"/o/{cast.ours.tenant.slug}/").status_code == 200


def test_another_organisation_looks_as_if_it_did_not_exist(as_, cast: Cast) -> None:
    client = as_(cast.ours.lead)
    foreign = client.get(f"/o/{cast.theirs.tenant.slug}/")
    missing = client.get("/o/no-such-organisation/")
    assert foreign.status_code == missing.status_code == 404

    def said(page: str) -> str:
        # The token of forms is signed anew with each second.
        token = re.search(r'<meta name="csrf-token" content="([^"]+)">', page)
        assert token
        return page.replace(token[1], "")

    assert said(foreign.text).replace(cast.theirs.tenant.slug, "") == said(missing.text).replace("no-such-organisation", "")


def test_everybody_has_their_own_first_page(as_, cast: Cast) -> None:
    assert as_(cast.coordinator).get("/places").location == f"/p/{cast.region.slug}/"
    assert as_(cast.provider_user).get("/places").location == f"/provider/{cast.trainer.slug}/"
    assert as_(cast.ours.lead).get("/places").location == f"/o/{cast.ours.tenant.slug}/"


def test_a_body_of_json_is_no_form(as_, cast: Cast) -> None:
    client = as_(cast.ours.lead)
    for body in ("NaN", "[]", '{"name": "Outreach"}'):
        answer = client.post(f"/o/{cast.ours.tenant.slug}/teams/new", data=body, content_type="application/json")
        assert answer.status_code == 400
