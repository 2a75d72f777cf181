"""Somebody at a browser of their own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.accounts.conftest import PASSWORD, Phone

PATIENCE = 30_000
"""Milliseconds until a page that does not come is given up; the machine may be busy."""

expect.set_options(timeout=PATIENCE)


class Visitor:
    """What somebody does on pages, in their own words: the words on labels, links and buttons."""

    def __init__(self, page: Page, name: str, email: str) -> None:
        self.page = page
        self.name = name
        self.email = email
        self.phone: Phone | None = None
        self.recovery_codes: list[str] = []
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        # A form that comes back with what is wrong in it is an answer as good as any.
        if message.type == "error" and "status of 422" not in message.text:
            self.complaints.append(message.text)

    @property
    def main(self) -> Locator:
        """The page without its header and footer."""
        return self.page.locator("main")

    def open(self, address: str) -> None:
        self.page.goto(address)

    def reads(self, heading: str) -> None:
        """The page that is shown has this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def sees(self, *words: str | re.Pattern[str]) -> None:
        for each in words:
            expect(self.main.get_by_text(each).first).to_be_visible()

    def menu(self, words: str) -> None:
        """Follow a link of the menu."""
        self.page.get_by_role("navigation", name="Menu").get_by_role("link", name=words, exact=True).click()
        self.page.wait_for_load_state()

    def go_on(self, words: str) -> None:
        """Follow a link, styled as a button or not, or press a button."""
        either = self.main.get_by_role("button", name=words).or_(self.main.get_by_role("link", name=words))
        either.first.click()
        self.page.wait_for_load_state()

    def enter(self, label: str, words: str) -> None:
        self.main.get_by_label(label, exact=True).fill(words)

    def type_in(self, field: Locator, words: str) -> None:
        """Type key by key, as saving as one types is made for."""
        field.press_sequentially(words)

    def choose(self, *words: str, among: str | None = None) -> None:
        """Choose radio buttons or checkboxes by their words."""
        place = self.main.get_by_role("group", name=among) if among else self.main
        for each in words:
            place.get_by_label(each, exact=True).check()

    def sign_in(self) -> None:
        self.reads("Sign in")
        self.enter("Email address", self.email)
        self.page.locator("#password").fill(PASSWORD)
        self.go_on("Sign in")

    def set_up_second_factor(self) -> None:
        """Go through everything that a first visit asks for, up to the recovery codes."""
        self.reads("Set up your authenticator app")
        self.go_on("Start")
        expect(self.main.get_by_role("img", name="QR code")).to_be_visible()
        self.phone = Phone.scan(self.main.inner_html())
        self.enter("Code", self.phone.code())
        self.go_on("Continue")
        self.reads("Recovery codes")
        self.go_on("Get recovery codes")
        self.sees("Write these codes down, or print this page")
        self.recovery_codes = self.main.locator("code").all_inner_texts()
        self.go_on("I have them")

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Sign out").click()
        self.page.wait_for_load_state()

    def accept(self, link: str, title: str, *, second_factor: bool = False) -> None:
        """Open the link of an invitation and make an account."""
        self.open(link)
        self.reads(title)
        self.enter("Your name", self.name)
        self.page.locator("#password").fill(PASSWORD)
        self.main.get_by_role("button").last.click()
        if second_factor:
            self.set_up_second_factor()


@contextmanager
def visiting(browser: Browser, address: str, name: str, email: str, *, javascript: bool = True) -> Iterator[Visitor]:
    """Give somebody a browser; at the end nothing in it may have complained."""
    context = browser.new_context(base_url=address, java_script_enabled=javascript, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    visitor = Visitor(context.new_page(), name, email)
    try:
        yield visitor
    except Exception as error:
        error.add_note(f"{name} was at {visitor.page.url}, where it said:\n{visitor.page.inner_text('body')[:1500]}")
        raise
    finally:
        context.close()
    assert not visitor.complaints, f"{name}: {visitor.complaints}"
