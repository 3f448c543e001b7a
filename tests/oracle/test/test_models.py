import unittest

from .. import ad_metrics, campaign_list, campaign_timeline
from ..canonical import Row
from ..model import Expected, expected
from .story import CLIENT, TENANT, Story, figures, key


def said(columns: tuple[str, ...], row: Row, *names: str) -> dict[str, str | None]:
    return {name: value for name, value in zip(columns, row.values, strict=True) if name in names}


class CampaignTest(unittest.TestCase):
    def setUp(self) -> None:
        self.story = Story()
        self.campaign = self.story.campaign()

    def listed(self) -> Expected:
        return expected(campaign_list.Fold(), self.story.events)

    def words(self) -> list[str | None]:
        (table,) = expected(campaign_timeline.Fold(), self.story.events).tables
        return [row.values[table.columns.index("text")] for row in table.rows.values()]

    def test_a_row_is_what_its_events_made_of_it(self) -> None:
        self.campaign.tell("BudgetAllocated", budget={"amountMicros": 5_000_000, "currency": "EUR"})
        self.campaign.tell("CampaignSubmitted")
        (table,) = self.listed().tables
        row = table.rows[TENANT, self.campaign.id]
        names = ("client_id", "state", "budget_micros", "starts_on", "revision", "position")
        self.assertEqual(
            said(table.columns, row, *names),
            {
                "client_id": CLIENT,
                "state": "inReview",
                "budget_micros": "5000000",
                "starts_on": None,
                "revision": "2",
                "position": "300",
            },
        )
        self.assertEqual(row.events, (100, 200, 300))

    def test_an_event_that_cannot_be_folded_changes_nothing(self) -> None:
        self.story.events.pop(0)
        self.campaign.tell("CampaignSubmitted")
        outcome = self.listed()
        self.assertEqual(outcome.tables[0].rows, {})
        self.assertEqual([event.type for event, _ in outcome.unfoldable], ["CampaignSubmitted"])

    def test_a_timeline_says_it_in_words(self) -> None:
        self.campaign.tell("BudgetAllocated", budget={"amountMicros": 1_234_567_500_000, "currency": "EUR"})
        self.campaign.tell(
            "BudgetRevised",
            previous={"amountMicros": 1_234_567_500_000, "currency": "EUR"},
            budget={"amountMicros": 500_001, "currency": "EUR"},
        )
        self.campaign.tell("CampaignSubmitted")
        self.campaign.tell("CampaignApproved", comment="good")
        self.campaign.tell("CampaignScheduled", startsOn="2026-12-01", endsOn=None)
        self.assertEqual(
            self.words(),
            [
                "Created as “Spring”",
                "Budget of 1,234,567.50 EUR allocated",
                "Budget lowered from 1,234,567.50 to 0.500001 EUR",
                "Submitted for review",
                "Approved: “good”",
                "Scheduled from 2026-12-01",
            ],
        )


class AdMetricsTest(unittest.TestCase):
    def test_each_reading_is_a_row_and_the_latest_is_current(self) -> None:
        story = Story()
        account = story.account()
        story.observed(account, {"key": key("a"), "measures": figures(1)}, {"key": key("b"), "measures": figures(2)})
        story.restated(account, {"key": key("b"), "before": figures(2), "after": figures(3)})
        readings, current = expected(ad_metrics.Fold(), [e for e in story.events if e.type in ad_metrics.TYPES]).tables
        clicks = [
            [row.values[table.columns.index("clicks")] for row in table.rows.values()] for table in (readings, current)
        ]
        self.assertEqual(clicks, [["1", "2", "3"], ["1", "3"]])

    def test_a_row_key_is_spelt_as_it_is_stored(self) -> None:
        self.assertEqual(ad_metrics.row_key(key(None)), "-,-,7:default,")
        # U+1F600 takes two units of UTF-16, and sorts before U+FF61 there.
        wide = {"\uff61": "x", "\U0001f600": "y"}
        self.assertEqual(ad_metrics.row_key(key("a", **wide)), "-,1:a,2:\U0001f600,1:y,1:\uff61,1:x,7:default,")
