"""What people call the column with the numbers, in the languages that spreadsheets come in."""

import re
import unicodedata

from mms.message import squeeze

_WHOLE_NAMES = """
phone phoneno phonenum phonenr phonenumber phonenumbers phones mobile mobileno mobilenum mobilenr mobilenumber
mobilephone mobilephoneno mobilephonenumber mobilenumbers cell cellno cellnumber cellphone cellphoneno
cellphonenumber cellular tel telno telnr telephone telephoneno telephonenumber contactno contactnumber
contactphone contactmobile msisdn e164 sms smsnumber smsphone textnumber
recipientphone customerphone customermobile primaryphone mainphone phonee164 phone1 mobile1
telefon telefonnummer telefonnr handy handynummer handynr mobil mobilnummer mobilnr mobiltelefon
mobiltelefonnummer rufnummer
telefono numerodetelefono numerotelefono movil numeromovil telefonomovil celular numerocelular numerodecelular
telefonocelular
portable telephoneportable telephonemobile numerodeportable numerodetelephone numeroportable gsm
cellulare numerodicellulare numeroditelefono telefonocellulare
telefone numerodetelefone telemovel telefonecelular
telefoonnummer telefoon mobielnummer mobiel mobieltelefoon mobieletelefoon
puhelin puhelinnumero matkapuhelin komorka telefonkomorkowy numertelefonu telefonszam mobilszam
телефон мобильный мобильныйтелефон номертелефона мобільний
電話 電話番号 携帯 携帯電話 携帯番号 手机 手机号 手机号码 电话 电话号码 手機 手機號碼 휴대폰 휴대폰번호 전화번호 핸드폰
هاتف رقمالهاتف جوال رقمالجوال הטלפון טלפון נייד מספרטלפון
"""
_WEAK_NAMES = """
number numbers no nr num id to recipient recipients contact cel text nummer numero номер
"""
_SINGLE_WORDS = """
phone phones mobile cell cellphone tel telephone msisdn sms telefon handy mobil telefono telefone movil
celular portable cellulare telefoon mobiel telemovel puhelin telefonnummer телефон мобильный
"""


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def _key(column: str) -> str:
    return re.sub(r"\W", "", squeeze(_without_accents(column)))


# Through the same key as the headers, so that accents and scripts compare equal however they are composed.
_NAMES = frozenset(_key(name) for name in _WHOLE_NAMES.split())
_WORDS = frozenset(_key(word) for word in _SINGLE_WORDS.split())
_WEAK = frozenset(_key(name) for name in _WEAK_NAMES.split())
_FAX = re.compile(r"fax|telefax|faks|факс", re.IGNORECASE)
# Lines that get no text, and people who are not the one on the list.
_NOT_THEIRS_LISTED = """
landline festnetz fixe fijo fisso emergency ice assistant asst spouse referrer referred referral owner agent
rep manager doctor physician store shop branch company
"""
_NOT_THEIRS = frozenset(_NOT_THEIRS_LISTED.split())
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[\W_\d]+")


def is_phone_name(column: str) -> bool:
    """Whether the name as a whole says: phone number."""
    return _key(column) in _NAMES


def is_fax_name(column: str) -> bool:
    """Whether the column holds fax numbers, which no message goes to."""
    return bool(_FAX.search(column))


def is_weak_name(column: str) -> bool:
    """Whether the name may mean a phone number or any other: `Number`, `No.`, `To`. Only content decides then."""
    return _key(column) in _WEAK


def is_of_others(column: str) -> bool:
    """Whether the column names a landline, or somebody else's phone: emergency contact, assistant, store."""
    return bool(_NOT_THEIRS.intersection(_words_of(column)))


def _words_of(column: str) -> list[str]:
    return _BETWEEN_WORDS.split(_without_accents(_CAMEL.sub(" ", column)).casefold())


def mentions_phone(column: str) -> bool:
    """Whether one word of the name says so, as in `Home phone` or `Mobile (new)`."""
    return is_phone_name(column) or any(word in _WORDS for word in _words_of(column))
