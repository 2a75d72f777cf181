"""How people wish to be told by mail. Only they themselves read and write it; no place learns of it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now, today
from tia_hub.core.notices.models import NoticeWish
from tia_hub.core.notices.types import Topic, Wish
from tia_hub.core.schedules.recurrence import instant
from tia_hub.core.scope import DispatchScope, IdentityScope

DAILY_AT = time(7)
ZONE = "Europe/London"


def list_wishes(scope: IdentityScope) -> dict[Topic, Wish]:
    """How the signed-in person wishes to be told of each topic."""
    chosen = {wish.topic: wish.wish for wish in scope.session.scalars(select(NoticeWish))}
    return {topic: Wish(chosen.get(topic, Wish.AT_ONCE)) for topic in Topic}


def save_wishes(scope: IdentityScope, person_id: UUID, wishes: Mapping[Topic, Wish]) -> None:
    """Keep how the signed-in person wishes to be told."""
    statement = insert(NoticeWish).values(
        [{"person_id": person_id, "topic": topic, "wish": wish} for topic, wish in wishes.items()]
    )
    scope.session.execute(
        statement.on_conflict_do_update(index_elements=["person_id", "topic"], set_={"wish": statement.excluded.wish})
    )


def find_wish(scope: DispatchScope, person_id: UUID, topic: str) -> Wish:
    """How somebody wishes to be told of a topic, for whoever is about to send them a mail."""
    query = select(NoticeWish.wish).where(NoticeWish.person_id == person_id, NoticeWish.topic == topic)
    return Wish(scope.session.scalar(query) or Wish.AT_ONCE)


def next_daily_mail() -> datetime:
    """The instant of the next daily mail."""
    day = today()
    moment = instant(day, DAILY_AT, ZONE)
    return moment if moment > now() else instant(day + timedelta(days=1), DAILY_AT, ZONE)
