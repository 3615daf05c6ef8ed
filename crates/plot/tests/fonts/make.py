"""Makes two-letters.ttf: a font that has nothing but the two letters 漢 and 字,
drawn as shapes, for the test that letters of a system's font are drawn.

    pip install fonttools
    python crates/plot/tests/fonts/make.py
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen


def shape(*points):
    pen = TTGlyphPen(None)
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


builder = FontBuilder(1000, isTTF=True)
builder.setupGlyphOrder([".notdef", "diamond", "bar"])
builder.setupCharacterMap({ord("漢"): "diamond", ord("字"): "bar"})
builder.setupGlyf({
    ".notdef": shape((0, 0), (500, 0), (500, 700), (0, 700)),
    "diamond": shape((500, 0), (100, 400), (500, 800), (900, 400)),
    "bar": shape((100, 300), (100, 500), (900, 500), (900, 300)),
})
builder.setupHorizontalMetrics({name: (1000, 100) for name in [".notdef", "diamond", "bar"]})
builder.setupHorizontalHeader(ascent=880, descent=-120)
builder.setupNameTable({"familyName": "Two Letters", "styleName": "Regular"})
builder.setupOS2()
builder.setupPost()
builder.font["head"].created = builder.font["head"].modified = 0
builder.font.recalcTimestamp = False
builder.save(Path(__file__).parent / "two-letters.ttf")
