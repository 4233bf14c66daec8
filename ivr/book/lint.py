"""Every mistake of content that can be found before a caller finds it, with file, line and cure.

``load_book`` refuses a book that contradicts itself; the linter tells all contradictions at once, and reads the
words as well: prompts for the ear, phrases for the recognizer.
"""

from collections.abc import Container

from ivr.book.examples import check_examples, check_stems
from ivr.book.hearing import check_collisions, check_vocabulary
from ivr.book.reach import check_operator
from ivr.book.source import BookSource, Finding
from ivr.book.speaking import check_ladders, check_placeholders, check_recordings, check_texts
from ivr.book.structure import check_structure


def lint(
    source: BookSource,
    *,
    facts: Container[str] | None = None,
    vocabulary: Container[str] | None = None,
    recordings: Container[str] | None = None,
) -> list[Finding]:
    """All findings, ordered by file and line.

    ``facts``: names that actions and settings give to prompts; ``vocabulary``: words that the model knows;
    ``recordings``: names under ``audio/prompts/`` without ``.wav``. What is None is not checked.
    """
    found = [*check_structure(source), *check_texts(source), *check_ladders(source), *check_collisions(source)]
    found += [*check_examples(source), *check_stems(source), *check_placeholders(source, facts)]
    if not found:
        found += check_operator(source)  # walks the dialogue, so all that it names has to be there
    if vocabulary is not None:
        found += check_vocabulary(source, vocabulary)
    if recordings is not None:
        found += check_recordings(source, recordings)
    return sorted(
        dict.fromkeys(found), key=lambda finding: (finding.file, finding.line, finding.severity, finding.what)
    )
