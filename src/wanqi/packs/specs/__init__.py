"""The shapes of pack files, one module per kind of file."""
