"""How large a table may be: what a clerk's file never reaches and a hostile one is stopped at.

One grid cell costs the reader about 32 bytes, so that the largest sheet takes about 160 MB.
"""

from __future__ import annotations

FILE_BYTES = 50 * 1024 * 1024
PARTS = 4_000  # entries of an XLSX container
INFLATED_BYTES = 320 * 1024 * 1024  # of the parts that are read
RATIO = 250  # inflated to deflated, of a part above RATIO_FROM; a real sheet stays below 60
RATIO_FROM = 4 * 1024 * 1024
SHARED_TEXT_BYTES = 256 * 1024 * 1024  # shared strings as often as cells repeat them
DEPTH = 40  # of XML elements
TAG_BYTES = 512 * 1024
ROWS = 200_000
COLUMNS = 300
GRID_CELLS = 5_000_000
ELEMENTS = 16_000_000  # of one part's XML: as many as the largest grid needs, read in about ten seconds
FAULTS = 200_000
FIELD_CHARACTERS = 131_072  # of one field of a text; Excel holds 32,767
