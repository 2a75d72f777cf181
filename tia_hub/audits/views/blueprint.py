"""The blueprint of this room's pages."""

from flask import Blueprint

bp = Blueprint("audits", __name__)
