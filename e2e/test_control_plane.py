"""What people do beside sound and picture, on the pages: chat and its moderation, reactions, polls, roles, endings."""

from pathlib import Path

from playwright.async_api import Page, ViewportSize, expect

from e2e.between import Between
from e2e.browser import chromium
from e2e.cameras import BLUE, RED
from e2e.people import enter_studio, enter_watch, identity_of, participant_id_of
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

PHONE = ViewportSize(width=390, height=844)


async def test_a_host_and_a_viewer_chat_react_vote_and_change_roles(server: OnstageServer, tmp_path: Path) -> None:
    async with chromium(tmp_path, RED) as host, chromium(tmp_path, BLUE) as viewer:
        await Between().carry(viewer)
        await enter_studio(host, await server.link("show", "host"), "Hanna")
        await enter_watch(viewer, await server.link("show", "viewer"))
        identity, participant_id = await identity_of(viewer), await participant_id_of(viewer)

        await chat_is_pinned_and_deleted(host, viewer)
        await reaction_is_seen(viewer, host)
        await poll_is_voted_in(host, viewer, tmp_path)
        await poll_stops(host, viewer, tmp_path)

        await host.get_by_test_id("viewers-show").click()
        await host.get_by_test_id(f"more-{identity}").click()
        await host.get_by_role("button", name="Ask to come as guest").click()
        await viewer.get_by_test_id("invite-accept").click()
        await expect(viewer.get_by_test_id("leave-stage")).to_be_visible()
        await expect(host.get_by_test_id(f"demote-{identity}")).to_be_visible()
        assert await viewer.evaluate("window.onstage.session.state.me.role") == "guest"
        assert await participant_id_of(viewer) == participant_id

        await composer_says_why_not(server, viewer)
        await menu_of(host, "Good evening!", "Mute", exact=False)
        await expect(viewer.get_by_test_id("chat-closed")).to_contain_text("muted you")
        await dropped_chat_is_fetched(server, viewer)
        assert await viewer.evaluate("window.neverReloaded") is True


async def chat_is_pinned_and_deleted(host: Page, viewer: Page) -> None:
    for text in ("Good evening!", "Buy my tokens"):
        await say(viewer, text)
    await menu_of(host, "Good evening!", "Pin")
    await expect(viewer.get_by_test_id("pinned")).to_contain_text("Good evening!")
    await menu_of(host, "Buy my tokens", "Delete")
    deleted = viewer.get_by_test_id("message").filter(has_text="This message was deleted.")
    await expect(deleted).to_have_count(1)
    await expect(viewer.get_by_text("Buy my tokens")).to_have_count(0)
    await say(host, "Welcome, everybody. Questions go here; we answer them in the second half.")
    await expect(viewer.get_by_test_id("message")).to_have_count(3)


async def reaction_is_seen(sender: Page, other: Page) -> None:
    await sender.get_by_role("button", name="Love it").click()
    await expect(other.get_by_test_id("reaction").filter(has_text="❤️").first).to_be_visible()


async def poll_is_voted_in(host: Page, viewer: Page, folder: Path) -> None:
    await host.get_by_test_id("poll-new").click()
    await host.get_by_label("Question").fill("What shall we play next?")
    for number, option in enumerate(("Something new", "An old favourite", "Whatever the band likes"), start=1):
        await host.get_by_label(f"Option {number}").fill(option)
    await host.screenshot(path=folder / "poll-dialog.png")
    await host.get_by_test_id("poll-create").click()
    await expect(viewer.get_by_test_id("poll")).to_have_count(0)
    await host.get_by_test_id("poll-start").click()

    await viewer.get_by_label("An old favourite").check()
    await viewer.screenshot(path=folder / "ballot.png")
    await viewer.get_by_test_id("poll-vote").click()
    await expect(viewer.get_by_test_id("poll")).to_contain_text("You have voted")
    await expect(host.get_by_test_id("poll-bar").filter(has_text="An old favourite")).to_contain_text("100 %")


async def poll_stops(host: Page, viewer: Page, folder: Path) -> None:
    await host.get_by_test_id("poll-stop").click()
    await expect(viewer.get_by_test_id("poll")).to_contain_text("Closed · 1 vote")
    await expect(viewer.get_by_test_id("poll-bar").filter(has_text="An old favourite")).to_contain_text("100 %")
    await reaction_is_seen(viewer, host)
    await host.screenshot(path=folder / "studio.png")
    await viewer.screenshot(path=folder / "watch.png")
    desktop = viewer.viewport_size
    assert desktop is not None
    await viewer.set_viewport_size(PHONE)
    await viewer.screenshot(path=folder / "watch-phone.png")
    await viewer.set_viewport_size(desktop)


async def test_a_room_that_lets_nobody_in_twice_lets_its_own_people_on_stage_and_tells_why_they_go(
    server: OnstageServer, tmp_path: Path
) -> None:
    template = {
        "name": "small",
        "roles": {
            "guest": {"level": "stage", "publish": {"camera": {"max_height": 180}}},
            "viewer": {"level": "viewer"},
        },
        "promote_role": "guest",
        "demote_role": "viewer",
    }
    await server.call("POST", "/v1/templates", template)
    settings = {"duplicate_identity": "refuse"}
    await server.call("POST", "/v1/rooms", {"name": "small", "template": "small", "settings": settings})
    token = await server.call("POST", "/v1/rooms/small/tokens", {"identity": "vic", "name": "Vic", "role": "viewer"})
    async with chromium(tmp_path, BLUE) as viewer:
        between = Between()
        await between.carry(viewer)
        await enter_watch(viewer, token["join_url"])
        other = await viewer.context.new_page()
        await other.goto(token["join_url"])
        await expect(other.get_by_test_id("error-identity_connected")).to_be_visible()
        await other.close()

        await server.call("POST", "/v1/rooms/small/participants/vic/promote", {"force": True})
        await until(lambda: is_small(viewer), what="a picture within the role's limit")
        await between.cut()
        await until(lambda: is_back(viewer, between), what="the page to be connected again")
        await server.call("POST", "/v1/rooms/small/participants/vic/request-unmute", {"source": "camera"})
        await expect(viewer.get_by_test_id("unmute-accept")).to_be_visible()

        await server.call("POST", "/v1/rooms/small/participants/vic/remove", {"reason": "Off topic"})
        removed = viewer.get_by_test_id("error-participant_removed")
        await expect(removed).to_contain_text("Off topic")
        await expect(removed.get_by_role("button")).to_have_count(0)


async def composer_says_why_not(server: OnstageServer, viewer: Page) -> None:
    await server.call("PATCH", "/v1/rooms/show", {"settings": {"chat": {"slow_mode_s": 600}}})
    await expect(viewer.get_by_text("one message every 10 min")).to_be_visible()
    await viewer.get_by_test_id("chat-input").fill("Too soon")
    await viewer.get_by_test_id("chat-send").click()
    await expect(viewer.get_by_test_id("chat-wait")).to_contain_text("you can write again in 9 min")
    await expect(viewer.get_by_test_id("chat-send")).to_be_disabled()
    await server.call("PATCH", "/v1/rooms/show", {"settings": {"chat": {"enabled": False}}})
    await expect(viewer.get_by_test_id("chat-closed")).to_have_text("The chat is closed.")


async def dropped_chat_is_fetched(server: OnstageServer, viewer: Page) -> None:
    for text in ("lost one", "lost two", "kept one"):
        await server.call("POST", "/v1/rooms/show/messages", {"text": text, "name": "Bob"})
    newest = viewer.get_by_test_id("message").filter(has_text="Bob")
    await expect(newest.locator("p")).to_have_text(["lost one", "lost two", "kept one"])


async def is_small(page: Page) -> bool:
    video = page.get_by_test_id("stage-tile-vic").locator("video")
    heights: list[int] = await video.evaluate_all("(videos) => videos.map((one) => one.videoHeight)")
    return heights == [180]


async def is_back(page: Page, between: Between) -> bool:
    return len(between.routes) == 2 and await page.evaluate("window.onstage.session.status") == "connected"


async def say(page: Page, text: str) -> None:
    await page.get_by_test_id("chat-input").fill(text)
    await page.get_by_test_id("chat-send").click()
    await expect(page.get_by_test_id("message").filter(has_text=text)).to_have_count(1)


async def menu_of(page: Page, message: str, item: str, *, exact: bool = True) -> None:
    """Choose from what can be done about a message."""
    line = page.get_by_test_id("message").filter(has_text=message)
    await line.get_by_label("More for the message").click()
    await line.get_by_role("button", name=item, exact=exact).click()
