"""一企一档: one page for one enterprise, its values and where they come from, and the whole file as a workbook."""
