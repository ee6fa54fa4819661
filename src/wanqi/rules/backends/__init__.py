"""Ways to answer an expression; private to the engine, all giving one answer."""
