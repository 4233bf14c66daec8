"""The media stream of a call: codec, prompts played, and the session that joins speech, keys and dialogue."""
