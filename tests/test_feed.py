"""The dialogue as it happens, for whoever watches."""

from concurrent.futures import ThreadPoolExecutor

from ivr.feed import Feed, Line

LINE = Line("CA1", "hotline", "Здравствуйте")


def test_every_watcher_gets_every_line_in_order() -> None:
    feed, first, second = Feed(), list[Line](), list[Line]()
    feed.watch(first.append)
    feed.publish(LINE)
    feed.watch(second.append)
    later = Line("CA2", "caller", "да", final=False)
    feed.publish(later)
    assert first == [LINE, later]
    assert second == [later]


def test_a_watcher_may_leave_and_leave_again() -> None:
    feed, lines = Feed(), list[Line]()
    leave = feed.watch(lines.append)
    assert feed.watched
    leave()
    leave()
    feed.publish(LINE)
    assert lines == []
    assert not feed.watched


def test_a_watcher_may_leave_while_it_is_told() -> None:
    feed, lines = Feed(), list[Line]()

    def once(line: Line) -> None:
        lines.append(line)
        leave()

    leave = feed.watch(once)
    feed.watch(lines.append)
    feed.publish(LINE)
    feed.publish(LINE)
    assert lines == [LINE, LINE, LINE]


def test_nothing_is_kept_while_nobody_watches() -> None:
    feed, lines = Feed(), list[Line]()
    feed.publish(LINE)
    feed.watch(lines.append)
    assert lines == []


def test_threads_may_publish_at_once() -> None:
    feed, lines = Feed(), list[Line]()
    feed.watch(lines.append)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: feed.publish(LINE), range(200)))
    assert len(lines) == 200
