"""The sentence for each phone, row and file code: what is wrong with it, and what to do next.

Written for the person in marketing. Braces are filled in by the code that found the problem; no sentence
holds a phone number, so that it may be logged. Media sentences live beside the media checks.
"""

from mms.problems import FileCode, PhoneCode, RowCode

PHONE_TEXTS: dict[PhoneCode, str] = {
    PhoneCode.MISSING: "There is no phone number in this row. Add it, or go on without this row.",
    PhoneCode.HAS_LETTERS: "There are letters in the number. Type it with digits only.",
    PhoneCode.TOO_SHORT: "The number has too few digits. Check it against your records.",
    PhoneCode.TOO_LONG: (
        "The number has too many digits. Check it; a number of another country must begin with + and its country code."
    ),
    PhoneCode.NOT_A_NUMBER: "This is not a phone number. Type it with its area code, such as 212 555 0123.",
    PhoneCode.ROUNDED_BY_EXCEL: (
        "Excel has rounded this number and the last digits are lost. "
        "Format the column as Text in the original file and export it again."
    ),
    PhoneCode.HAS_EXTENSION: (
        "The number has an extension: an office line cannot get a picture message. Use a mobile number."
    ),
    PhoneCode.SEVERAL_NUMBERS: "There is more than one number in the cell. Keep the one to send to.",
    PhoneCode.NO_AREA_CODE: "The area code is missing. Add it in front of the number.",
    PhoneCode.NOT_IN_USE: (
        "No phone has this number: its area code or its first digits are not in use. Check for a typing mistake."
    ),
    PhoneCode.FICTIONAL: (
        "555-0100 to 555-0199 are numbers for films and examples. They reach nobody; use the real number."
    ),
    PhoneCode.WARNING_LABEL: (
        "What stands beside the number says that it should not get a text (landline, fax, home, do not text). "
        "Use the person's mobile number, or go on without this row."
    ),
    PhoneCode.TOLL_FREE: "This is a toll-free number, which cannot get a picture message. Use a mobile number.",
    PhoneCode.PREMIUM_RATE: "This is a premium-rate number. Messages are never sent to one.",
    PhoneCode.SHORT_CODE: "This is a short code or a service number, not a person's phone. Use a full number.",
    PhoneCode.OWN_NUMBER: "This is a number that sends messages, not a customer's. Take it off the list.",
    PhoneCode.WRONG_CHANNEL: (
        "This address belongs to another channel, such as WhatsApp. Give the plain phone number for a picture message."
    ),
    PhoneCode.OUTSIDE_US_CANADA: (
        "This number is outside the US and Canada, where picture messages do not arrive as pictures. "
        "Allow other countries for this campaign, or go on without this row."
    ),
}

ROW_TEXTS: dict[RowCode, str] = {
    RowCode.MISSING_VALUE: (
        "The message uses {{column}} and this row has nothing there. Fill the cell, "
        "or write {{column}|something else} in the message."
    ),
    RowCode.MESSAGE_TOO_LONG: (
        "The message is {over:,} characters too long for this row (the limit is {limit:,}). Shorten it."
    ),
    RowCode.MESSAGE_EMPTY: "There is no text and no picture for this row. Fill the columns that the message uses.",
    RowCode.TOO_MANY_CELLS: (
        "This row has more cells than there are column names, so its values may have moved into the wrong columns. "
        "Often a comma inside a value needs straight quotes round the value."
    ),
}

FILE_TEXTS: dict[FileCode, str] = {
    FileCode.EMPTY_FILE: "The file is empty. Choose the file with your recipients.",
    FileCode.NO_ROWS: "The file has column names but no rows below them. Add at least one recipient.",
    FileCode.NO_PHONE_COLUMN: (
        "We found no column with phone numbers. The columns are: {columns}. Name one of them phone, or choose it."
    ),
    FileCode.TWO_PHONE_COLUMNS: "More than one column holds phone numbers: {columns}. Choose the one to send to.",
    FileCode.NO_HEADER: (
        "Row {row} looks like a person, not like column names. "
        "Add a first row with a name for each column, such as phone and name."
    ),
    FileCode.MISSING_COLUMNS: "The message uses {missing}, and the file has no such column. It has: {columns}.",
    FileCode.TOO_MANY_ROWS: "The file has {rows:,} rows; up to {limit:,} can be checked at once. Split the file.",
    FileCode.TOO_LARGE: "The file is too large: {size}, and up to {limit} can be read. Split it into smaller files.",
    FileCode.NOT_TEXT: (
        "This is {kind}, which we cannot read. Open it in the program it comes from and save it as CSV or XLSX."
    ),
    FileCode.IS_ARCHIVE: "This is {kind}. Unpack it first, then upload the file inside.",
    FileCode.UNCLOSED_QUOTE: (
        'A quotation mark (") opens in row {row} and does not close where it should, so the rows after it '
        "would be lost. Fix that row, or save the file again from your spreadsheet."
    ),
    FileCode.DUPLICATE_COLUMN: (
        "More than one column is called {column}. Delete or rename one, so that it is clear which number to use."
    ),
    FileCode.SEVERAL_SHEETS: "More than one sheet of the workbook holds a list: {sheets}. Choose the one to send to.",
}
