"""The mail catcher delivers, keeps and shows mail, and fails in the ways that a test asks for."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tia_hub.demo.mail_catcher.faults import Fault
from tia_hub.demo.mail_catcher.messages import MessageStore
from tia_hub.demo.mail_catcher.pages import create_pages, linked
from tia_hub.demo.mail_catcher.server import MailCatcher

LOST = (smtplib.SMTPServerDisconnected, ConnectionError)


@pytest.fixture
def catcher():
    with MailCatcher() as running:
        yield running


def letter(subject="Your report", html=None):
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "TIA Hub <hub@example.org>"
    message["To"] = "Ŵyn <wyn@example.org>"
    message["Message-ID"] = "<one@example.org>"
    message.set_content("Read it at https://example.org/r/1?a=1&b=2.\n\n.A line that begins with a dot")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def send(catcher, message=None, recipients=("wyn@example.org",)):
    with smtplib.SMTP(catcher.host, catcher.port, timeout=10) as client:
        return client.send_message(message or letter(), "hub@example.org", list(recipients))


def test_a_message_arrives_byte_for_byte(catcher):
    send(catcher)
    [caught] = catcher.wait_for(1)
    assert caught.recipients == ("wyn@example.org",)
    assert (caught.subject, caught.message_id) == ("Your report", "<one@example.org>")
    assert caught.text.splitlines()[-1] == ".A line that begins with a dot"


def test_one_recipient_is_refused_and_the_other_gets_the_message(catcher):
    catcher.faults.add(Fault("refuse_recipient", recipient="gone@example.org", code=550))
    refused = send(catcher, recipients=("gone@example.org", "wyn@example.org"))
    assert refused["gone@example.org"][0] == 550
    assert [caught.recipients for caught in catcher.messages] == [("wyn@example.org",)]


def test_a_temporary_refusal_passes(catcher):
    catcher.faults.add(Fault("refuse_message", code=451, times=1))
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        send(catcher)
    assert refusal.value.smtp_code == 451
    assert catcher.messages == []
    send(catcher)
    assert [arrival.outcome for arrival in catcher.arrivals] == ["refused", "delivered"]
    assert len(catcher.messages) == 1


def test_cut_before_the_final_dot_delivers_nothing(catcher):
    catcher.faults.add(Fault("drop_before_dot", times=1))
    with pytest.raises(LOST):
        send(catcher)
    assert catcher.arrivals == []
    send(catcher)
    assert len(catcher.messages) == 1


def test_cut_after_the_final_dot_delivers_and_leaves_the_sender_in_doubt(catcher):
    catcher.faults.add(Fault("drop_after_dot", recipient="wyn@example.org", times=1))
    with pytest.raises(LOST):
        send(catcher)
    assert [arrival.outcome for arrival in catcher.arrivals] == ["dropped"]
    assert len(catcher.messages) == 1


def test_an_answer_held_back_is_a_sender_left_waiting(catcher):
    catcher.hold()
    with (
        pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)),
        smtplib.SMTP(catcher.host, catcher.port, timeout=0.5) as client,
    ):
        client.send_message(letter(), "hub@example.org", ["wyn@example.org"])
    assert len(catcher.wait_for_arrivals(1)) == 1
    catcher.release()
    send(catcher)
    assert len(catcher.messages) == 2


def test_a_stopped_server_refuses_and_comes_back_on_the_same_port(catcher):
    port = catcher.port
    catcher.stop()
    with pytest.raises(ConnectionRefusedError):
        send(catcher)
    catcher.start()
    assert catcher.port == port
    send(catcher)
    assert len(catcher.messages) == 1


def test_mail_that_does_not_come_is_said(catcher):
    with pytest.raises(TimeoutError, match="0 arrived"):
        catcher.wait_for(1, seconds=0.05)


def test_messages_survive_a_restart_and_the_oldest_go_first(tmp_path: Path):
    store = MessageStore(tmp_path, limit=3)
    for number in range(5):
        store.add("hub@example.org", (f"{number}@example.org",), b"Subject: Round %d\r\n\r\nx\r\n" % number)
    (tmp_path / "0000000009.part").write_bytes(b"cut short")
    again = MessageStore(tmp_path, limit=3)
    assert [caught.subject for caught in again.newest_first()] == ["Round 4", "Round 3", "Round 2"]
    assert again.newest_first() == store.newest_first()
    assert len(list(tmp_path.iterdir())) == 3
    assert again.add("a@example.org", ("b@example.org",), b"\r\n").identifier == "0000000006"


def test_a_folder_that_takes_nothing_more_is_answered_with_try_later(tmp_path: Path):
    folder = tmp_path / "mail"
    with MailCatcher(MessageStore(folder)) as catcher:
        folder.rmdir()
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            send(catcher)
        assert refusal.value.smtp_code == 452
        folder.mkdir()
        send(catcher)
        assert len(catcher.messages) == 1


@pytest.fixture
def pages() -> FlaskClient:
    store = MessageStore()
    message = letter("<b>Hello</b>", html="<p>Read <a href='https://example.org/r/1'>it</a></p><script>x()</script>")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="report.pdf")
    store.add("hub@example.org", ("wyn@example.org",), message.as_bytes())
    store.add("hub@example.org", ("x@example.org",), b"no headers at all \xff\x00")
    return create_pages(store).test_client()


def test_the_list_shows_the_newest_first_and_no_markup_of_strangers(pages):
    page = pages.get("/")
    assert page.text.index("x@example.org") < page.text.index("wyn@example.org")
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_message_is_shown_as_text_with_links_and_names_its_attachments(pages):
    page = pages.get("/messages/0000000001")
    assert '<a href="https://example.org/r/1?a=1&amp;b=2">' in page.text
    assert "report.pdf, 8 Bytes" in page.text
    assert "<script>" not in page.text
    assert pages.get("/messages/0000000002").status_code == 200


def test_the_html_part_can_run_nothing_and_fetch_nothing(pages):
    part = pages.get("/messages/0000000001/html")
    policy = part.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


def test_the_source_can_be_downloaded(pages):
    answer = pages.get("/messages/0000000001/source")
    assert answer.mimetype == "message/rfc822"
    assert b"Message-ID: <one@example.org>" in answer.data


@pytest.mark.parametrize("path", ["/messages/9", "/messages/..%2f..%2fetc", "/messages/0000000009/html", "/x"])
def test_what_is_not_there_is_a_page_that_says_so(pages, path):
    answer = pages.get(path)
    assert answer.status_code == 404
    assert "<h1>Message not found</h1>" in answer.text


def test_another_site_can_not_point_its_name_here(pages):
    assert pages.get("/", headers={"Host": "evil.example"}).status_code == 400


@given(st.text())
def test_linking_never_lets_markup_through(text: str):
    without_links = str(linked(text)).replace("</a>", "")
    assert "<script" not in without_links
    assert without_links.count("<") == without_links.count('<a href="http')
