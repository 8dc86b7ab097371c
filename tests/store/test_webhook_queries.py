"""What every event and every delivery asks the store is answered by an index, however much has been delivered."""

from onstage.store import deliveries, webhooks
from tests.store.plans import plan
from tests.support.house import House


async def test_who_hears_of_an_event_is_found_by_project_and_room(sqlite_house: House) -> None:
    told = await plan(sqlite_house, lambda tx: webhooks.listening(tx, "prj", "rm"))
    assert "SCAN" not in told
    assert "ix_webhook_endpoints_project" in told
    assert "ix_webhook_endpoints_room_id" in told


async def test_what_is_pending_is_found_past_all_that_was_delivered(sqlite_house: House) -> None:
    now = sqlite_house.clock.now()
    for ask in (
        lambda tx: deliveries.oldest_pending(tx, "wh", limit=20),
        lambda tx: deliveries.next_due(tx, "wh", "srv", now=now),
        lambda tx: webhooks.with_work(tx, now=now, limit=20),
        deliveries.backlog,
    ):
        assert "USING INDEX ix_webhook_deliveries_pending" in await plan(sqlite_house, ask)


async def test_a_page_of_deliveries_needs_no_sorting(sqlite_house: House) -> None:
    told = await plan(sqlite_house, lambda tx: deliveries.page(tx, "wh", status=None, event=None, after=None, limit=50))
    assert "ix_webhook_deliveries_endpoint" in told
    assert "TEMP B-TREE" not in told
