"""Exports of the named products, in miniature: header row, notation, consent column and footers as they write them."""

import pytest

from mms.recipients import CheckOptions, check, read_upload

A, B, C = "+14152008871", "+12122317764", "+13122317765"


def utf16_tabs(text):
    return text.replace(",", "\t").encode("utf-16")


EXPORTS = {
    "shopify": (
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
        "Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total\n"
        "'6123456789012,Ana,Lee,ana@example.com,no,,US,'94107,,'+14152008871,yes,12.00\n"
        "'6123456789013,Ben,Ray,ben@example.com,yes,,US,'10001,,'+12122317764,no,0.00\n",
        {"Phone": [A]},
    ),
    "square": (
        "Reference ID,First Name,Last Name,Email Address,Phone Number,Birthday,Email Subscription Status,"
        "SMS Subscription Status,First Visit\n"
        ",Ana,Lee,a@example.com,'+14152008871,,unsubscribed,subscribed,2024-03-01\n"
        ",Ben,Ray,b@example.com,'+12122317764,,subscribed,unsubscribed,2024-03-01\n",
        {"Phone Number": [A]},
    ),
    "hubspot": (
        "Record ID,First Name,Last Name,Phone Number,Unsubscribed from all email,Lead Status\n"
        "12345678901,Ana,Lee,(415) 200-8871,true,New\n",
        {"Phone Number": [A]},
    ),
    "salesforce": (
        '"First Name","Last Name","Mobile","Fax","Do Not Call","Mailing Country"\n'
        '"Ana","Lee","(415) 200-8871","(415) 200-8872","0","United States"\n'
        '"Ben","Ray","(212) 231-7764","","1","United States"\n',
        {"Mobile": [A]},
    ),
    "mailchimp": (
        "Email Address,First Name,SMS Phone Number,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,TAGS\n"
        'a@example.com,Ana,+14152008871,2,2024-03-01 10:00:00,2024-03-01 10:00:00,2024-03-01 10:00:00,"""vip"""\n',
        {"SMS Phone Number": [A]},
    ),
    "constant contact": (
        "Email address,First name,Phone - mobile,Source,Created\na@example.com,Ana,415-200-8871,Import,2024-03-01\n",
        {"Phone - mobile": [A]},
    ),
    "klaviyo": (
        "Email,Klaviyo ID,First Name,Phone Number,SMS Marketing Consent,SMS Marketing Consent Timestamp,Country\n"
        "a@example.com,01H,Ana,+14152008871,SUBSCRIBED,2024-03-01 10:00:00,United States\n"
        "b@example.com,01J,Ben,+12122317764,UNSUBSCRIBED,2024-03-01 10:00:00,United States\n"
        "c@example.com,01K,Cat,+13122317765,NEVER_SUBSCRIBED,,United States\n",
        {"Phone Number": [A]},
    ),
    "activecampaign": (
        "Email,First Name,Phone,Date Created\na@example.com,Ana,415.200.8871,2024-03-01\n",
        {"Phone": [A]},
    ),
    "eventbrite": (
        "Order ID,Order Date,Attendee Status,First Name,Surname,Cell Phone,Ticket Quantity\n"
        "2123100001,2024-03-01,Attending,Ana,Lee,4152008871,1\n",
        {"Cell Phone": [A]},
    ),
    "google contacts": (
        "First Name,Last Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n"
        "Ana,Lee,Mobile,+1 415-200-8871,,\nBen,Ray,Work Fax,(212) 231-7764,,\n",
        {"Phone 1 - Value": [A]},
    ),
    "outlook contacts": (
        "First Name,Last Name,Business Fax,Business Phone,Home Phone,Mobile Phone,Company Main Phone\n"
        "Ana,Lee,,,,(415) 200-8871,\n",
        {"Mobile Phone": [A]},
    ),
    "meta lead ads": (
        utf16_tabs(
            "id,created_time,ad_name,platform,full_name,phone_number\n"
            "l:2123100001,2024-03-01T10:00:00-05:00,Spring,fb,Ana Lee,p:+14152008871\n"
        ),
        {"phone_number": [A]},
    ),
    "typeform": (
        "#,What is your name?,What is your mobile number?,Start Date (UTC),Network ID\n"
        "a1b2,Ana,'+14152008871,2024-03-01 10:00:00,2123100001\n",
        {"What is your mobile number?": [A]},
    ),
    "woocommerce": (
        "Name,Username,Last active,Email,Orders,Billing Phone,Country / Region\n"
        "Ana Lee,ana,2024-03-01,a@example.com,3,415-200-8871,US\n",
        {"Billing Phone": [A]},
    ),
    "stripe": (
        "id,Description,Email,Name,Created (UTC),Phone,Delinquent\n"
        "cus_1,,a@example.com,Ana,2024-03-01 10:00,+14152008871,FALSE\n",
        {"Phone": [A]},
    ),
    "mindbody": (
        "Last Name,First Name,ID,Mobile Phone,Send Marketing Texts\nLee,Ana,100000001,(415) 200-8871,Yes\n"
        "Ray,Ben,100000002,(212) 231-7764,No\n",
        {"Mobile Phone": [A]},
    ),
    "toast": (
        "First Name,Last Name,Phone,Email,Total Visits,Marketing Opt-In\nAna,Lee,4152008871,a@example.com,3,Yes\n"
        "Ben,Ray,2122317764,b@example.com,3,No\n",
        {"Phone": [A]},
    ),
    "airtable": ("Name,Phone,Status\nAna,(415) 200-8871,Todo\n", {"Phone": [A]}),
    "quickbooks": (
        "My Shop LLC,,,\nCustomer Contact List,,,\n\nCustomer,Phone Numbers,Email,Full Name\n"
        "Ana Lee,Mobile:(415) 200-8871,a@example.com,Ana Lee\n\n\n"
        '"Friday, Mar 01, 2024 10:00:00 AM GMT-8",,,\n',
        {"Phone Numbers": [A]},
    ),
    "postscript": (
        "phone_number,email,first_name,subscription_state,created_at\n+14152008871,a@example.com,Ana,subscribed,2024-03-01\n"
        "+12122317764,b@example.com,Ben,unsubscribed,2024-03-01\n",
        {"phone_number": [A]},
    ),
    "attentive": (
        "phone,email,sms_subscription_status,date_subscribed\n+14152008871,a@example.com,SUBSCRIBED,2024-03-01\n"
        "+12122317764,b@example.com,OPTED_OUT,2024-03-01\n",
        {"phone": [A]},
    ),
}


@pytest.mark.parametrize("product", EXPORTS)
def test_export_is_read_as_it_comes(product):
    text, expected = EXPORTS[product]
    checked = check(read_upload(text if isinstance(text, bytes) else text.encode()), CheckOptions())

    assert {checked.phone_column: [number for _, number in checked.ready_numbers()]} == expected
    assert sum(checked.counts.values()) == len(checked)


SHAPES = {
    "whole lines in quotes": f'"Name,Mobile"\n"Ana,{A}"\n"Ben ""B"", {B}"\n',
    "a rare separator": f"Name^Mobile\nAna^{A}\nBen^{B}\n",
    "tilde": f"Name~Mobile\nAna~{A}\nBen~{B}\n",
    "ragged rows": f"Name;Mobile;Note;More\nAna;{A}\nBen;{B};x\n",
    "Ctrl-Z at the end": f"Name,Mobile\r\nAna,{A}\r\nBen,{B}\r\n\x1a",
    "notes above": f"Exported,2026-11-01\nBy,Zoe\nName,Mobile\nAna,\nBea,{A}\nBen,{B}\n",
    "a title and a blank phone": f"Spring list\n\nName,Mobile\nAna,\nBea,{A}\nBen,{B}\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_is_read(shape):
    checked = check(read_upload(SHAPES[shape].encode()))

    assert [number for _, number in checked.ready_numbers()] == [A, B]
    assert checked.upload.columns[:2] == ("Name", "Mobile")


CARDS = """BEGIN:VCARD
VERSION:3.0
FN:Ana Lee
item1.TEL;type=CELL;type=VOICE;type=pref:(415) 200-8871
TEL;type=HOME:(415) 200-8872
EMAIL:a@example.com
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:L=C3=A9on;Zo=C3=A9
TEL;CELL:+12122317764
TEL;CELL:+13122317765
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Bo
TEL;TYPE=home;VALUE=uri:tel:+1-312-231-7766
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:No
  Number
END:VCARD
"""


def test_contact_cards_give_mobiles_first_and_ask_where_there_are_several():
    checked = check(read_upload(CARDS.encode(), file_name="contacts.vcf"))

    assert list(checked.ready_numbers()) == [(2, A)]
    assert [(p.row, p.code.value) for p in checked.problems] == [
        (3, "several_numbers"),
        (4, "warning_label"),
        (5, "missing"),
    ]
    assert [checked.upload.cells(row)["Name"] for row in (2, 3, 5)] == ["Ana Lee", "Zoé Léon", "No Number"]


@pytest.mark.parametrize("rows", [f"Ana,{A}\nBen,{B}\n", f"Ana,,\nBo,{A},x\nBen,{B}\n"])
def test_file_without_a_header_can_be_read_by_letters(rows):
    upload = read_upload(rows.encode(), has_header=False)
    checked = check(upload)

    assert (checked.phone_column, upload.columns[:2]) == ("Column B", ("Column A", "Column B"))
    assert [number for _, number in checked.ready_numbers()] == [A, B]
    assert len(upload) == rows.count("\n")
