"""How Twilio says no: HTTP status, code, and a message of the same kind. Values in braces come from the request."""

from collections.abc import Mapping
from typing import Any

_BAD_REQUEST = 400

# Status 400 unless named here. That a suspended account gives 401 with 20005 (and not 20003) is unconfirmed.
HTTP_STATUS = {
    20003: 401,
    20004: 405,
    20005: 401,
    20404: 404,
    20429: 429,
    20500: 500,
    20503: 503,
    20009: 409,
    30404: 404,
    30409: 409,
}

TEXT = {
    20001: "Parameter is not valid",
    20003: "Authenticate",
    20004: "Method not allowed",
    20005: "Account not active",
    20009: "Resource not complete: the message has not reached a final state",
    20404: "The requested resource {path} was not found",
    20422: "Invalid parameter",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    20503: "Service unavailable",
    21211: "The 'To' number {to} is not a valid phone number.",
    21212: "The 'From' number {sender} is not a valid phone number, shortcode, or alphanumeric sender ID.",
    21265: "The 'To' number {to} cannot be a Short Code.",
    21266: "'To' and 'From' number cannot be the same: {to}",
    21408: "Permission to send a message has not been enabled for the region of the 'To' number: {to}.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number {sender} is not a message-capable number for this destination.",
    21609: "The 'StatusCallback' URL {callback} is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "The 'From' number {sender} has exceeded the maximum number of queued messages.",
    21612: "The message cannot be routed with the current combination of 'To' ({to}) and 'From' ({sender}).",
    21614: "'To' number is not a valid mobile number: {to}",
    21617: "The concatenated message body exceeds the 1600 character limit.",
    21620: "Invalid media URL(s)",
    21621: "The 'From' number {sender} has not been enabled for MMS.",
    21623: "Number of media files exceeds allowed limit of 10.",
    21624: "The validity period {validity} is not an integer between 1 and 36000.",
    21635: "'To' number cannot be a landline: {to}",
    21654: "ContentSid is required when ContentVariables is given.",
    21655: "The ContentSid is invalid.",
    21656: "The ContentVariables parameter is not a valid JSON string.",
    21659: "'From' {sender} is not a Twilio phone number or there is a Short Code country mismatch.",
    21660: "Mismatch between the 'From' number {sender} and the account.",
    21661: "The 'From' number {sender} is not SMS-capable.",
    21701: "The Messaging Service does not exist.",
    21703: "The Messaging Service has no phone number that can send this message.",
    21704: "The Messaging Service contains no phone numbers.",
    21705: "The MessagingServiceSid is invalid.",
    21711: "The 'From' number {sender} is not in the Messaging Service.",
    21910: "'From' and 'To' are of different channels.",
    30400: "The message update has invalid parameters.",
    30409: "The message can no longer be cancelled.",
    35111: "The SendAt parameter is missing.",
    35114: "SendAt must be between 15 minutes and 35 days in the future.",
    35118: "Scheduling needs a MessagingServiceSid.",
    35126: "The ScheduleType is invalid; only 'fixed' is known.",
}


class Refusal(Exception):  # noqa: N818 - what Twilio answers, not a fault of this program
    """Twilio's answer to a request that it does not take."""

    def __init__(self, code: int, *, text: str | None = None, status: int | None = None, **values: str) -> None:
        template = text or TEXT.get(code, "The message was not accepted.")
        self.code = code
        self.status = status or HTTP_STATUS.get(code, _BAD_REQUEST)
        self.text = template.format_map(_Blank(values))
        super().__init__(self.text)

    def body(self) -> Mapping[str, Any]:
        """Twilio's error JSON."""
        return {
            "code": self.code,
            "message": self.text,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class _Blank(dict[str, str]):
    """A value that the request did not have leaves a gap in the sentence."""

    def __missing__(self, key: str) -> str:
        return ""
