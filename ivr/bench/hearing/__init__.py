"""How well the hotline hears: voices played to its questions, next to the plain way to use the recognizer."""
