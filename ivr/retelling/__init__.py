"""Calls that took place, told again as scenarios: with an invented person, and in a voice that is made anew.

Calls by text go the same way: what was typed becomes a scenario. Nothing of the hotline rests on this package.
"""
