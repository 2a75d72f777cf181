"""Organisations that ask to join by themselves."""

import re
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from tests.factories.tenants import Region, unique
from tia_hub.core.scope import InvitationScope, JoiningScope, transaction
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.tenants.services.joining_requests import ask_back, confirm_request, send_request
from tia_hub.tenants.types.organisations import Sector


def leave_request(region: Region, name: str = "Lantern House", *, email: str | None = None) -> str:
    """Ask to join; the token that was mailed."""
    email = email or f"{unique('asker')}@example.org"
    token = new_token()
    with transaction(JoiningScope(partnership_id=region.id, token_hash=hash_token(token))) as scope:
        send_request(
            scope,
            token=token,
            partnership_name="Solent Vale",
            address=unique("address"),
            form_token=uuid4().hex,
            name=name,
            sector=Sector.CHARITY,
            headcount=12,
            area_ids=list(region.areas.values())[:1],
            asker_name="Asa Keen",
            asker_job="Director",
            asker_email=email,
            why="We work with people who sleep rough.",
        )
    return token


def make_confirmed_request(region: Region, engine: Engine, name: str = "Lantern House", *, email: str | None = None) -> UUID:
    """A request that the coordinator's office sees."""
    token = leave_request(region, name, email=email)
    with transaction(InvitationScope(token_hash=hash_token(token))) as scope:
        confirm_request(scope)
    with engine.connect() as connection:
        query = text("SELECT id FROM joining_request WHERE token_hash = :token")
        request_id: UUID = connection.execute(query, {"token": hash_token(token)}).scalar_one()
    return request_id


def ask_question(region: Region, engine: Engine) -> str:
    """A request about which a question was asked; the token that was mailed with it, which the superuser's engine reads."""
    email = f"{unique('asker')}@example.org"
    request_id = make_confirmed_request(region, engine, "Question House", email=email)
    with transaction(region.scope()) as scope:
        ask_back(scope, request_id, question="Who leads you?")
    with engine.connect() as connection:
        query = text("SELECT text_body FROM email WHERE to_address = :to AND purpose = 'joining_question'")
        found = re.search(r"/joining/([\w-]+)/answer", connection.execute(query, {"to": email}).scalar_one())
    assert found
    return found[1]
