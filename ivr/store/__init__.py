"""Everything that outlives a step: calls, cards, one-time codes, the outbox, appeals. SQLite or PostgreSQL."""
