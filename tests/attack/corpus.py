"""Text that wants to be markup or SQL: a few hundred spellings of each, put together from their parts."""

from itertools import product

_OUT_OF = ("", '">', "'>", "`>", "</textarea>", "</title>", "</option></select>", "</script>", "</style>", "-->", "]]>", "\\'>")
"""Ways out of wherever a text stands."""
_HANDLERS = (
    "<img src=zq onerror={call}>",
    "<img/src='zq'/onerror={call}>",
    "<svg onload={call}>",
    "<svg/onload={call}//",
    "<body onpageshow={call}>",
    "<details open ontoggle={call}>zq",
    "<video><source onerror={call}>",
    "<audio src=zq onerror={call}>",
    "<input autofocus onfocus={call}>",
    "<marquee onstart={call}>zq</marquee>",
    "<a href=javascript:{call}>zq</a>",
    "<a href='java\tscript:{call}'>zq</a>",
    "<iframe src=javascript:{call}>",
    "<iframe srcdoc='<script>{call}</script>'>",
    "<object data=javascript:{call}>",
    "<embed src=javascript:{call}>",
    "<form action=javascript:{call}><button>zq</button></form>",
    "<math><mtext><script>{call}</script></mtext></math>",
    "<script>{call}</script>",
    "<ScRiPt>{call}</sCrIpT>",
    "<zq-a style=animation-name:x onanimationstart={call}>",
)
_CALLS = ("alert(1)", "alert`1`")
_ATTRIBUTES = (
    '" onclick=alert(1) zq="',
    "' onmouseover=alert(1) zq='",
    '" autofocus onfocus=alert(1) "',
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}<zq-g>",
    "{{ config }}",
    "${7*7}#{7*7}<%= 7*7 %>",
    '<a hx-get="/zq" hx-trigger="load">zq</a>',
    "<div hx-on:load=alert(1)>zq</div>",
    "<base href=//zq.example><meta http-equiv=refresh content=0;url=//zq.example>",
    "&lt;zq-h&gt;&#60;zq-i&#62;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//zq.example/x.css>",
)

MARKUP: tuple[str, ...] = (
    *_ATTRIBUTES,
    *(out + handler.replace("{call}", call) for out, handler, call in product(_OUT_OF, _HANDLERS, _CALLS)),
)

_QUOTES = ("", "'", '"', "')", "'))", "\\'", "$$", "1")
_CLAIMS = (
    " OR 1=1",
    " OR '1'='1",
    " OR 'x' LIKE 'x",
    " AND 1=CAST((SELECT current_user) AS int)",
    " AND 1=(SELECT count(*) FROM person)",
    " UNION SELECT NULL",
    " UNION SELECT email FROM person",
    " UNION SELECT NULL, NULL, NULL, NULL",
    "; SELECT pg_sleep(5)",
    " || pg_sleep(5)",
    " AND (SELECT 1 FROM pg_sleep(5)) IS NOT NULL",
    "; DROP TABLE membership",
    "; SET app.organisation = ''",
    "; SELECT set_config('role', 'tia_owner', true)",
    " ORDER BY 99",
    " LIMIT 1 OFFSET 9999999",
)
_ENDS = ("", " --", " /*", ";")

SQL: tuple[str, ...] = tuple(quote + claim + end for quote, claim, end in product(_QUOTES, _CLAIMS, _ENDS))

assert len(MARKUP) >= 500
assert len(SQL) >= 500


def slices(corpus: tuple[str, ...], longest: int) -> list[str]:
    """The corpus as texts of a length that a field takes, each of as many of its spellings as fit."""
    texts, text = [], ""
    for spelling in corpus:
        if text and len(text) + len(spelling) + 1 > longest:
            texts.append(text)
            text = ""
        text = f"{text} {spelling}" if text else spelling
    return [*texts, text]
