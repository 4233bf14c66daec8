"""``python -m ivr``: a group of commands a module. What is asked for goes to stdout, talk to stderr."""
