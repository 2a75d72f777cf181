"""What commands are given, checked before anything is done with it: a fault is exit code 2."""

import re

import click

from tia_hub.core.forms import LINE, clean_text, fault_in_text

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """A part of addresses."""
    if not SLUG.fullmatch(value) or len(value) > 60:
        raise click.BadParameter("use small letters, digits and single hyphens, 60 at most")
    return value


def optional_slug(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A part of addresses, if one is given."""
    return None if value is None else slug(context, parameter, value)


def line(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """One line of text."""
    value = clean_text(value)
    fault = fault_in_text(value, LINE) or (None if value and "\n" not in value else "this must be one line of text")
    if fault:
        raise click.BadParameter(fault)
    return value


def optional_line(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """One line of text, or nothing."""
    return line(context, parameter, value) if value.strip() else ""


def address(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """An email address, in lower case."""
    value = value.strip().lower()
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", value):
        raise click.BadParameter("this is not an email address")
    return value
