import asyncio

from ivr.exchange.pace import CallTime, Pace, Step


async def run(time: CallTime, frames: int, log: list[tuple[str, float]], name: str, stall: float = 0.0) -> None:
    with time.in_step():
        for _ in range(frames):
            await asyncio.sleep(stall)
            await time.tick()
            log.append((name, time.seconds))


async def test_it_lets_time_pass_for_all_or_for_none() -> None:
    step, log = Step(), list[tuple[str, float]]()
    slow, fast = (CallTime(Pace(instant=True), step) for _ in range(2))
    await asyncio.gather(run(slow, 5, log, "slow", 0.01), run(fast, 5, log, "fast"))
    assert [seconds for _, seconds in log] == sorted(seconds for _, seconds in log)


async def test_it_does_not_wait_for_who_has_left() -> None:
    step, log = Step(), list[tuple[str, float]]()
    gone, staying = (CallTime(Pace(instant=True), step) for _ in range(2))
    async with asyncio.timeout(2):
        await asyncio.gather(run(gone, 2, log, "gone"), run(staying, 10, log, "staying"))
    assert staying.seconds == 0.2


async def test_it_waits_for_who_joins_until_they_leave_for_a_while() -> None:
    step = Step()
    one, other = (CallTime(Pace(instant=True), step) for _ in range(2))
    with one.in_step(), other.in_step():
        tick = asyncio.create_task(one.tick())
        await asyncio.sleep(0.02)
        assert not tick.done()
        with other.in_step(False):
            await asyncio.wait_for(tick, 1)
            await other.tick()
        tick = asyncio.create_task(one.tick())
        await asyncio.sleep(0.02)
        assert not tick.done()
        await other.tick()
        await asyncio.wait_for(tick, 1)


async def test_it_asks_whether_all_is_settled_before_every_frame() -> None:
    asked = list[int]()

    async def settled() -> None:
        asked.append(1)
        await asyncio.sleep(0)

    time, log = CallTime(Pace(instant=True), Step(settled)), list[tuple[str, float]]()
    await run(time, 5, log, "one")
    assert len(asked) == 5


async def test_it_leaves_real_time_alone() -> None:
    step = Step()
    one, other = (CallTime(Pace(speed=50), step) for _ in range(2))
    with other.in_step(), one.in_step():
        await asyncio.wait_for(one.tick(), 1)


async def test_it_forgets_who_was_cancelled() -> None:
    step, log = Step(), list[tuple[str, float]]()
    one, other = (CallTime(Pace(instant=True), step) for _ in range(2))
    task = asyncio.create_task(run(one, 1000, log, "one"))
    await asyncio.sleep(0.01)
    with other.in_step():
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.wait_for(other.tick(), 1)
