import unittest
from typing import Any

from ..decisions import check_decisions
from ..ids import derived_id, parked_stream_id
from .story import OTHER_TENANT, Story, figures, key


def euros(micros: int) -> dict[str, Any]:
    return {"amountMicros": micros, "currency": "EUR"}


class DecisionsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.story = Story()

    def assert_legal(self) -> None:
        self.assertEqual(check_decisions(self.story.events).violations, [])

    def assert_last_broken(self, rule: str) -> None:
        """The last event breaks a rule, and none before it does."""
        violations = check_decisions(self.story.events).violations
        last = self.story.events[-1]
        self.assertTrue(violations, "nothing was found wrong")
        self.assertEqual({violation.position for violation in violations}, {last.position})
        self.assertTrue(any(rule in violation.rule for violation in violations), violations)


class RoutePolicyTest(DecisionsTest):
    def tell(self, type_: str, command: str = "", **policy: Any) -> None:
        id_ = derived_id("draft", "routePolicy")
        said = {"routes": [], "limits": [], "plans": [], "corsOrigins": []} | policy
        data = {"policyId": id_} | ({} if type_[11:] in ("Published", "Retired") else {"title": "One", "policy": said})
        self.story.tell(f"routePolicy-{self.story.tenant}.{id_}", type_, data, command, clientId=None)

    def test_a_whole_life_is_legal(self) -> None:
        self.tell("RoutePolicyDrafted", "draft")
        self.tell("RoutePolicyRevised", corsOrigins=["https://a.test"])
        self.tell("RoutePolicyPublished")
        self.tell("RoutePolicyRetired")
        self.assert_legal()

    def test_what_is_published_is_not_rewritten(self) -> None:
        self.tell("RoutePolicyDrafted", "draft")
        self.tell("RoutePolicyPublished")
        self.tell("RoutePolicyRevised", corsOrigins=["https://a.test"])
        self.assert_last_broken("the route policy is published")

    def test_a_limit_that_a_route_names_is_there(self) -> None:
        self.tell("RoutePolicyDrafted", "draft", routes=[{"prefix": "/v1", "methods": [], "limits": ["a"]}])
        self.assert_last_broken("names a limit that is not there")


class CampaignTest(DecisionsTest):
    def test_a_whole_life_is_legal(self) -> None:
        campaign = self.story.campaign()
        campaign.tell("BudgetAllocated", budget=euros(5))
        campaign.tell("BudgetRevised", budget=euros(6), previous=euros(5))
        campaign.tell("CampaignSubmitted")
        campaign.tell("CampaignRejected", reason="no")
        campaign.tell("CampaignRenamed", name="Summer")
        campaign.tell("CampaignLinked", adAccountId="a", platformCampaignId="1")
        campaign.tell("CampaignSubmitted")
        campaign.tell("CampaignApproved", comment=None)
        campaign.tell("CampaignScheduled", startsOn="2026-12-01", endsOn="2026-12-01")
        campaign.tell("CampaignActivated")
        campaign.tell("CampaignPaused", reason=None)
        campaign.tell("CampaignResumed")
        campaign.tell("CampaignCompleted")
        campaign.tell("CampaignArchived")
        self.assert_legal()

    def test_a_step_from_another_state_is_illegal(self) -> None:
        self.story.campaign().tell("CampaignApproved", comment=None)
        self.assert_last_broken("the campaign is draft, not inReview")

    def test_nothing_happens_before_it_is_created(self) -> None:
        campaign = self.story.campaign()
        self.story.events.clear()
        campaign.tell("CampaignSubmitted")
        self.assert_last_broken("never created")

    def test_nothing_happens_twice_over(self) -> None:
        campaign = self.story.campaign()
        campaign.tell("CampaignRenamed", name="Spring")
        self.assert_last_broken("the name is that already")

    def test_what_is_cancelled_stays_as_it_is(self) -> None:
        campaign = self.story.campaign()
        campaign.tell("CampaignCancelled", reason=None)
        campaign.tell("CampaignRenamed", name="Late")
        self.assert_last_broken("the campaign is cancelled")

    def test_it_does_not_end_before_it_starts(self) -> None:
        campaign = self.story.campaign()
        campaign.tell("CampaignSubmitted")
        campaign.tell("CampaignApproved", comment=None)
        campaign.tell("CampaignScheduled", startsOn="2026-12-02", endsOn="2026-12-01")
        self.assert_last_broken("before it starts")

    def test_a_budget_is_revised_from_what_it_was(self) -> None:
        campaign = self.story.campaign()
        campaign.tell("BudgetAllocated", budget=euros(5))
        campaign.tell("BudgetRevised", budget=euros(7), previous=euros(6))
        self.assert_last_broken("the budget before was")

    def test_a_budget_is_allocated_once(self) -> None:
        campaign = self.story.campaign()
        campaign.tell("BudgetAllocated", budget=euros(5))
        campaign.tell("BudgetAllocated", budget=euros(6))
        self.assert_last_broken("allocated before")

    def test_a_budget_keeps_its_currency_and_is_more_than_zero(self) -> None:
        campaign = self.story.campaign()
        campaign.tell("BudgetAllocated", budget=euros(5))
        campaign.tell("BudgetRevised", budget={"amountMicros": 0, "currency": "USD"}, previous=euros(5))
        self.assert_last_broken("the budget is in EUR")
        self.assert_last_broken("more than zero")


class PeopleTest(DecisionsTest):
    def setUp(self) -> None:
        super().setUp()
        self.user = self.story.person()

    def assign(self, roles: list[str], clients: list[str] | None = None, client: str | None = None) -> None:
        rights = {"roles": roles, "customRoles": [], "clients": clients, "clientId": client}
        self.story.about(self.user, "MembershipAssigned", "membership", **rights)

    def test_a_whole_life_is_legal(self) -> None:
        self.assign(["viewer"])
        self.story.about(self.user, "UserActivated")
        self.story.about(self.user, "UserLocked")
        self.story.about(self.user, "UserUnlocked")
        self.story.about(self.user, "MembershipRevoked", "membership")
        self.assign(["viewer"])
        self.story.about(self.user, "UserErasureRequested")
        self.story.about(self.user, "UserErased", keyVersions=[1], destroyedAt="x", destroyedBy="y")
        self.assert_legal()

    def test_the_erased_stay_erased(self) -> None:
        self.story.about(self.user, "UserErasureRequested")
        self.story.about(self.user, "UserActivated")
        self.assert_last_broken("it is erased, not invited")

    def test_an_address_is_claimed_by_the_same_command(self) -> None:
        self.story.person("another", claimed=False)
        self.assert_last_broken("no claim holds the person's email")

    def change(self, to: str, *claims: tuple[str, str]) -> None:
        """To an address with this HMAC; claims are by kind of event and of the address."""
        for type_, of in claims:
            claim = f"claim-{self.story.tenant}.email:{of}"
            self.story.tell(claim, type_, {"kind": "email", "holder": self.user}, command=f"to {to}")
        sealed = {"subject": self.user, "keyVersion": 1, "bytes": "AAH/"}
        said = {"userId": self.user, "email": sealed, "emailDigest": to}
        self.story.tell(f"user-{self.story.tenant}.{self.user}", "UserEmailChanged", said, command=f"to {to}")

    def test_an_address_that_was_left_is_free_for_another(self) -> None:
        self.story.about(self.user, "UserActivated")
        self.change("new", ("ValueReleased", "invite"), ("ValueClaimed", "new"))
        self.change("old", ("ValueReleased", "new"), ("ValueClaimed", "invite"))
        self.assert_legal()

    def test_a_new_address_is_claimed(self) -> None:
        self.story.about(self.user, "UserActivated")
        self.change("new")
        self.assert_last_broken("no claim holds the person's email")

    def test_what_is_held_is_not_claimed_again(self) -> None:
        self.story.tell(
            f"claim-{self.story.tenant}.email:invite", "ValueClaimed", {"kind": "email", "holder": self.user}
        )
        self.assert_last_broken("the value was claimed before")

    def test_nobody_releases_what_another_holds(self) -> None:
        released = {"kind": "email", "holder": "another"}
        self.story.tell(f"claim-{self.story.tenant}.email:invite", "ValueReleased", released)
        self.assert_last_broken(f"is held by {self.user}, not another")

    def test_a_second_factor_counts_once_it_is_confirmed(self) -> None:
        sealed = {"subject": self.user, "keyVersion": 1, "bytes": "AAH/"}
        self.story.about(self.user, "SecondFactorEnrolled", "secondFactor", enrolmentId="one", secret=sealed)
        self.story.about(self.user, "SecondFactorConfirmed", "secondFactor", enrolmentId="one")
        self.story.about(self.user, "RecoveryCodeUsed", "secondFactor", enrolmentId="one", number=3)
        self.story.about(self.user, "SecondFactorRemoved", "secondFactor")
        self.assert_legal()
        self.story.about(self.user, "RecoveryCodeUsed", "secondFactor", enrolmentId="one", number=4)
        self.assert_last_broken("it is removed, not confirmed")

    def test_an_account_elsewhere_is_claimed_for_one_person(self) -> None:
        said = {"issuer": "https://a.test", "identity": "i"}
        link = {"userId": self.user, **said}
        claim = {"kind": "identity", "holder": self.user}
        self.story.tell(f"claim-{self.story.tenant}.identity:i", "ValueClaimed", claim, "link")
        self.story.tell(f"identityLink-{self.story.tenant}.{self.user}", "IdentityLinked", link, "link")
        self.assert_legal()
        self.story.about(self.user, "IdentityLinked", "identityLink", **said)
        self.assert_last_broken("no claim holds the person's identity")

    def test_a_claim_has_its_person(self) -> None:
        claim = {"kind": "email", "holder": "nobody"}
        self.story.tell(f"claim-{self.story.tenant}.email:x", "ValueClaimed", claim)
        self.assert_last_broken("its holder nobody is not there")

    def test_what_holds_already_is_not_assigned_again(self) -> None:
        self.assign(["viewer"])
        self.assign(["viewer"])
        self.assert_last_broken("what holds already")

    def test_a_person_of_a_client_works_for_that_client(self) -> None:
        self.assign(["viewer"], ["other"], "client")
        self.assert_last_broken("works for")

    def test_nobody_is_sealed_for_another(self) -> None:
        self.story.about(self.user, "UserActivated")
        sealed = {"subject": "another", "keyVersion": 1, "bytes": "AAH/"}
        self.story.about(self.user, "UserProfileChanged", givenName=sealed, familyName=sealed, phone=None)
        self.assert_last_broken("sealed for another")


class PersonalDataReadTest(DecisionsTest):
    def test_a_reading_stands_alone_and_names_each_person_once(self) -> None:
        for command, subjects in (("one", ["a", "b"]), ("two", ["b", "b"])):
            id_ = derived_id(command, "read")
            said = {"readId": id_, "route": "GET /v1/users", "subjects": subjects}
            self.story.tell(f"personalDataRead-{self.story.tenant}.{id_}", "PersonalDataRead", said, command)
        self.assert_last_broken("not each once and in order")


class FiguresTest(DecisionsTest):
    def setUp(self) -> None:
        super().setUp()
        self.account = self.story.account()

    def test_what_is_new_is_observed_and_what_changed_restated(self) -> None:
        self.story.observed(self.account, {"key": key(), "measures": figures(1, "buy", "call")})
        self.story.restated(self.account, {"key": key(), "before": figures(1, "buy", "call"), "after": figures(2)})
        self.assert_legal()

    def test_what_is_known_is_not_observed_again(self) -> None:
        for command in "ab":
            self.story.observed(self.account, {"key": key(age="30"), "measures": figures(1)}, command=command)
        self.assert_last_broken("was observed before")

    def test_a_restatement_says_what_was_before(self) -> None:
        self.story.observed(self.account, {"key": key(), "measures": figures(1)})
        self.story.restated(self.account, {"key": key(), "before": figures(9), "after": figures(2)})
        self.assert_last_broken("before, not")

    def test_a_restatement_changes_something(self) -> None:
        self.story.observed(self.account, {"key": key(), "measures": figures(1)})
        self.story.restated(self.account, {"key": key(), "before": figures(1), "after": figures(1)})
        self.assert_last_broken("restated as what it was")

    def test_what_was_never_observed_is_not_restated(self) -> None:
        self.story.restated(self.account, {"key": key(), "before": figures(1), "after": figures(2)})
        self.assert_last_broken("never observed")

    def test_conversions_are_in_order(self) -> None:
        self.story.observed(self.account, {"key": key(), "measures": figures(1, "call", "buy")})
        self.assert_last_broken("not in order")

    def test_figures_are_of_an_account_of_the_tenant(self) -> None:
        elsewhere = Story(OTHER_TENANT)
        elsewhere.events = self.story.events
        elsewhere.observed(self.account, {"key": key(), "measures": figures(1)})
        self.assert_last_broken("never registered")

    def test_figures_are_of_days_that_came(self) -> None:
        self.story.observed(self.account, {"key": key(), "measures": figures(1)}, date="2026-11-28")
        self.assert_last_broken("nobody could know")

    def test_an_account_of_a_platform_is_registered_once(self) -> None:
        self.story.account("again", "act-1", claimed=False)
        violations = check_decisions(self.story.events).violations
        self.assertTrue(any("already" in violation.rule for violation in violations))
        self.assertTrue(any("no claim" in violation.rule for violation in violations))

    def test_a_value_is_claimed_once(self) -> None:
        stream = self.story.events[-1].stream
        self.story.tell(stream, "ValueClaimed", {"kind": "ad-account", "holder": self.account}, "other")
        self.assert_last_broken("claimed before")


class ParkedStreamTest(DecisionsTest):
    def order(self, stream: str, **said: Any) -> None:
        data = {"orderId": "o", "model": "campaign-list", "version": 1, "stream": stream, "reason": None}
        id_ = parked_stream_id("campaign-list", 1, stream)
        stands_in = f"parkedStream-{self.story.tenant}.{id_}"
        self.story.tell(stands_in, "ParkedStreamRedriveRequested", data, "o", **{"clientId": None} | said)

    def test_an_order_is_legal(self) -> None:
        self.order(f"campaign-{self.story.tenant}.x")
        self.assert_legal()

    def test_an_order_is_about_a_stream_of_the_tenant(self) -> None:
        self.order(f"campaign-{OTHER_TENANT}.x")
        self.assert_last_broken("is not of the tenant")

    def test_an_order_is_the_agency_s(self) -> None:
        self.order(f"campaign-{self.story.tenant}.x", clientId="a client")
        self.assert_last_broken("not a client's")


class RebuildTest(DecisionsTest):
    def setUp(self) -> None:
        super().setUp()
        self.rebuild = derived_id("request", "rebuild")
        self.order("RebuildRequested", "request", definition=None, workers=2)

    def order(self, type_: str, command: str, metadata: dict[str, Any] | None = None, **said: Any) -> None:
        data = {"orderId": command, "rebuildId": self.rebuild, "model": "campaign-list", "reason": None} | said
        stands_in = f"rebuild-{self.story.tenant}.{self.rebuild}"
        self.story.tell(stands_in, type_, data, command, **{"clientId": None} | (metadata or {}))

    def test_a_rebuild_s_orders_are_legal(self) -> None:
        self.order("RebuildPaused", "pause")
        self.order("CutOverRequested", "cut", acceptedDifference="ab", reason="as announced")
        self.order("RetirementRequested", "retire")
        self.assert_legal()

    def test_a_rebuild_is_ordered_once_by_the_command_that_its_id_follows_from(self) -> None:
        self.order("RebuildRequested", "again", definition=None, workers=2)
        self.assert_last_broken("ordered before")
        self.assert_last_broken("does not follow from the command")

    def test_an_order_is_about_the_model_that_is_rebuilt(self) -> None:
        self.order("RebuildPaused", "pause", model="ad-metrics")
        self.assert_last_broken("there is no rebuild")

    def test_a_difference_is_accepted_for_a_reason(self) -> None:
        self.order("CutOverRequested", "cut", acceptedDifference="ab")
        self.assert_last_broken("without a reason")

    def test_an_order_is_the_agency_s(self) -> None:
        self.order("RollBackRequested", "back", {"clientId": "a client"})
        self.assert_last_broken("not a client's")


class EnvelopeTest(DecisionsTest):
    def test_revisions_follow_each_other(self) -> None:
        campaign = self.story.campaign()
        stream = self.story.events[0].stream
        self.story.tell(stream, "CampaignSubmitted", {"campaignId": campaign.id}, revision=2)
        self.assert_last_broken("revision 2 follows 0")

    def test_event_ids_follow_from_their_command(self) -> None:
        campaign = self.story.campaign()
        stream = self.story.events[0].stream
        self.story.tell(stream, "CampaignSubmitted", {"campaignId": campaign.id}, event_id="random")
        self.assert_last_broken("does not follow from command")

    def test_a_command_takes_effect_once(self) -> None:
        campaign = self.story.campaign()
        campaign.tell("CampaignRenamed", name="One", command="same")
        campaign.tell("CampaignRenamed", name="Two")
        campaign.tell("CampaignRenamed", name="One", command="same")
        self.assert_last_broken("took effect twice")
        self.assert_last_broken("is recorded already")

    def test_a_command_takes_effect_on_one_thing(self) -> None:
        self.story.campaign().tell("CampaignSubmitted", command="same")
        self.story.campaign("another").tell("CampaignSubmitted", command="same")
        self.assert_last_broken("already")

    def test_an_event_is_of_the_tenant_of_its_stream(self) -> None:
        campaign = self.story.campaign()
        stream = self.story.events[0].stream
        self.story.tell(stream, "CampaignSubmitted", {"campaignId": campaign.id}, tenantId=OTHER_TENANT)
        self.assert_last_broken(f"of the tenant {OTHER_TENANT}")

    def test_what_has_no_rules_is_told(self) -> None:
        self.story.tell(f"campaign-{self.story.tenant}.x", "SomethingNew", {})
        self.assert_last_broken("no rules for SomethingNew")

    def test_what_is_malformed_is_told(self) -> None:
        self.story.campaign().tell("BudgetAllocated")
        self.assert_last_broken("malformed")
