"""Makes the files of the tests that other programs have to write:

    pip install openpyxl==3.1.5 odfpy==1.4.1 xlwt==1.3.0 pyarrow==26.0.1
    python make.py
"""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

HERE = Path(__file__).parent


def xlsx():
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
    book.save(HERE / "sales.xlsx")


HEADER = ["day", "product", "count", "price", "open"]
ROWS = [
    [date(2024, 2, 29), "tea", 3, 2.5, True],
    [date(2024, 3, 1), "café", 4, None, False],
]


def xls():
    """The format of Excel 97."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sales")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for row, values in enumerate([HEADER, *ROWS]):
        for column, value in enumerate(values):
            if isinstance(value, date):
                sheet.write(row, column, value, day)
            elif value is not None:
                sheet.write(row, column, value)
    book.save(str(HERE / "sales.xls"))


def ods():
    """The format of LibreOffice."""
    book = OpenDocumentSpreadsheet()
    sheet = Table(name="Sales")
    for values in [HEADER, *ROWS]:
        row = TableRow()
        for value in values:
            if value is None:
                cell = TableCell()
            elif isinstance(value, bool):
                cell = TableCell(valuetype="boolean", booleanvalue=str(value).lower())
            elif isinstance(value, date):
                cell = TableCell(valuetype="date", datevalue=value.isoformat())
            elif isinstance(value, str):
                cell = TableCell(valuetype="string")
                cell.addElement(P(text=value))
            else:
                cell = TableCell(valuetype="float", value=str(value))
            row.addElement(cell)
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    book.save(str(HERE / "sales.ods"))


def decimals():
    """Types that polars has no columns for as Ferrite builds it."""
    price = pa.decimal128(9, 2)
    table = pa.table(
        {
            "id": pa.array([1, 2, 3]),
            "price": pa.array([Decimal("2.50"), None, Decimal("-1234567.89")], price),
            "exact": pa.array([Decimal("0.1"), Decimal("1e20"), None], pa.decimal128(38, 10)),
            "widest": pa.array([Decimal("12.5"), None, Decimal("-1e40")], pa.decimal256(60, 3)),
            "vector": pa.array([[1.5, 2.5], None, [3.5, None]], pa.list_(pa.float32(), 2)),
            "prices": pa.array([[Decimal("1.25")], [], None], pa.list_(price)),
            "pair": pa.array(
                [{"a": Decimal("1.50"), "b": "x"}, None, {"a": None, "b": "y"}],
                pa.struct([("a", price), ("b", pa.string())]),
            ),
            "moment": pa.array([0, 3_600_000_000, None], pa.timestamp("us", "+05:17")),
            "word": pa.array(["a", "b", "a"]).dictionary_encode(),
        }
    )
    pq.write_table(table, HERE / "decimals.parquet", row_group_size=2)
    narrow = table.drop_columns(["widest"])
    feather.write_feather(narrow, HERE / "decimals.arrow", chunksize=2, compression="lz4")
    pq.write_table(table.select(["price"]), HERE / "only_decimals.parquet")
    pq.write_table(table.slice(0, 0), HERE / "no_decimals.parquet")
    spans = pa.array([pa.MonthDayNano([1, 2, 3])], pa.month_day_nano_interval())
    feather.write_feather(
        pa.table({"id": [1], "span": spans}), HERE / "spans.arrow", compression="uncompressed"
    )
    widest = table.select(["id", "widest"])
    feather.write_feather(widest, HERE / "widest.arrow", compression="uncompressed")


for make in [xlsx, xls, ods, decimals]:
    make()
