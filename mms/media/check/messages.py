"""Every sentence the pre-flight can say: which code, what happened, what to do. Rules are elsewhere."""

from dataclasses import dataclass
from enum import StrEnum, auto

from mms.problems import MediaCode


class Reason(StrEnum):
    """Finer than the contract's codes: each has its own sentence."""

    NO_SCHEME = auto()
    FILE_ON_COMPUTER = auto()
    NOT_A_LINK = auto()
    OTHER_SCHEME = auto()
    PASSWORD_IN_LINK = auto()
    UNUSUAL_PORT = auto()
    PRIVATE_ADDRESS = auto()
    ADDRESS_IN_DISGUISE = auto()
    LEADS_TO_PRIVATE_ADDRESS = auto()
    HOST_UNKNOWN = auto()
    NO_CONNECTION = auto()
    HUNG_UP = auto()
    BAD_HTTP = auto()
    TRUNCATED = auto()
    UNPACKABLE = auto()
    TLS_EXPIRED = auto()
    TLS_NOT_YET_VALID = auto()
    TLS_SELF_SIGNED = auto()
    TLS_OTHER_HOST = auto()
    TLS_UNKNOWN_ISSUER = auto()
    TLS_BROKEN = auto()
    SERVER_ERROR = auto()
    TOO_BUSY = auto()
    ODD_STATUS = auto()
    HOST_SILENT = auto()
    OUR_FAULT = auto()
    NOT_FOUND = auto()
    GONE = auto()
    OWN_PICTURE_MISSING = auto()
    NEEDS_LOGIN = auto()
    FORBIDDEN = auto()
    LEADS_TO_LOGIN = auto()
    WEB_PAGE = auto()
    SHARE_PAGE = auto()
    SHARE_PAGE_WITH_DIRECT_LINK = auto()
    NO_TYPE = auto()
    GENERIC_TYPE = auto()
    LABEL_NOT_ACCEPTED = auto()
    TYPE_NOT_ACCEPTED = auto()
    TYPE_MISMATCH = auto()
    DAMAGED = auto()
    TOO_LARGE = auto()
    TOO_MANY_PIXELS = auto()
    TOO_COSTLY = auto()
    HEAD_TOO_LARGE = auto()
    MESSAGE_TOO_LARGE = auto()
    HEAD_REFUSED = auto()
    HEAD_SILENT = auto()
    HEAD_DIFFERS = auto()
    TOO_MANY_REDIRECTS = auto()
    REDIRECT_LOOP = auto()
    REDIRECT_NOWHERE = auto()
    CONNECT_TIMEOUT = auto()
    FIRST_BYTE_TIMEOUT = auto()
    WHOLE_TIMEOUT = auto()
    EXPIRED = auto()
    EXPIRES_TOO_SOON = auto()
    TOO_MANY_FILES = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True)
class Sentence:
    """`happened` and `to_do` are format strings over the facts of the case."""

    code: MediaCode
    happened: str
    to_do: str


_UPLOAD = "Upload the picture under Pictures, or put it on a public web address."
_LATER = "Open the link in a private browser window. If it works there, check again in a few minutes."
_HOSTER = "Ask whoever runs {host} to fix this, or upload the picture under Pictures."
_CERTIFICATE = "Ask whoever runs {host} to renew its certificate, or upload the picture under Pictures."

SENTENCES: dict[Reason, Sentence] = {
    Reason.NO_SCHEME: Sentence(
        MediaCode.SCHEME,
        "This link has no https:// in front of it.",
        "Write https:// in front and check again.",
    ),
    Reason.FILE_ON_COMPUTER: Sentence(
        MediaCode.SCHEME, "This is a file on somebody's computer, which Twilio cannot open.", _UPLOAD
    ),
    Reason.NOT_A_LINK: Sentence(MediaCode.SCHEME, "This is not a web link.", "Give a link that starts with https://."),
    Reason.OTHER_SCHEME: Sentence(
        MediaCode.SCHEME,
        "Twilio cannot fetch links that start with “{scheme}:”.",
        "Give a link that starts with https://.",
    ),
    Reason.PASSWORD_IN_LINK: Sentence(
        MediaCode.SCHEME,
        "This link carries a user name or password.",
        "Put the picture where nobody needs a password, and link to that.",
    ),
    Reason.UNUSUAL_PORT: Sentence(
        MediaCode.SCHEME,
        "This link asks for port {port}; Twilio promises only the usual ones.",
        "Use an https:// link without a port number.",
    ),
    Reason.PRIVATE_ADDRESS: Sentence(
        MediaCode.PRIVATE_ADDRESS, "{host} is inside a private network, where Twilio cannot reach it.", _UPLOAD
    ),
    Reason.ADDRESS_IN_DISGUISE: Sentence(
        MediaCode.PRIVATE_ADDRESS,
        "{host} is a number written in an unusual way, not the name of a website.",
        "Give a link with the name of a website.",
    ),
    Reason.LEADS_TO_PRIVATE_ADDRESS: Sentence(
        MediaCode.PRIVATE_ADDRESS,
        "This link leads on to {host}, which is not a public web address.",
        _UPLOAD,
    ),
    Reason.HOST_UNKNOWN: Sentence(
        MediaCode.UNREACHABLE, "There is no website named {host}.", "Check the spelling of the link."
    ),
    Reason.NO_CONNECTION: Sentence(MediaCode.UNREACHABLE, "{host} does not accept connections.", _LATER),
    Reason.HUNG_UP: Sentence(MediaCode.UNREACHABLE, "{host} hung up without an answer.", _LATER),
    Reason.BAD_HTTP: Sentence(
        MediaCode.UNREACHABLE, "{host} gave an answer that breaks the rules of the web.", _HOSTER
    ),
    Reason.TRUNCATED: Sentence(
        MediaCode.UNREACHABLE,
        "The file broke off before its end.",
        "Check again. If it happens again, upload the picture anew.",
    ),
    Reason.UNPACKABLE: Sentence(
        MediaCode.UNREACHABLE, "{host} sends the file packed in a way that cannot be read.", _HOSTER
    ),
    Reason.TLS_EXPIRED: Sentence(
        MediaCode.UNREACHABLE, "The security certificate of {host} has expired.", _CERTIFICATE
    ),
    Reason.TLS_NOT_YET_VALID: Sentence(
        MediaCode.UNREACHABLE, "The security certificate of {host} is not valid yet.", _CERTIFICATE
    ),
    Reason.TLS_SELF_SIGNED: Sentence(
        MediaCode.UNREACHABLE,
        "{host} signed its security certificate itself, so Twilio will not trust it.",
        _CERTIFICATE,
    ),
    Reason.TLS_OTHER_HOST: Sentence(
        MediaCode.UNREACHABLE, "The security certificate of {host} belongs to another website.", _CERTIFICATE
    ),
    Reason.TLS_UNKNOWN_ISSUER: Sentence(
        MediaCode.UNREACHABLE,
        "The security certificate of {host} is incomplete or from an issuer that nobody knows.",
        _CERTIFICATE,
    ),
    Reason.TLS_BROKEN: Sentence(MediaCode.UNREACHABLE, "No secure connection to {host} could be made.", _HOSTER),
    Reason.SERVER_ERROR: Sentence(MediaCode.UNREACHABLE, "{host} has a fault of its own (error {status}).", _LATER),
    Reason.TOO_BUSY: Sentence(
        MediaCode.UNREACHABLE,
        "{host} says it is asked too often (error 429), and may say so to Twilio.",
        "Put the picture on a server made for many readers, or upload it under Pictures.",
    ),
    Reason.ODD_STATUS: Sentence(
        MediaCode.UNREACHABLE, "{host} answered with status {status} instead of the file.", _LATER
    ),
    Reason.HOST_SILENT: Sentence(
        MediaCode.UNREACHABLE,
        "{host} gave no answer to the {count} links before this one, so this one was not tried.",
        _LATER,
    ),
    Reason.OUR_FAULT: Sentence(
        MediaCode.UNREACHABLE,
        "This link could not be checked, because of a fault in this program.",
        "Check again. If it happens again, use another link and tell whoever looks after this program.",
    ),
    Reason.NOT_FOUND: Sentence(
        MediaCode.NOT_FOUND,
        "There is nothing at this address (error {status}).",
        "Check the link for typing mistakes, or upload the picture.",
    ),
    Reason.GONE: Sentence(
        MediaCode.NOT_FOUND,
        "The file at this address was removed (error 410).",
        "Upload the picture again and use the new link.",
    ),
    Reason.OWN_PICTURE_MISSING: Sentence(
        MediaCode.NOT_FOUND,
        "This picture is no longer stored here.",
        "Upload it again under Pictures.",
    ),
    Reason.NEEDS_LOGIN: Sentence(
        MediaCode.NEEDS_LOGIN,
        "{host} asks for a password (error {status}).",
        "Share the picture so that anybody can open it, or upload it under Pictures.",
    ),
    Reason.FORBIDDEN: Sentence(
        MediaCode.NEEDS_LOGIN,
        "{host} does not let us open this file (error 403).",
        "Share the picture so that anybody can open it, or upload it under Pictures.",
    ),
    Reason.LEADS_TO_LOGIN: Sentence(
        MediaCode.NEEDS_LOGIN,
        "This link leads to a sign-in page on {host}.",
        "Share the picture so that anybody can open it, or upload it under Pictures.",
    ),
    Reason.WEB_PAGE: Sentence(
        MediaCode.IS_WEB_PAGE,
        "This is a web page, not a picture.",
        "Open it, right-click the picture, choose “Copy image address” and use that link.",
    ),
    Reason.SHARE_PAGE: Sentence(
        MediaCode.IS_WEB_PAGE, "{sentence}", "Download the picture and upload it under Pictures."
    ),
    Reason.SHARE_PAGE_WITH_DIRECT_LINK: Sentence(
        MediaCode.IS_WEB_PAGE, "{sentence}", "Use the direct link instead: {direct_url}"
    ),
    Reason.NO_TYPE: Sentence(
        MediaCode.TYPE, "{host} does not say what kind of file this is, and Twilio insists on that.", _HOSTER
    ),
    Reason.GENERIC_TYPE: Sentence(
        MediaCode.TYPE,
        "{host} says only “{declared}” and not what kind of file this is. Twilio refuses that.",
        "Upload the picture under Pictures, or set its Content-Type to {wanted} where it is stored.",
    ),
    Reason.LABEL_NOT_ACCEPTED: Sentence(
        MediaCode.TYPE,
        "{host} labels this file “{declared}”, a label that Twilio does not take. The file itself is fine ({kind}).",
        "Upload the picture under Pictures, or set its Content-Type to {wanted} where it is stored.",
    ),
    Reason.TYPE_NOT_ACCEPTED: Sentence(
        MediaCode.TYPE,
        "Files of this kind cannot be sent as MMS: {kind}.",
        "Save it as JPEG, PNG or GIF.",
    ),
    Reason.TYPE_MISMATCH: Sentence(
        MediaCode.TYPE_MISMATCH,
        "The file is announced as {declared}, but is something else: {kind}.",
        "Save the picture again as JPEG or PNG and upload that.",
    ),
    Reason.DAMAGED: Sentence(
        MediaCode.TYPE_MISMATCH,
        "The file is announced as {declared}, but is damaged or incomplete.",
        "Open it on your computer, save it again and upload that.",
    ),
    Reason.TOO_LARGE: Sentence(
        MediaCode.TOO_LARGE,
        "The file is larger than {limit}, the most that Twilio takes.",
        "Make it smaller. A picture for phones needs no more than 500 KB.",
    ),
    Reason.TOO_MANY_PIXELS: Sentence(
        MediaCode.TOO_LARGE,
        "The picture has more pixels than phones can open.",
        "Save a smaller copy: 2,000 pixels on the longer side are plenty.",
    ),
    Reason.TOO_COSTLY: Sentence(
        MediaCode.TOO_LARGE,
        "The picture is built in a way that takes far too long to open.",
        "Save it again as a plain JPEG, PNG or GIF, and put that at the link.",
    ),
    Reason.HEAD_TOO_LARGE: Sentence(
        MediaCode.TOO_LARGE,
        "{host} says at Twilio's first question (HEAD) that the file has {size}; Twilio takes {limit}.",
        "Upload the picture under Pictures, or put it on another server.",
    ),
    Reason.MESSAGE_TOO_LARGE: Sentence(
        MediaCode.TOO_LARGE,
        "Text and files of this message are {size} together; Twilio takes {limit}.",
        "Make the files smaller, or send fewer of them.",
    ),
    Reason.HEAD_REFUSED: Sentence(
        MediaCode.HEAD_REFUSED,
        "{host} hands out the file, but refuses Twilio's first question, a HEAD request (error {status}).",
        "Upload the picture under Pictures, or put it on another server.",
    ),
    Reason.HEAD_SILENT: Sentence(
        MediaCode.HEAD_REFUSED,
        "{host} hands out the file, but gives no proper answer to Twilio's first question, a HEAD request.",
        "Upload the picture under Pictures, or put it on another server.",
    ),
    Reason.HEAD_DIFFERS: Sentence(
        MediaCode.HEAD_REFUSED,
        "{host} answers Twilio's first question (HEAD) with “{head_type}”, and then sends “{declared}”.",
        "Upload the picture under Pictures, or put it on another server.",
    ),
    Reason.TOO_MANY_REDIRECTS: Sentence(
        MediaCode.REDIRECT,
        "This link is passed on more than {limit} times.",
        "Open it in a browser and use the address it ends at.",
    ),
    Reason.REDIRECT_LOOP: Sentence(
        MediaCode.REDIRECT, "This link leads back to itself.", "Use another link to the picture."
    ),
    Reason.REDIRECT_NOWHERE: Sentence(
        MediaCode.REDIRECT,
        "{host} passes this link on, but to no usable web address.",
        "Use another link to the picture.",
    ),
    Reason.CONNECT_TIMEOUT: Sentence(
        MediaCode.TIMEOUT, "{host} did not answer the call within {seconds} seconds.", _LATER
    ),
    Reason.FIRST_BYTE_TIMEOUT: Sentence(
        MediaCode.TIMEOUT,
        "{host} sent nothing for {seconds} seconds. Twilio waits no longer than 15 seconds.",
        _LATER,
    ),
    Reason.WHOLE_TIMEOUT: Sentence(
        MediaCode.TIMEOUT,
        "The file was not complete after {seconds} seconds.",
        "Make the file smaller, or put it on a faster server.",
    ),
    Reason.EXPIRED: Sentence(
        MediaCode.EXPIRES, "This link expired on {expiry}.", "Make a new link that stays valid, and use that."
    ),
    Reason.EXPIRES_TOO_SOON: Sentence(
        MediaCode.EXPIRES,
        "This link expires on {expiry}; the last messages may be fetched as late as {needed}.",
        "Make a link that stays valid for longer, or start the send earlier.",
    ),
    Reason.TOO_MANY_FILES: Sentence(
        MediaCode.TOO_MANY,
        "This message has {count} files; a message can have {limit}.",
        "Leave some of them out.",
    ),
    Reason.EMPTY: Sentence(
        MediaCode.EMPTY, "There is a file at this address, but it is empty.", "Upload the picture again."
    ),
}


class Advice(StrEnum):
    """What would make a usable link better."""

    NOT_HTTPS = "The link starts with http, so anybody on the way can change the picture. Use https if you can."
    REDIRECTED = "The link is passed on to another address. A link straight to the file is safer."
    HEAVY = "Larger than 600 KB. Carriers may refuse files of this kind; make it smaller."
    HEAVY_ANIMATION = "An animated GIF above 600 KB may arrive as a still picture or not at all. Make it smaller."
    EXPIRES = "The link stops working on {expiry}. Send before that."
    PACKED = "The server sends the file compressed, though nobody asked for it. Twilio may not unpack it."


class LinkFault(Exception):  # noqa: N818 - inside this package only; callers see a MediaVerdict
    """One link cannot be used. Facts fill the placeholders of the reason's sentence."""

    def __init__(self, reason: Reason, **facts: object) -> None:
        sentence = SENTENCES[reason]
        self.reason = reason
        self.code = sentence.code
        self.message = sentence.happened.format(**facts)
        self.advice = sentence.to_do.format(**facts)
        super().__init__(self.message)


def kilobytes(size: int) -> str:
    """A size as people read it, in decimal units: `412 KB`, `3.4 MB`."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} KB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"
