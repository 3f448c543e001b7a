import unittest
from dataclasses import replace
from typing import Any

from ..campaign_list import TYPES
from ..databases import Version
from ..parking_orders import SKIP
from ..partitions import murmur2, partition_of
from ..progress import Progress, progress, split
from .story import Story

PARTITIONS = 1


def version(parked: tuple[int, ...] = (), orders: tuple[str, ...] = (), **checkpoint: int) -> Version:
    counts: dict[str, Any] = {"applied": 0, "parked": len(parked), "not_applicable": 0, "position": -1} | checkpoint
    return Version("campaign-list", 1, {0: counts}, dict.fromkeys(parked, 0), frozenset(orders))


class ProgressTest(unittest.TestCase):
    def setUp(self) -> None:
        self.story = Story()
        campaign = self.story.campaign()
        campaign.tell("CampaignSubmitted")
        self.story.account()  # two events of no concern

    def progress(self, of: Version, at_checkpoints: bool = False) -> Progress:
        orders = [event for event in self.story.events if event.type == SKIP]
        return progress(of, TYPES, split(self.story.events, PARTITIONS)["events"], orders, at_checkpoints)

    def test_all_events_are_counted_once(self) -> None:
        outcome = self.progress(version(position=400, applied=2, not_applicable=2))
        self.assertEqual((outcome.wrong, outcome.behind), ([], []))
        self.assertEqual([event.position for event in outcome.applied], [100, 200])

    def test_an_event_that_nobody_counted_is_told(self) -> None:
        outcome = self.progress(version(position=400, applied=1, not_applicable=2))
        self.assertEqual(outcome.wrong, ["partition 0 counts applied 1 instead of 2"])

    def test_a_model_that_is_behind_is_told(self) -> None:
        outcome = self.progress(version(position=100, applied=1))
        self.assertEqual(outcome.behind, [{"partition": 0, "checkpoint": 100, "end": 400}])

    def test_at_its_checkpoint_it_is_what_came_before(self) -> None:
        outcome = self.progress(version(position=100, applied=1), at_checkpoints=True)
        self.assertEqual((outcome.wrong, [event.position for event in outcome.applied]), ([], [100]))

    def test_parked_events_are_not_expected(self) -> None:
        outcome = self.progress(version((100, 200), position=400, not_applicable=2))
        self.assertEqual((outcome.wrong, outcome.applied), ([], []))

    def test_a_later_event_of_a_parked_stream_parks_behind_it(self) -> None:
        outcome = self.progress(version((100,), position=400, applied=1, not_applicable=2))
        self.assertIn("is not parked behind", outcome.wrong[0])

    def test_a_skipped_event_is_not_expected_and_is_counted(self) -> None:
        order = {"orderId": "o", "model": "campaign-list", "version": 1, "stream": "s", "position": 200, "reason": "r"}
        self.story.tell(f"parkedStream-{self.story.tenant}.id", "ParkedEventSkipRequested", order)
        done = version(orders=("o",), position=500, applied=1, not_applicable=3, skipped=1)
        outcome = self.progress(done)
        self.assertEqual((outcome.wrong, [event.position for event in outcome.applied]), ([], [100]))
        (wrong,) = self.progress(replace(done, orders_carried_out=frozenset())).wrong
        self.assertEqual(wrong, "partition 0 counts applied 1 instead of 2, skipped 1 instead of 0")

    def test_what_is_parked_happened(self) -> None:
        outcome = self.progress(version((150,), position=400, applied=1, not_applicable=2))
        self.assertIn("position 150 is parked", outcome.wrong[0])

    def test_a_checkpoint_stands_on_an_event(self) -> None:
        outcome = self.progress(version(position=450, applied=2, not_applicable=2))
        self.assertIn("none of its events", outcome.wrong[0])

    def test_keys_are_partitioned_as_kafka_does(self) -> None:
        hashes = {key: murmur2(key.encode()) - 2**32 for key in ("21", "foobar", "a-little-bit-long-string")}
        self.assertEqual(hashes, {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536})

    def test_an_account_s_days_are_on_its_partition(self) -> None:
        account = self.story.account("other", "act-2")
        days = [self.story.observed(account, date=f"2026-11-{day}") for day in (10, 11, 12)]
        self.assertEqual(len({partition_of(day, 12) for day in days}), 1)
