"""The dialogue book: ``grammars/`` read strictly, checked before a call, and turned into a ``DialogBook``."""
