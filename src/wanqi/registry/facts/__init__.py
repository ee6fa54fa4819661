"""Facts about organisations: what clerks type, what stands, what rules are given, what is still missing."""
