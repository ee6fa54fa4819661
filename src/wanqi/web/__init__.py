"""The web doors: pages for the bureau's own people (`console`); `pages.render_page` is how views answer."""
