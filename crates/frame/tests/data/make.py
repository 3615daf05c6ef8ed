"""Makes the spreadsheet of the tests: pip install openpyxl; python make.py"""

from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook

book = Workbook()
empty = book.active
empty.title = "Empty"
sheet = book.create_sheet("Sales 2024")
sheet.append([])
sheet.append(["day", "moment", "product", "count", "price", None, "count"])
sheet.append([date(2024, 2, 29), datetime(2024, 2, 29, 10, 30), "tea", 3, 2.5, None, "a"])
sheet.append([date(2024, 3, 1), None, "café", 4, 3, True, 1])
sheet.append([])
sheet.append([None, datetime(2024, 3, 2, 0, 0), None, None, "=1/0", False, None])
book.save(Path(__file__).parent / "sales.xlsx")
