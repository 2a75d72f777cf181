from flask import Blueprint

from tia_hub.core.pages import page
from tia_hub.core.policy import public

bp = Blueprint("framework", __name__, url_prefix="/framework")


@bp.get("/")
@public
def index():
    return page("home/about.html")
