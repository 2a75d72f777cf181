"""Addresses in mails come from the settings, never from what a request claims."""

from flask import Flask

from tia_hub.core.mail.services import link


def test_a_forged_host_does_not_reach_a_mail(app: Flask) -> None:
    with app.test_request_context("/", headers={"Host": "evil.example"}):
        assert link("home.about") == "http://localhost/about"


def test_a_worker_can_write_addresses_too(app: Flask) -> None:
    with app.app_context():
        assert link("home.work", organisation="harbour-trust") == "http://localhost/o/harbour-trust/"
