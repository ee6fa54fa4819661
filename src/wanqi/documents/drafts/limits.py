"""How large a draft may be: what no report reaches, and what a hostile file is stopped at."""

from __future__ import annotations

FILE_BYTES = 50 * 1024 * 1024
TEXT_CHARACTERS = 5_000_000  # a report of one hundred pages has about 60,000
PARTS = 4_000  # entries of a DOCX container
PART_BYTES = 96 * 1024 * 1024  # of one part's XML, inflated
TOTAL_BYTES = 512 * 1024 * 1024  # of all parts that are read or written back
RATIO = 300  # inflated to packed, of a part above RATIO_FROM; XML of a real document stays below 60
RATIO_FROM = 4 * 1024 * 1024
PAGES = 1_500
HTML_BYTES = 20 * 1024 * 1024
SPAN_COLUMNS = 200  # empty cells one merged cell may stand for
