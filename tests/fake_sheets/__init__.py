"""Google Sheets on this machine: a server that speaks the calls of Sheets v4 and Drive v3 that the product uses.

    with running(Cloud(clock=clock)) as server:
        book = server.cloud.new_book("台账", "银行转账明细表")
        credentials = server.cloud.credentials()      # the key file; its token_uri points here
        base_url = server.address                     # paths stay Google's: /v4/spreadsheets/…, /drive/v3/files/…, /token
        person = Manager(server.cloud, book)          # what somebody does in the browser
        server.cloud.plans.do(lambda call: person.insert_row("银行转账明细表", 2), on=":batchUpdate")
        server.cloud.plans.fail(unavailable(), when=When.AFTER, on=":batchUpdate")

What is documented, what was seen on live accounts and what is assumed stands in README.md beside this file.
"""

from tests.fake_sheets.book import OFFICE_FILE, Assumptions, Book
from tests.fake_sheets.cloud import EMAIL, MANAGER, Cloud
from tests.fake_sheets.manager import Manager
from tests.fake_sheets.plans import Call, Cut, When
from tests.fake_sheets.refusals import Refusal, internal, quota_exceeded, unauthenticated, unavailable
from tests.fake_sheets.server import FakeSheets, running
from tests.fake_sheets.tokens import WRONG_TIME
from tests.fake_sheets.traffic import Entry

__all__ = [
    "EMAIL",
    "MANAGER",
    "OFFICE_FILE",
    "WRONG_TIME",
    "Assumptions",
    "Book",
    "Call",
    "Cloud",
    "Cut",
    "Entry",
    "FakeSheets",
    "Manager",
    "Refusal",
    "When",
    "internal",
    "quota_exceeded",
    "running",
    "unauthenticated",
    "unavailable",
]
