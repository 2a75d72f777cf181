"""Organisations that ask to join by themselves: asked from outside, confirmed by e-mail, decided by the coordinator's office.

Whoever asks gets the same answer whatever is known here: nothing is looked up that the answer could give away.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.mail.services import link, post, post_to_stranger
from tia_hub.core.scope import InvitationScope, JoiningScope, PartnershipScope
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.core.trail import record
from tia_hub.tenants.models.organisations import JoiningRequest, JoiningTry
from tia_hub.tenants.models.partnerships import Partnership
from tia_hub.tenants.queries.joining_requests import count_joining_tries, get_request
from tia_hub.tenants.services.invitations import invite_lead
from tia_hub.tenants.services.organisations import create_organisation
from tia_hub.tenants.types.organisations import RequestState, Sector

CONFIRM_WITHIN = timedelta(days=2)
ANSWER_WITHIN = timedelta(days=14)
ADDRESS_PERIOD, MOST_FROM_ADDRESS = timedelta(hours=1), 5
DAY = timedelta(days=1)
MOST_TO_PARTNERSHIP, MOST_TO_RECIPIENT = 50, 3
"""Requests in a day: to one partnership; and mails to one address, whose owner may have asked for nothing."""

OPEN = (RequestState.WAITING, RequestState.ASKED)


class TooMany(Refused):
    """Too many requests came from one network address, or to one partnership."""


def send_request(
    scope: JoiningScope,
    *,
    token: str,
    partnership_name: str,
    address: str,
    form_token: str,
    name: str,
    sector: Sector,
    headcount: int,
    area_ids: Iterable[UUID],
    asker_name: str,
    asker_job: str,
    asker_email: str,
    why: str,
) -> None:
    """Leave a request, and mail the link with its token; once, however often one form is sent. Raises TooMany."""
    if not _take_try(scope, address=address, recipient=hashlib.sha256(asker_email.encode()).hexdigest()):
        return
    request_id = uuid4()
    left = scope.session.scalar(
        insert(JoiningRequest)
        .values(
            id=request_id,
            partnership_id=scope.partnership_id,
            form_token=form_token,
            state=RequestState.UNCONFIRMED,
            name=name,
            sector=sector,
            headcount=headcount,
            area_ids=[str(area_id) for area_id in area_ids],
            asker_name=asker_name,
            asker_job=asker_job,
            asker_email=asker_email,
            why=why,
            token_hash=scope.token_hash,
            expires_at=now() + CONFIRM_WITHIN,
            question="",
            answer="",
            reason="",
            decided_by="",
        )
        .on_conflict_do_nothing(index_elements=["partnership_id", "form_token"])
        .returning(JoiningRequest.id)
    )
    if left is not None:
        post_to_stranger(
            scope,
            request_id=request_id,
            to=asker_email,
            subject=f"Confirm that {name} asks to join {partnership_name}",
            template="joining_confirm",
            context={
                "name": asker_name,
                "organisation": name,
                "partnership": partnership_name,
                "link": link("tenants.joining_link", token=token),
            },
        )


def _take_try(scope: JoiningScope, *, address: str, recipient: str) -> bool:
    """Count a request before it is left; False where its recipient got enough mails today. Raises TooMany."""
    # One after the other, so that fifty at once are not five.
    scope.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"join:{scope.partnership_id}", 0))))
    instant = now()
    from_address, to_recipient, in_all = count_joining_tries(
        scope, address=address, recipient=recipient, address_since=instant - ADDRESS_PERIOD, since=instant - DAY
    )
    if from_address >= MOST_FROM_ADDRESS or in_all >= MOST_TO_PARTNERSHIP:
        raise TooMany("Too many requests came in. Try again tomorrow, or write to the partnership’s office.")
    scope.session.execute(
        delete(JoiningTry).where(JoiningTry.partnership_id == scope.partnership_id, JoiningTry.created_at < instant - DAY)
    )
    scope.session.add(JoiningTry(id=uuid4(), partnership_id=scope.partnership_id, address=address, recipient=recipient))
    return to_recipient < MOST_TO_RECIPIENT


def _use_token(scope: InvitationScope, state: RequestState, **values: object) -> None:
    """Take a request on by the token that was mailed, once. Raises NotFound where it was used, replaced or is too old."""
    used = scope.session.scalar(
        update(JoiningRequest)
        .where(
            JoiningRequest.token_hash == scope.token_hash,
            JoiningRequest.state == state,
            JoiningRequest.expires_at > func.now(),
        )
        .values(state=RequestState.WAITING, **values)
        .returning(JoiningRequest.id)
    )
    if used is None:
        raise NotFound


def confirm_request(scope: InvitationScope) -> None:
    """The address is known to be its owner's: from now on the coordinator's office sees the request. Raises NotFound."""
    _use_token(scope, RequestState.UNCONFIRMED, confirmed_at=func.now())


def answer_question(scope: InvitationScope, *, answer: str) -> None:
    """Answer what the coordinator's office asked back. Raises NotFound."""
    _use_token(scope, RequestState.ASKED, answer=answer)


def _open(scope: PartnershipScope, request_id: UUID) -> JoiningRequest:
    request = get_request(scope, request_id, lock=True)
    if request.state not in OPEN:
        state = RequestState(request.state).words.lower()
        raise Refused(f"The request of {request.name} is {state} already, by {request.decided_by}.")
    return request


def _decide(scope: PartnershipScope, request: JoiningRequest, state: RequestState) -> None:
    request.state, request.decided_at, request.decided_by = state, now(), scope.actor.name


def approve_request(
    scope: PartnershipScope, request_id: UUID, *, name: str, sector: Sector, headcount: int, area_ids: Iterable[UUID]
) -> UUID:
    """Make the organisation, and invite who asked as its lead. Raises NotFound, and Refused (decided already, name taken)."""
    request = _open(scope, request_id)
    organisation_id = create_organisation(scope, name=name, sector=sector, headcount=headcount, area_ids=area_ids)
    scope.session.flush()
    invite_lead(scope, organisation_id, email=request.asker_email, name=request.asker_name)
    _decide(scope, request, RequestState.APPROVED)
    request.made_id = organisation_id
    record(scope, "joining_request.approved", f"Approved the request of {name} to join", target_id=request.id)
    return organisation_id


def ask_back(scope: PartnershipScope, request_id: UUID, *, question: str) -> JoiningRequest:
    """Mail a question to who asked, with a link to answer it; an earlier link is dead. Raises NotFound, Refused."""
    request = _open(scope, request_id)
    token = new_token()
    request.state, request.question, request.answer = RequestState.ASKED, question, ""
    request.token_hash, request.expires_at = hash_token(token), now() + ANSWER_WITHIN
    post(
        scope,
        to=request.asker_email,
        subject=f"A question about {request.name} joining {scope.name}",
        template="joining_question",
        context={
            "name": request.asker_name,
            "organisation": request.name,
            "office": scope.name,
            "coordinator": scope.actor.name,
            "question": question,
            "link": link("tenants.joining_question", token=token),
            "expires_at": request.expires_at,
        },
    )
    record(scope, "joining_request.asked", f"Asked {request.name} a question about joining", target_id=request.id)
    return request


def decline_request(scope: PartnershipScope, request_id: UUID, *, reason: str) -> JoiningRequest:
    """Decline a request; who asked is told why. Raises NotFound, Refused."""
    request = _open(scope, request_id)
    _decide(scope, request, RequestState.DECLINED)
    request.reason = reason
    post(
        scope,
        to=request.asker_email,
        subject=f"{request.name} can’t join {scope.name} at present",
        template="joining_declined",
        context={
            "name": request.asker_name,
            "organisation": request.name,
            "office": scope.name,
            "coordinator": scope.actor.name,
            "reason": reason,
        },
    )
    record(scope, "joining_request.declined", f"Declined the request of {request.name} to join", target_id=request.id)
    return request


def set_takes_requests(scope: PartnershipScope, *, takes: bool) -> None:
    """Open or close the public page on which organisations ask to join."""
    scope.session.execute(update(Partnership).where(Partnership.id == scope.partnership_id).values(takes_requests=takes))
    record(
        scope,
        "partnership.requests",
        "Let organisations ask to join by themselves" if takes else "Closed the page on which organisations ask to join",
    )
