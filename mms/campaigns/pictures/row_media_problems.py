"""Rows whose own pictures cannot be used, told as the rows to mend that they are."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mms.campaigns.pictures.media_check import MediaFindings, RowMediaProblem
from mms.message import MessageTemplate
from mms.message.content import rendered_urls
from mms.recipients import CheckedList, Verdict
from mms.recipients.check.checked_list import VERDICTS, RowProblem


def with_picture_problems(checked: CheckedList, message: MessageTemplate, findings: MediaFindings) -> CheckedList:
    """The list with `findings.by_row` among its rows to mend: for whoever is to see or mend them.

    The launch takes the list without them: what a campaign is (`identity_hash`) must not depend on the network.
    """
    if not findings.by_row:
        return checked
    verdicts = checked.verdicts.copy()
    positions = [checked.upload.position(row) for row in findings.by_row]
    verdicts[positions] = VERDICTS.index(Verdict.PROBLEM)
    found = picture_problems(checked, message, findings)
    together = sorted([*checked.problems, *found], key=lambda problem: problem.row)
    return replace(checked, verdicts=verdicts, problems=tuple(together))


def picture_problems(checked: CheckedList, message: MessageTemplate, findings: MediaFindings) -> Iterator[RowProblem]:
    """One for each row kept back, at the cell that the picture comes from."""
    for row, problem in findings.by_row.items():
        values = checked.upload.values(row)
        column = problem.column if not problem.url else _column_of(checked, message, problem, values)
        value = checked.upload.cells(row)[column] if column else problem.url
        # A cell with several links: which of them.
        which = (
            ""
            if not problem.url or value.strip() in ("", problem.url) or problem.url not in value
            else f"{problem.url}: "
        )
        yield RowProblem(row, column, value, problem.code, f"{which}{problem.message} {problem.advice}".rstrip())


def _column_of(
    checked: CheckedList, message: MessageTemplate, problem: RowMediaProblem, values: Mapping[str, str]
) -> str | None:
    """The column behind the link; for a message too large as a whole, the first one that brings pictures."""
    merged = [template for template in message.media if template.merge_fields]
    exact = (t for t in merged if any(url == problem.url for url, _ in rendered_urls(t.render(values))))
    template = next(exact, merged[0] if merged else None)
    return checked.upload.keys.get(template.merge_fields[0].key) if template else None
