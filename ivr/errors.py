"""What can go wrong in the setting up of the hotline.

HotlineError           a mistake that a person can mend; its text says what to do; exit code 2
├── SettingsError      an unknown or bad setting
├── BookError          unreadable or contradictory YAML, with file and line
├── ModelError         a missing model, or a word outside its vocabulary
├── AudioError         a recording that cannot be read
├── ChainError         mutations of a recording that cannot be read or made
├── ImportFileError    a bad row in a file of cards
├── RecordError        an appeal, incident or call back that is not there, or not fit for what is asked
├── PeriodError        days that no report can be made of
├── LoyaltyUnavailable the loyalty base does not answer, or not as agreed
└── PortInUseError     somebody else listens there

``StaleStepError`` is not among them: two drivers raced for one step, and the loser re-speaks.
"""


class HotlineError(Exception):
    """A mistake that a person can mend. The text is one line: what is wrong and what to do."""


class SettingsError(HotlineError):
    """An unknown or bad setting."""


class BookError(HotlineError):
    """A mistake in ``grammars/``; the text begins with ``file:line``."""


class ModelError(HotlineError):
    """The recognizer's model is missing or does not fit the grammars."""


class AudioError(HotlineError):
    """A recording that cannot be read as speech."""


class ChainError(HotlineError):
    """Mutations of a recording that are written wrong, or lack what they mix in."""


class ImportFileError(HotlineError):
    """A file of cards that cannot be taken in; nothing of it was stored."""


class RecordError(HotlineError):
    """An appeal, an incident or a call back that is not there, or not fit for what is asked of it."""


class PeriodError(HotlineError):
    """Days that no report can be made of."""


class LoyaltyUnavailable(HotlineError):
    """Nothing is known of cards now: an action that meets it ends with the outcome ``unavailable``."""


class PortInUseError(HotlineError):
    """Another program listens on the hotline's port."""


class StaleStepError(Exception):
    """The call has moved on since it was read; nothing was stored."""
