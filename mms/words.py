"""The glossary: one word for each thing, used on every page, in reports and in the help.

Words of the machine (states, reasons) are keys; what a person reads stands beside them.
"""

from dataclasses import dataclass

from mms.problems import MediaCode, PhoneCode, PictureCode, RowCode
from mms.states import CampaignState, RowState, SkipReason
from mms.twilio_codes import Family


@dataclass(frozen=True, slots=True)
class Word:
    """`label` for tiles, tables and filters; `meaning` is the sentence behind it."""

    label: str
    meaning: str


ROW_WORDS: dict[RowState, Word] = {
    RowState.READY: Word("Waiting", "Checked, and waiting for its turn."),
    RowState.SENDING: Word("Sending", "Being handed to Twilio right now."),
    RowState.ACCEPTED: Word("On the way", "Twilio has it and is passing it to the carrier."),
    RowState.SENT: Word("Sent", "The carrier took it. Many US carriers give no receipt for picture messages."),
    RowState.DELIVERED: Word("Delivered", "The carrier says that it reached the phone."),
    RowState.UNDELIVERED: Word("Undelivered", "The carrier could not hand it over; the reason is beside it."),
    RowState.FAILED: Word("Failed", "Twilio took the message but could not send it; the reason is beside it."),
    RowState.REFUSED: Word("Refused", "Twilio said no when asked; the reason is beside it. Nothing went out."),
    RowState.UNKNOWN: Word("Not known", "Twilio did not answer, so it may have gone out. Twilio's log is being asked."),
    RowState.SKIPPED: Word("Left out", "Left out on purpose; the reason is beside it."),
    RowState.CANCELED: Word("Taken back", "Taken back before it was handed to Twilio."),
}


SKIP_WORDS: dict[SkipReason, Word] = {
    SkipReason.OPTED_OUT: Word("Opted out", "This person asked not to be messaged."),
    SkipReason.DUPLICATE: Word("Duplicate", "The same number is already in another row of the file."),
    SkipReason.RECENTLY_MESSAGED: Word("Messaged lately", "This person got a message from you a short time ago."),
    SkipReason.NOT_MENDED: Word("Not fixed", "The row had a problem, and you chose to go on without it."),
    SkipReason.TOO_LATE: Word("Too late", "The last moment to send had passed before it was this person's turn."),
    SkipReason.NO_CONSENT: Word("No consent", "The list says that this person does not want messages."),
}

CAMPAIGN_WORDS: dict[CampaignState, Word] = {
    CampaignState.DRAFT: Word("Not finished", "Its list was not written to the end; nothing was sent of it."),
    CampaignState.SCHEDULED: Word("Scheduled", "Waiting for its start, or for its turn on the sender."),
    CampaignState.RUNNING: Word("Sending", "Messages are going out."),
    CampaignState.WAITING: Word("Quiet hours", "The rest waits until messages are allowed where these people live."),
    CampaignState.PAUSED: Word("Paused", "No message goes out until you resume it."),
    CampaignState.STOPPED: Word("Stopped", "It stopped by itself, for the reason shown."),
    CampaignState.CANCELED: Word("Cancelled", "Messages that had not gone out were taken back."),
    CampaignState.FINISHED: Word("Finished", "Every row of the file is accounted for."),
}

PROBLEM_LABELS: dict[PhoneCode | RowCode | MediaCode | PictureCode, str] = {
    PhoneCode.MISSING: "No number",
    PhoneCode.HAS_LETTERS: "Letters in the number",
    PhoneCode.TOO_SHORT: "Too few digits",
    PhoneCode.TOO_LONG: "Too many digits",
    PhoneCode.NOT_A_NUMBER: "Not a number",
    PhoneCode.ROUNDED_BY_EXCEL: "Rounded by Excel",
    PhoneCode.HAS_EXTENSION: "Has an extension",
    PhoneCode.SEVERAL_NUMBERS: "Several numbers",
    PhoneCode.NO_AREA_CODE: "No area code",
    PhoneCode.NOT_IN_USE: "Not in use",
    PhoneCode.FICTIONAL: "Made-up number",
    PhoneCode.WARNING_LABEL: "Label that warns",
    PhoneCode.TOLL_FREE: "Toll-free number",
    PhoneCode.PREMIUM_RATE: "Premium-rate number",
    PhoneCode.SHORT_CODE: "Short code",
    PhoneCode.OWN_NUMBER: "Your own number",
    PhoneCode.WRONG_CHANNEL: "Other channel",
    PhoneCode.OUTSIDE_US_CANADA: "Outside the US and Canada",
    RowCode.MISSING_VALUE: "Blank merge field",
    RowCode.MESSAGE_TOO_LONG: "Message too long",
    RowCode.MESSAGE_EMPTY: "Message empty",
    RowCode.TOO_MANY_CELLS: "Too many cells",
    MediaCode.SCHEME: "Not a web address",
    MediaCode.PRIVATE_ADDRESS: "Private address",
    MediaCode.UNREACHABLE: "Picture not reachable",
    MediaCode.NOT_FOUND: "Picture not found",
    MediaCode.NEEDS_LOGIN: "Picture needs a login",
    MediaCode.IS_WEB_PAGE: "A web page, not a picture",
    MediaCode.TYPE: "File type not taken",
    MediaCode.TYPE_MISMATCH: "File type mislabelled",
    MediaCode.TOO_LARGE: "Picture too large",
    MediaCode.HEAD_REFUSED: "Server refuses the check",
    MediaCode.REDIRECT: "Too many redirects",
    MediaCode.TIMEOUT: "Picture too slow",
    MediaCode.EXPIRES: "Link expires too soon",
    MediaCode.TOO_MANY: "Too many pictures",
    MediaCode.EMPTY: "Picture file empty",
    PictureCode.GLYPH: "Letter without a font",
    PictureCode.TEXT_TOO_LONG: "Too long for the picture",
    PictureCode.CODE_VALUE: "Value does not fit the code",
    PictureCode.CODE_UNREADABLE: "Code cannot be scanned",
}

KIND_WORDS = {"campaign": "Campaign", "test": "Test message", "api": "API message", "answer": "Answer"}

GLOSSARY: dict[str, str] = {
    "Campaign": "One message sent to the people in one file.",
    "Row": "One line of your file, by the number that the spreadsheet shows. The header is row 1.",
    "Recipient": "The person whom a row names; one phone number.",
    "Merge field": "A column name in braces, such as {First Name}. Each person gets the text of their own row.",
    "Fallback": "What stands in for a blank cell: {First Name|friend} greets people without a name as friend.",
    "Sender": "The number or messaging service that the message comes from.",
    "Opted out": "Has asked for no more messages. Never messaged, in any campaign.",
    "Quiet hours": "Hours in which nothing is sent to a person, by the time where they live.",
    "Receipt": "What Twilio reports later: sent, delivered, or why not.",
    "Practice": "Everything works, but against a stand-in for Twilio on this computer. Nobody gets a message.",
    "Draft": "A campaign that is being written. Nothing is sent.",
    "Check": "What is found in a file, row by row, before anything is sent.",
    "To fix": "Something in the row keeps it from being sent; the reason is beside it.",
    "Duplicate": "A row with a number that is already in another row of the file.",
    "Live": "Messages go to real people, through Twilio.",
    "Twilio": "The company that passes messages to the phone companies.",
    "Carrier": "The recipient's phone company.",
    "Speed": "Messages a second from one sender.",
    "Canary": "A few people who get it first, while the rest waits: Send to a few first, then wait.",
    "Stop everything": "The panic button: pauses all campaigns at once, then asks: continue, or cancel for good?",
    "Join word": "A word that people text to your number to come onto a list.",
    "Recurring send": "A message that comes again by itself; each time is a campaign with the people of then.",
    "Series": "Up to five messages with days between. It stops for who replies or opts out.",
    "Alarm": "A warning when a campaign passes a threshold that an admin has set.",
}

FAMILY_LABELS: dict[Family, str] = {
    Family.ACCOUNT: "Account",
    Family.SENDER: "Sender",
    Family.REGISTRATION: "Registration",
    Family.SETTINGS: "Settings",
    Family.RECIPIENT: "Number",
    Family.OPT_OUT: "Opted out",
    Family.CONTENT: "Text",
    Family.MEDIA: "Picture",
    Family.FILTERING: "Filtered as spam",
    Family.THROUGHPUT: "Too fast",
    Family.TEMPORARY: "Passing trouble",
    Family.UNKNOWN: "Other reason",
}
