"""Programs ask here what pages show: the catalogue, one check, a screen; described by /api/openapi.json."""
