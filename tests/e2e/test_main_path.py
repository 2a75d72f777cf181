"""The main path, as its people walk it: in a browser each, with a second factor, real mails and a real worker.

A coordinator makes an organisation; it audits itself, its staff agree plans, it scores a trainer's course; all of it reaches
the coordinator as a page, a PDF, an Excel file and a monthly mail.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from tests.e2e.browser import CHROMIUM, NO_CHROMIUM
from tests.e2e.path.joining import begin_partnership, found_organisation, invite_colleagues
from tests.e2e.path.reporting import GLANCE, SCHEDULED, let_a_month_pass, read_report, read_what_was_sent, schedule
from tests.e2e.path.working import assess, audit, list_course, score_course
from tests.e2e.product import Product, running_product
from tests.e2e.visitor import Visitor, visiting
from tests.factories.tenants import unique
from tests.services import Services

pytestmark = [pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM), pytest.mark.usefixtures("empty_queue")]


@pytest.fixture
def product(services: Services, superuser_engine: Engine, tmp_path: Path) -> Iterator[Product]:
    with running_product(services, superuser_engine, tmp_path / "worker.log", two_factor=True) as product:
        yield product


def _email(stem: str) -> str:
    return f"{unique(stem)}@example.org"


def test_from_the_first_invitation_to_the_monthly_report(product: Product, browser: Browser) -> None:
    region = unique("vale")

    def visit(name: str) -> AbstractContextManager[Visitor]:
        return visiting(browser, product.address, name, _email(name.split()[0].lower()))

    with (
        visit("Cora Lane") as coordinator,
        visit("Lena Moor") as lead,
        visit("Milo Reed") as manager,
        visit("Sanna Field") as staff,
        visit("Tariq Brook") as trainer,
    ):
        begin_partnership(product, region, coordinator)
        found_organisation(product, coordinator, lead)
        invite_colleagues(product, lead, manager, staff)
        audit(lead)
        assess(product, staff, manager)
        list_course(product, coordinator, trainer)
        score_course(lead)
        read_report(product, coordinator)
        schedule(coordinator)
        product.settle()
        already = len(product.letters(coordinator.email, 0))
        let_a_month_pass(product, region)
        product.sweep()
        product.letters(coordinator.email, already + 1)
        product.sweep()
        product.settle()
        letters = product.letters(coordinator.email, already)
        assert [SCHEDULED in letter.subject for letter in letters[already:]] == [True]
        assert GLANCE in " ".join(letters[-1].text.split())
        read_what_was_sent(coordinator, product.link_to(coordinator.email))
