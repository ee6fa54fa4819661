"""Measurements of the product on the machine they run on: `python -m benchmarks [name …]`.

Absolute numbers belong to a machine, so every run prints what the machine is; ratios within one run are what may be
compared between machines.
"""
