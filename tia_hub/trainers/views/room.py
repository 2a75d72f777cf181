"""The blueprint that the room's journeys share."""

from flask import Blueprint

bp = Blueprint("trainers", __name__)
