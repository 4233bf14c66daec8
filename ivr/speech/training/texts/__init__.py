"""What the voices of the training say: how people give numbers, dates and names, and what they ask a hotline."""

from ivr.speech.training.texts.known import vocabulary
from ivr.speech.training.texts.sample import KINDS, Text, sample_texts

__all__ = ["KINDS", "Text", "sample_texts", "vocabulary"]
