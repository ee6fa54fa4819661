"""The same programmes in other rule engines: translated from the compiled plan, checked to agree, then measured."""
