"""Scripted callers: a scenario in YAML is played against the real webhooks and the real media socket."""
