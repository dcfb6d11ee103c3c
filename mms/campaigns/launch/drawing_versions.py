"""Before a campaign with versions is launched: each of them fits every row, and who tries which is drawn."""

from collections.abc import Callable, Iterable

from mms.campaigns.launch.launching import PlannedRow
from mms.campaigns.launch.submission import Content
from mms.campaigns.pictures.media_check import MediaFindings
from mms.errors import CampaignError
from mms.message import MessageTemplate, message_problems, squeeze
from mms.recipients import CheckedList
from mms.send_options import OWN_LINKS, SendOptions
from mms.states import RowState
from mms.versions.draw import draw
from mms.versions.version import NAMES, Rule, Version

FEWEST = 2  # people of each version, or there is nothing to compare


def drawn_versions(
    checked: CheckedList, content: Content, options: SendOptions, planned: Iterable[PlannedRow]
) -> dict[int, str]:
    """Version by row number, for those who try one; empty for a campaign with one version.

    Raises:
        CampaignError: `versions` when what was chosen does not go together, `version_to_mend` when one does not fit
            the rows, `test_too_small`.
    """
    if not content.versions:
        return {}
    _require_sense(content, options)
    ready = [row for row in planned if row.state is RowState.READY and row.recipient]
    for version in content.others:
        _require_fit(checked, version, ready)
    names = [one.name for one in content.versions]
    people = [(row.row_number, row.recipient or "") for row in ready]
    drawn = draw(people, names, options.test_share or 0.0, options.test_seed or 0)
    if len(drawn) < FEWEST * len(names):
        raise CampaignError(
            f"Too few people would try each version: {len(drawn)} of {len(ready)} in all. Take a larger share.",
            code="test_too_small",
        )
    return drawn


def require_good_pictures(content: Content, look: Callable[[Content], MediaFindings]) -> None:
    """Look at the pictures of B and C where they are others. Raises CampaignError: the code of what is wrong."""
    for one in content.others:
        if one.media_urls == content.media_urls:
            continue
        findings = look(Content(one.body, one.media_urls))
        for found in (*findings.for_all, *findings.by_row.values()):
            raise CampaignError(f"The picture of version {one.name}: {found.message}", code=str(found.code))


def _require_sense(content: Content, options: SendOptions) -> None:
    said = [(one.body, one.media_urls) for one in content.versions]
    wrong = (
        (content.own is not None, "Pictures made for each person cannot be tried in versions yet."),
        (len(content.versions) > len(NAMES), f"There can be {len(NAMES)} versions at most."),
        (len(set(said)) < len(said), "Two versions say the same. Change one of them."),
        (options.canary is not None, "The people who try the versions are the first few: choose one of both."),
        (not options.test_share or not 0 < options.test_share < 1, "Say which share of the people tries the versions."),
        (
            options.test_rule == Rule.CLICKS and options.links != OWN_LINKS,
            "To choose by clicks, links must be short ones on your own address.",
        ),
    )
    for is_wrong, sentence in wrong:
        if is_wrong:
            raise CampaignError(sentence, code="versions")


def _require_fit(checked: CheckedList, version: Version, ready: list[PlannedRow]) -> None:
    template = MessageTemplate.parse(version.body, version.media_urls)
    there = {squeeze(name) for name in checked.upload.columns}
    for field in template.merge_fields:
        if field.key not in there:
            raise CampaignError(
                f"Version {version.name} uses {{{field.name}}}, and the list has no such column.",
                code="version_to_mend",
            )
    for row in ready:
        if problems := message_problems(template.render(checked.upload.values(row.row_number))):
            raise CampaignError(
                f"Version {version.name} does not fit row {row.row_number}: {problems[0][1]}", code="version_to_mend"
            )
