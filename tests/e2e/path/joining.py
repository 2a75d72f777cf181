"""How everybody comes in: by the operator's command, and by invitations."""

import re

from tests.accounts.conftest import PASSWORD
from tests.e2e.product import Product
from tests.e2e.visitor import Visitor

ORGANISATION = "Harbour Lights Housing Trust"


def begin_partnership(product: Product, region: str, coordinator: Visitor) -> None:
    """The operator makes a partnership and its coordinator, who chooses a password and sets up a second factor."""
    product.operate("partnership", "create", "--name", "Vale Partnership", "--slug", region, "--area", "North")
    who = ("--partnership", region, "--email", coordinator.email, "--name", coordinator.name)
    answer = product.operate("partnership", "add-coordinator", *who)
    link = re.search(r"http\S+", answer)
    assert link
    coordinator.open(link[0])
    coordinator.page.locator("#password").fill(PASSWORD)
    coordinator.go_on("Save the password")
    coordinator.sign_in()
    coordinator.set_up_second_factor()
    coordinator.reads("Overview")


def found_organisation(product: Product, coordinator: Visitor, lead: Visitor) -> None:
    coordinator.go_on("the organisations that take part")
    coordinator.enter("Name", ORGANISATION)
    coordinator.choose("Charity and community", "North")
    coordinator.enter("Number of staff", "1,250")
    coordinator.go_on("Add")
    coordinator.reads(ORGANISATION)
    coordinator.enter("Name", lead.name)
    coordinator.enter("Email address", lead.email)
    coordinator.go_on("Send the invitation")
    coordinator.sees(lead.email)
    lead.accept(product.link_to(lead.email), f"Join {ORGANISATION}", second_factor=True)
    lead.reads("My work")


def invite_colleagues(product: Product, lead: Visitor, manager: Visitor, staff: Visitor) -> None:
    """The lead makes a team and invites a manager and a member of staff into it; both come."""
    lead.menu("People")
    lead.go_on("Teams")
    lead.go_on("Add a team")
    lead.enter("Name", "Front desk")
    lead.go_on("Add")
    lead.sees("Front desk")
    for somebody, role, line_manager in ((manager, "Manager", lead), (staff, "Member of staff", manager)):
        lead.menu("People")
        lead.go_on("Invite somebody")
        lead.enter("Name", somebody.name)
        lead.enter("Email address", somebody.email)
        lead.choose(role)
        lead.main.get_by_label("Team").select_option(label="Front desk")
        lead.main.get_by_label("Line manager").select_option(label=line_manager.name)
        lead.go_on("Send the invitation")
        lead.sees(somebody.name)
        somebody.accept(product.link_to(somebody.email), f"Join {ORGANISATION}", second_factor=True)
        somebody.reads("My work")
