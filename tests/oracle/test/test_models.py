import unittest

from .. import (
    ad_metrics,
    application_list,
    audit_trail,
    campaign_list,
    campaign_timeline,
    memberships,
    rebuild_orders,
    role_list,
    route_policies,
    session_list,
    tenant_list,
    user_list,
)
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


class PeopleTest(unittest.TestCase):
    def test_an_erased_person_leaves_a_row_without_anything_personal(self) -> None:
        story = Story()
        user = story.person()
        story.about(user, "UserActivated")
        names = ("state", "email", "email_digest", "phone", "destroyed_keys", "revision")
        listed = expected(user_list.Fold(), story.events[1:]).tables[0]
        sealed = f'{{"bytes":"AAH/","keyVersion":1,"subject":"{user}"}}'
        self.assertEqual(
            said(listed.columns, listed.rows[TENANT, user], *names),
            {
                "state": "active",
                "email": sealed,
                "email_digest": "d",
                "phone": "null",
                "destroyed_keys": "null",
                "revision": "1",
            },
        )
        story.about(user, "UserErasureRequested")
        story.about(user, "UserErased", keyVersions=[1, 2], destroyedAt="then", destroyedBy="olga")
        listed = expected(user_list.Fold(), story.events[1:]).tables[0]
        self.assertEqual(
            said(listed.columns, listed.rows[TENANT, user], *names),
            {
                "state": "erased",
                "email": "null",
                "email_digest": None,
                "phone": "null",
                "destroyed_keys": "[1,2]",
                "revision": "3",
            },
        )

    def test_a_membership_is_what_was_assigned_last(self) -> None:
        story = Story()
        rights = {"roles": ["viewer"], "customRoles": [], "clients": None, "clientId": None}
        story.about("u", "MembershipAssigned", "membership", **rights)
        story.about("u", "MembershipRevoked", "membership")
        story.about("v", "MembershipRevoked", "membership")
        outcome = expected(memberships.Fold(), story.events)
        (table,) = outcome.tables
        names = ("roles", "clients", "is_revoked", "revision")
        self.assertEqual(
            said(table.columns, table.rows[TENANT, "u"], *names),
            {"roles": '["viewer"]', "clients": "null", "is_revoked": "true", "revision": "1"},
        )
        self.assertEqual([event.id for event, _ in outcome.unfoldable], ["v"])


class TenantsAndRolesTest(unittest.TestCase):
    def test_a_client_is_of_its_agency_and_says_why_it_is_suspended(self) -> None:
        story = Story()
        stream = f"tenant-{TENANT}.{CLIENT}"
        story.tell(stream, "TenantProvisioned", {"tenantId": CLIENT, "agencyId": TENANT, "name": "One"})
        story.tell(stream, "TenantActivated", {"tenantId": CLIENT})
        story.tell(stream, "TenantSuspended", {"tenantId": CLIENT, "reason": "Unpaid"})
        story.tell(stream, "TenantRenamed", {"tenantId": CLIENT, "name": "Two"})
        story.tell(f"tenant-{TENANT}.{TENANT}", "TenantActivated", {"tenantId": TENANT})
        outcome = expected(tenant_list.Fold(), story.events)
        (table,) = outcome.tables
        names = ("client_id", "agency_id", "name", "state", "reason", "revision")
        self.assertEqual(
            said(table.columns, table.rows[TENANT, CLIENT], *names),
            {
                "client_id": CLIENT,
                "agency_id": TENANT,
                "name": "Two",
                "state": "suspended",
                "reason": "Unpaid",
                "revision": "3",
            },
        )
        self.assertEqual([event.id for event, _ in outcome.unfoldable], [TENANT])

    def test_a_role_is_what_was_said_last(self) -> None:
        story = Story()
        stream = f"role-{TENANT}.r"
        story.tell(stream, "RoleDefined", {"roleId": "r", "name": "One", "permissions": ["a"]}, clientId=None)
        story.tell(stream, "RoleRevised", {"roleId": "r", "name": "Two", "permissions": ["a", "b"]}, clientId=None)
        story.tell(stream, "RoleRetired", {"roleId": "r"}, clientId=None)
        story.tell(f"role-{TENANT}.s", "RoleRetired", {"roleId": "s"}, clientId=None)
        outcome = expected(role_list.Fold(), story.events)
        (table,) = outcome.tables
        self.assertEqual(
            said(table.columns, table.rows[TENANT, "r"], "client_id", "name", "permissions", "is_retired"),
            {"client_id": None, "name": "Two", "permissions": '["a","b"]', "is_retired": "true"},
        )
        self.assertEqual([event.id for event, _ in outcome.unfoldable], ["s"])


    def test_an_application_is_what_was_registered_and_its_secret_counts_on(self) -> None:
        story = Story()
        stream = f"application-{TENANT}.a"
        data = {"applicationId": "a", "title": "One", "hasSecret": True, "redirectUris": ["b"], "roles": []}
        story.tell(stream, "ApplicationRegistered", data | {"clients": None}, clientId=None)
        story.tell(stream, "ApplicationSecretRotated", {"applicationId": "a", "secretVersion": 1}, clientId=None)
        story.tell(stream, "ApplicationRetired", {"applicationId": "a"}, clientId=None)
        story.tell(f"application-{TENANT}.b", "ApplicationRetired", {"applicationId": "b"}, clientId=None)
        outcome = expected(application_list.Fold(), story.events)
        (table,) = outcome.tables
        names = ("title", "secret_version", "redirect_uris", "clients", "is_retired", "revision")
        self.assertEqual(
            list(said(table.columns, table.rows[TENANT, "a"], *names).values()),
            ["One", "1", '["b"]', "null", "true", "2"],
        )
        self.assertEqual([event.id for event, _ in outcome.unfoldable], ["b"])

    def test_a_session_is_active_until_it_is_ended(self) -> None:
        story = Story()
        sealed = {"subject": "u", "keyVersion": 1, "bytes": "AAH/"}
        for session in ("s", "t"):
            data = {"sessionId": session, "userId": "u", "applicationId": "a", "device": sealed, "address": sealed}
            data |= {"methods": ["pwd"]} if session == "s" else {}
            story.tell(f"session-{TENANT}.{session}", "SessionStarted", data, clientId=None)
        story.tell(f"session-{TENANT}.t", "SessionReuseDetected", {"sessionId": "t"}, clientId=None)
        story.tell(f"session-{TENANT}.v", "SessionSignedOut", {"sessionId": "v"}, clientId=None)
        outcome = expected(session_list.Fold(), story.events)
        (table,) = outcome.tables
        rows = [said(table.columns, table.rows[TENANT, each], "user_id", "methods", "state", "ended_at") for each in ("s", "t")]
        self.assertEqual([row["methods"] for row in rows], ['["pwd"]', "[]"])
        self.assertEqual([row["state"] for row in rows], ["active", "reuseDetected"])
        self.assertEqual([row["ended_at"] is None for row in rows], [True, False])
        self.assertEqual([event.id for event, _ in outcome.unfoldable], ["v"])


class AuditTrailTest(unittest.TestCase):
    def test_every_fact_is_a_row_and_a_reading_one_for_each_person(self) -> None:
        story = Story()
        user = story.person()
        read = {"readId": "r", "route": "GET /v1/users", "subjects": ["u", "v"]}
        story.tell(f"personalDataRead-{TENANT}.r", "PersonalDataRead", read, roles="owner", clientId=None)
        story.tell("x", "CampaignResumed", {"campaignId": "c"})
        events = [event for event in story.events if event.type in audit_trail.TYPES]
        outcome = expected(audit_trail.Fold(), events)
        (table,) = outcome.tables
        names = ("ordinal", "client_id", "type", "subject", "actor", "roles")
        self.assertEqual(
            [tuple(said(table.columns, row, *names).values()) for row in table.rows.values()],
            [
                ("0", CLIENT, "UserInvited", user, "somebody", None),
                ("0", None, "PersonalDataRead", "u", "somebody", "owner"),
                ("1", None, "PersonalDataRead", "v", "somebody", "owner"),
            ],
        )
        self.assertEqual([event.type for event, _ in outcome.unfoldable], ["CampaignResumed"])


class RebuildOrdersTest(unittest.TestCase):
    def test_an_order_is_a_row_and_one_that_stands_elsewhere_is_none(self) -> None:
        story = Story()
        data = {"orderId": "o", "rebuildId": "r", "model": "campaign-list", "reason": "so", "acceptedDifference": "ab"}
        story.tell(f"rebuild-{TENANT}.r", "CutOverRequested", data, "o", clientId=None)
        story.tell(f"rebuild-{TENANT}.s", "CutOverRequested", data | {"orderId": "p"}, "p", clientId=None)
        outcome = expected(rebuild_orders.Fold(), story.events)
        (table,) = outcome.tables
        self.assertEqual(list(table.rows), [(TENANT, "r/o")])
        names = ("kind", "definition", "workers", "accepted_difference", "reason")
        self.assertEqual(
            said(table.columns, table.rows[TENANT, "r/o"], *names),
            {"kind": "cut-over", "definition": None, "workers": None, "accepted_difference": "ab", "reason": "so"},
        )
        self.assertEqual([event.id for event, _ in outcome.unfoldable], ["s"])


class RoutePoliciesTest(unittest.TestCase):
    def test_a_row_is_what_was_written_last_and_where_it_was_published(self) -> None:
        story = Story()
        stream = f"routePolicy-{TENANT}.p"
        story.tell(stream, "RoutePolicyDrafted", {"policyId": "p", "title": "One", "policy": {"b": 1}}, clientId=None)
        story.tell(stream, "RoutePolicyRevised", {"policyId": "p", "title": "Two", "policy": {"b": 2}}, clientId=None)
        story.tell(stream, "RoutePolicyPublished", {"policyId": "p"}, clientId=None)
        story.tell(stream, "RoutePolicyRetired", {"policyId": "q"}, clientId=None)
        outcome = expected(route_policies.Fold(), story.events)
        (table,) = outcome.tables
        names = ("title", "state", "policy", "published_position", "revision")
        self.assertEqual(
            said(table.columns, table.rows[TENANT, "p"], *names),
            {"title": "Two", "state": "published", "policy": '{"b":2}', "published_position": "300", "revision": "2"},
        )
        self.assertEqual([event.type for event, _ in outcome.unfoldable], ["RoutePolicyRetired"])


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
