"""Two writers at one entry: whoever comes second loses nothing, and overwrites nothing unasked."""

from hypothesis import given
from hypothesis import strategies as st

from tia_hub.audits.merging import Choice, Sent, digest, merge

FIELDS = ("rating", "journey", "evidence")
words = st.sampled_from(["", "one", "two", "three"])
entries = st.fixed_dictionaries(dict.fromkeys(FIELDS, words))


def sent(values, base, choices=None, shown=None) -> Sent:
    return Sent(
        values=values,
        seen={name: digest(text) for name, text in base.items()},
        choices=choices or {},
        shown={name: digest(text) for name, text in (shown or {}).items()},
    )


@given(base=entries, stored=entries, mine=entries)
def test_field_by_field_what_one_changed_is_kept_and_what_both_changed_is_asked(base, stored, mine) -> None:
    merged = merge(stored, sent(mine, base))
    for name in FIELDS:
        i_changed, they_changed = mine[name] != base[name], stored[name] != base[name]
        if i_changed and they_changed and mine[name] != stored[name]:
            assert name in merged.conflicts
        elif i_changed and mine[name] != stored[name]:
            assert merged.changes[name] == mine[name]
        else:
            assert name not in merged.changes
            assert name not in merged.conflicts


@given(base=entries, stored=entries, mine=entries)
def test_a_choice_settles_it(base, stored, mine) -> None:
    conflicts = merge(stored, sent(mine, base)).conflicts
    kept_mine = merge(stored, sent(mine, base, dict.fromkeys(conflicts, Choice.MINE), stored))
    assert kept_mine.conflicts == ()
    assert all(kept_mine.changes[name] == mine[name] for name in conflicts)
    kept_theirs = merge(stored, sent(mine, base, dict.fromkeys(conflicts, Choice.THEIRS), stored))
    assert kept_theirs.conflicts == ()
    assert kept_theirs.kept == conflicts
    assert not set(kept_theirs.changes) & set(conflicts)


def test_a_choice_holds_only_for_the_text_that_was_shown() -> None:
    for choice in Choice:
        merged = merge(
            {"journey": "newest"}, sent({"journey": "mine"}, {"journey": "old"}, {"journey": choice}, {"journey": "new"})
        )
        assert merged.conflicts == ("journey",)


def test_a_form_that_does_not_say_what_it_began_with_overwrites_nothing() -> None:
    merged = merge({"journey": "theirs"}, Sent(values={"journey": "mine"}, seen={}))
    assert (merged.changes, merged.conflicts) == ({}, ("journey",))
