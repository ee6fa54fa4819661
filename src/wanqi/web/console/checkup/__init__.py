"""政策体检 of one enterprise: the page, its drawers and report, what an enterprise asks to have corrected."""
