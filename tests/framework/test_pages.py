"""The framework can be read by anybody, word for word, without an account and without JavaScript."""

import pytest
from justhtml import JustHTML

from tests.client import StrictClient
from tests.framework.texts import document_texts
from tia_hub.framework.types import Edition, PracticeLevel

PAGES = [
    "/",
    "/introduction",
    "/levels",
    "/roles",
    "/level-finder",
    "/audit",
    "/training",
    "/outcomes",
    "/domains",
    "/about",
]


def _all(html: str, selector: str, attribute: str) -> list[str]:
    """The values of an attribute on whatever the selector finds."""
    found = JustHTML(html, sanitize=False).query(selector)
    return [str((node.attrs or {})[attribute]) for node in found]


def _words(html: str) -> str:
    (main,) = JustHTML(html, sanitize=False).query("main")
    return " ".join(main.to_text().split())


def _read(client: StrictClient, path: str, status: int = 200) -> str:
    answer = client.get(f"/framework{path}")
    assert answer.status_code == status
    return _words(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_read_without_an_account(client: StrictClient, path: str) -> None:
    assert len(_read(client, path)) > 100


def test_every_link_on_the_framework_pages_leads_somewhere(client: StrictClient) -> None:
    seen: set[str] = set()
    waiting = ["/framework/"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        for link in _all(answer.text, "main a, nav[aria-label=Breadcrumb] a", "href"):
            address, _, anchor = link.partition("#")
            target = address or path
            if not target.startswith("/framework"):
                assert target.startswith("https://")
                continue
            if anchor:
                assert anchor in _all(client.get(target).text, "[id]", "id"), link
            if target not in seen:
                waiting.append(target)
    assert {f"/framework{path}" for path in PAGES} <= seen


def test_every_word_of_the_document_can_be_read_on_some_page(client: StrictClient, edition: Edition) -> None:
    paths = [
        *PAGES,
        *(f"/levels/{level.code.value}" for level in edition.levels),
        *(f"/use/{reader.code}" for reader in edition.how_to_use.readers),
    ]
    everything = " ".join(_read(client, path) for path in paths)
    assert [path for path, text in document_texts(edition) if text not in everything] == []


@pytest.mark.parametrize(
    "path",
    [
        "/levels/expert", "/levels/INFORMED", "/levels/1", "/levels/informed/x",
        "/use/nobody", "/audit/safety.1", "/nothing",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: StrictClient, path: str) -> None:
    assert client.get(f"/framework{path}").status_code == 404


def test_the_audit_page_has_every_criterion_under_its_principle_in_order(client: StrictClient, edition: Edition) -> None:
    words = _read(client, "/audit")
    place = words.index(edition.audit.evidence_heading)
    for principle in edition.principles:
        place = words.index(principle.title, place)
        for criterion in principle.criteria:
            place = words.index(criterion.text, place)
    assert edition.audit.status_guidance in words


@pytest.mark.parametrize("level", list(PracticeLevel))
def test_a_level_page_has_both_definitions_and_every_statement_under_its_audience(
    client: StrictClient, edition: Edition, level: PracticeLevel
) -> None:
    words = _read(client, f"/levels/{level.value}")
    found = edition.level(level)
    for definition in (found.definition, found.short_definition):
        assert definition.whole in words
    for statement in found.statements:
        lead_in = found.lead_in(statement.kind, statement.audience)
        assert words.index(lead_in or "") < words.index(statement.text)
    for role in found.example_roles:
        assert role in words
    assert edition.levels_guide.roles_note in words


def test_the_levels_page_shows_every_definition_and_ranks_nobody(client: StrictClient, edition: Edition) -> None:
    words = _read(client, "/levels")
    for level in edition.levels:
        assert level.definition.whole in words
    assert "Rather than being hierarchical" in words
    assert "Level 1" not in words


@pytest.mark.parametrize("reader", ["practitioners", "managers", "organisations", "providers"])
def test_each_reader_has_a_page(client: StrictClient, edition: Edition, reader: str) -> None:
    assert edition.reader(reader).text in _read(client, f"/use/{reader}")


def test_the_training_page_has_questions_prompts_and_selection(client: StrictClient, edition: Edition) -> None:
    words = _read(client, "/training")
    texts = [question.text for question in edition.manager_guidance.questions]
    texts += [prompt.text for prompt in edition.self_assessment.prompts]
    texts += [question.text for question in edition.selection.questions]
    assert len(texts) == 17
    assert all(text in words for text in texts)


def test_the_introduction_outcomes_and_domains_are_word_for_word(client: StrictClient, edition: Edition) -> None:
    introduction = _read(client, "/introduction")
    for section in (edition.introduction, edition.relevance, edition.rationale):
        for block in section.blocks:
            assert all(text in introduction for text in (block.text, *block.bullets))
    outcomes = _read(client, "/outcomes")
    for group in edition.outcomes.groups:
        for element in group.elements:
            assert all(text in outcomes for text in (element.title, *(measure.text for measure in element.measures)))
    assert "has not been confirmed" in outcomes
    domains = _read(client, "/domains")
    assert all(domain.name in domains for domain in edition.domains)


def test_the_about_page_names_sources_and_errata_and_claims_no_validation(client: StrictClient, edition: Edition) -> None:
    words = _read(client, "/about")
    for text in ("SAMHSA", "2014", "NHS Education for Scotland", "no claim", "peer support"):
        assert text in words
    assert all(erratum.text in words for erratum in edition.errata)


def test_searching_for_a_role_answers_with_hints(client: StrictClient) -> None:
    words = _read(client, "/roles?q=teacher")
    assert "Teachers Trauma Skilled" in words
    assert "Educational Support Teachers Trauma Enhanced" in words
    assert "Taxi Drivers" not in words
    assert "not a definitive list" in words


@pytest.mark.parametrize("query", ["astronaut", "%F0%9F%9A%80", "%3Cscript%3E", "and"])
def test_a_role_that_is_not_listed_leads_to_the_level_finder(client: StrictClient, query: str) -> None:
    assert "No example is like this one" in _read(client, f"/roles?q={query}")


def test_an_overlong_search_is_refused_in_place(client: StrictClient) -> None:
    words = _read(client, f"/roles?q={'x' * 101}", status=422)
    assert "This must be 100 characters or fewer" in words


def test_the_first_look_at_the_level_finder_shows_the_two_questions(client: StrictClient, edition: Edition) -> None:
    words = _read(client, "/level-finder")
    assert edition.level_finder.service_question in words
    assert edition.level_finder.worker_question in words
    assert "There is a problem" not in words
    assert "closest" not in words


@pytest.mark.parametrize(
    ("answers", "suggested"),
    [
        ("remit=no&contact=no", "suggest: Trauma Informed"),
        ("remit=no&contact=yes", "suggest: Trauma Skilled"),
        ("remit=yes&contact=yes", "suggest: Trauma Enhanced or Trauma Specialist"),
        ("remit=yes&contact=yes&closest=enhanced", "suggest: Trauma Enhanced"),
        ("remit=yes&contact=yes&closest=specialist", "suggest: Trauma Specialist"),
        ("remit=yes&contact=yes&closest=neither", "suggest: Trauma Enhanced or Trauma Specialist"),
        ("remit=no&contact=yes&closest=specialist", "suggest: Trauma Skilled"),
    ],
)
def test_the_level_finder_suggests_and_says_why(client: StrictClient, answers: str, suggested: str) -> None:
    words = _read(client, f"/level-finder?{answers}&show=suggestion")
    assert suggested in words
    assert "This is a suggestion" in words
    assert ("Everybody needs Trauma Informed as well" in words) == ("contact=no" not in answers)
    assert ("closest to the role" in words) == ("remit=yes" in answers)


def test_where_the_two_sides_differ_that_is_something_to_talk_about(client: StrictClient) -> None:
    assert "The two sides point to different levels" in _read(client, "/level-finder?remit=yes&contact=no")
    assert "The two sides point to different levels" not in _read(client, "/level-finder?remit=yes&contact=yes")


def test_answers_are_kept_in_the_form(client: StrictClient) -> None:
    page = client.get("/framework/level-finder?remit=yes&contact=yes&closest=specialist")
    assert _all(page.text, "input[checked]", "name") == ["remit", "contact", "closest"]
    assert _all(page.text, "input[checked]", "value") == ["yes", "yes", "specialist"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("show=suggestion", "Say whether the service has a specific remit"),
        ("remit=yes", "Say whether the worker comes into contact"),
        ("remit=perhaps&contact=yes", "Choose one of the answers on this page"),
        ("remit=yes&contact=yes&closest=expert", "Choose one of the answers on this page"),
    ],
)
def test_a_missing_or_impossible_answer_is_said_in_place(client: StrictClient, query: str, words: str) -> None:
    page = client.get(f"/framework/level-finder?{query}")
    assert page.status_code == 422
    assert "There is a problem" in _words(page.text)
    assert words in _words(page.text)
    for link in _all(page.text, ".govuk-error-summary a", "href"):
        assert link.removeprefix("#") in _all(page.text, "input", "id")
