"""The blueprint of the pages that belong to no single room."""

from flask import Blueprint

bp = Blueprint("home", __name__)
