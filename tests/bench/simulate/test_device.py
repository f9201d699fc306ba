"""A queue and its workers."""

import asyncio

from app.bench.simulate.clock import run
from app.bench.simulate.device import Device


def times(*jobs, workers=1, cancel=()):
    """When jobs `(rank, seconds)` were done, put at the same moment; None for those nobody waited for."""

    async def main():
        device, clock = Device(workers), asyncio.get_running_loop().time
        places = [device.put(*job) for job in jobs]
        waiting = device.waiting()
        for number in cancel:
            places[number].done.cancel()
        done = []
        for place in places:
            await asyncio.wait([place.done])
        for number, place in enumerate(places):
            done.append(None if number in cancel else place)
        assert device.waiting() == 0
        return waiting, clock()

    return run(main)


def test_one_worker_takes_one_job_at_a_time():
    assert times((0, 1.0), (0, 2.0)) == (1, 3.0)


def test_two_workers_take_two():
    assert times((0, 1.0), (0, 2.0), workers=2) == (0, 2.0)


def test_who_gave_up_is_skipped():
    assert times((0, 1.0), (0, 5.0), (0, 1.0), cancel=(1,)) == (2, 2.0)


def test_the_most_urgent_goes_first():
    async def main():
        device, order = Device(1), []
        for rank in (0, 2, 1, 2, 0):
            job = device.put(rank, 1.0)
            job.done.add_done_callback(lambda _, rank=rank: order.append(rank))
        await asyncio.sleep(10)
        return order

    assert run(main) == [0, 0, 1, 2, 2]


def test_a_worker_is_busy_though_its_caller_has_gone():
    async def main():
        device = Device(1)
        device.put(0, 2.0).done.cancel()
        second = device.put(0, 1.0)
        assert device.waits(second)
        await second.done
        return asyncio.get_running_loop().time()

    assert run(main) == 3.0


def test_those_of_lesser_rank_can_be_left_out():
    async def main():
        device = Device(1)
        for rank in (0, 2, 1, 2):
            device.put(rank, 1.0)
        return device.waiting(), device.waiting(below=2)

    assert run(main) == (3, 1)
