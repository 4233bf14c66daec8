"""The line to the operators: who waits, who is rung, who talks; see ``docs/line.md``."""
