import threading
from datetime import UTC, datetime, timedelta

from ivr.store.appeals import Appeal, appeal_number, find_appeal, list_appeals, register_appeal
from ivr.store.db import Database

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def register(database: Database, phone: str = "+79160000102") -> Appeal:
    with database.transaction() as conn:
        return register_appeal(
            conn,
            call_sid="CA1",
            phone=phone,
            card_number="4276051200020024",
            category="points_missing",
            text="не начислили баллы",
            created_at=AT,
            due_at=AT + timedelta(days=3),
        )


def test_it_registers_an_appeal_and_finds_it(database: Database) -> None:
    appeal = register(database)
    with database.reading() as conn:
        assert find_appeal(conn, appeal.number) == appeal
        assert find_appeal(conn, "10000000") is None
    assert appeal.status == "open"
    assert appeal.due_at == AT + timedelta(days=3)


def test_it_lists_appeals_of_all_and_of_one_phone(database: Database) -> None:
    first, other, second = register(database), register(database, "+79160000103"), register(database)
    with database.reading() as conn:
        assert list_appeals(conn) == [first, other, second]
        assert list_appeals(conn, "+79160000102") == [first, second]


def test_it_gives_every_appeal_another_number_also_when_many_call_at_once(database: Database) -> None:
    threads = [threading.Thread(target=register, args=(database,)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as conn:
        numbers = [appeal.number for appeal in list_appeals(conn)]
    assert numbers == [appeal_number(serial) for serial in range(1, 11)]


def test_it_makes_numbers_of_eight_digits_that_lie_far_apart() -> None:
    numbers = [appeal_number(serial) for serial in range(1, 20_001)]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 8 and number[0] != "0" for number in numbers)
    taken = set(numbers)
    for number in numbers[:500]:
        one_misheard = (number[:i] + digit + number[i + 1 :] for i in range(8) for digit in "0123456789")
        assert sum(other in taken for other in one_misheard if other != number) <= 1
