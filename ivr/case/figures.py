"""What actions get when an operator acts: the services of a call, with figures for words."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from ivr.appeals import in_pairs
from ivr.codes import CodeRequest
from ivr.counting import plural
from ivr.services import CallServices
from ivr.store.case_rows import failed_ways
from ivr.store.questionnaires import ChangedBy


class CaseServices(CallServices):
    """Decides as calls do and says it in figures: what is found is read, not heard."""

    changed_by: ChangedBy = "operator"

    def code_request(self, card_number: str, phone: str | None) -> CodeRequest:
        """An operator asks where none has come: a call has one more for that."""
        return replace(super().code_request(card_number, phone), again=True)

    def since_in_words(self, moment: datetime | None) -> str:
        return f"{self.local_date(moment):%d.%m.%Y}" if moment else self._words["long_ago"]

    def points_in_words(self, points: int) -> str:
        return f"{points} {plural(points, self._cards.diagnosis.points)}"

    def day_in_words(self, day: date) -> str:
        return f"{day:%d.%m.%Y}"

    def moment_in_words(self, moment: datetime) -> str:
        return f"{self.local_moment(moment):%d.%m.%Y %H:%M}"

    def digits_in_words(self, digits: str) -> str:
        return in_pairs(digits)

    def failed_ways(self, card_number: str | None) -> list[str]:
        """What was tried lately by the caller or for the card and did not help."""
        since = self.now() - timedelta(days=self.rules.limits.ways_days)
        return failed_ways(self._conn, self._way_keys(card_number), since)
