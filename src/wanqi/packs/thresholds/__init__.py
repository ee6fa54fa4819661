"""Generated cases: every threshold of the packs at its value, one unit either side, and with the value missing."""
