"""All tables together: whoever compares or empties the database needs every one of them to be named."""

from ivr.store import person_tables, tables

metadata = tables.metadata
assert person_tables.codes.metadata is metadata
