"""A person's notices, and how they wish to be told."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.core.forms import ChoiceField, Form, choices_of
from tia_hub.core.identity import resolver
from tia_hub.core.notices.services import list_notices, mark_all_read
from tia_hub.core.notices.types import Topic, Wish
from tia_hub.core.notices.wishes import list_wishes, save_wishes
from tia_hub.core.pages import page, see
from tia_hub.core.policy import signed_in
from tia_hub.core.scope import IdentityScope

bp = Blueprint("notices", __name__)


class WishesForm(Form):
    """How somebody wishes to be told, topic by topic."""


for topic in Topic:
    setattr(
        WishesForm,
        topic.value,
        ChoiceField(
            topic.words,
            choices=choices_of(Wish),
            description=topic.hint,
            required=f"Choose how you wish to be told of this: {topic.words}",
        ),
    )


@bp.get("/notices")
@signed_in
def index(scope: IdentityScope) -> ResponseReturnValue:
    """What the person was told in all their places."""
    places = resolver().list_places(scope)
    names = {place.id: place.name for place in places}
    return page("accounts/notices.html", notices=list_notices(scope, places), names=names)


@bp.post("/notices")
@signed_in
def read(scope: IdentityScope) -> ResponseReturnValue:
    """Mark all of it as read."""
    mark_all_read(scope)
    return see("notices.index", "All notices are marked as read.")


def _wishes_page(form: WishesForm, status: int = 200) -> ResponseReturnValue:
    return page("accounts/notice_wishes.html", form=form, fields=[form[topic.value] for topic in Topic], status=status)


@bp.get("/account/notices")
@signed_in
def wishes(scope: IdentityScope) -> ResponseReturnValue:
    """The form of how the person wishes to be told."""
    chosen = {topic.value: wish.value for topic, wish in list_wishes(scope).items()}
    return _wishes_page(WishesForm(formdata=None, data=chosen))


@bp.post("/account/notices")
@signed_in
def save(scope: IdentityScope) -> ResponseReturnValue:
    """Keep it."""
    form = WishesForm()
    if not form.validate():
        return _wishes_page(form, status=422)
    save_wishes(scope, current_user.id, {topic: Wish(form[topic.value].data) for topic in Topic})
    return see("notices.wishes", "Your choice is saved.")
