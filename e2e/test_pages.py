"""What the pages do with what people are called and say, on a large screen and on a small one."""

from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, ViewportSize, expect

from e2e.browser import chromium
from e2e.cameras import BLUE
from e2e.people import enter_studio, enter_watch
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

SOON_MS = 5_000
"""A page that hangs never says anything; one on a busy machine takes a moment."""
PHONE = ViewportSize(width=390, height=844)
LONG_NAME = "Maximilianalexanderferdinand" * 4
RIGHT_TO_LEFT = "عبد الرحمن بن محمد (مهندس)"
LONG_WORD = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 8


async def test_an_unknown_address_leads_back_to_the_start(server: OnstageServer, tmp_path: Path) -> None:
    async with chromium(tmp_path, BLUE) as page:
        answer = await page.goto(f"{server.url}/nonsense")
        assert answer is not None
        assert answer.status == 404
        await page.get_by_role("link", name="Type a room code").click()
        await expect(page.get_by_label("Room code")).to_be_visible()
        await page.goto(f"{server.url}/watch/%zz")
        await expect(page.get_by_test_id("error-room_code_not_found")).to_be_visible()


async def test_a_link_that_is_no_good_says_so_at_once(server: OnstageServer, tmp_path: Path) -> None:
    async with chromium(tmp_path, BLUE) as page:
        seat = {"identity": "rex", "role": "viewer"}
        revoked = (await server.call("POST", "/v1/rooms/show/tokens", seat))["token"]
        await server.call("POST", "/v1/tokens/revoke", {"identity": "rex"})
        for token, code in (("abc", "token_invalid"), (revoked, "token_revoked")):
            await page.goto("about:blank")  # another fragment alone would load nothing
            await page.goto(f"{server.url}/watch#token={token}")
            await says_what_to_do(page, code, "This link is no longer valid.Ask for a new one.")
        await page.goto(f"{server.url}/studio#token=abc")
        await page.get_by_test_id("prejoin-join").click()
        await says_what_to_do(page, "token_invalid", "This link is no longer valid.Ask for a new one.")


async def test_whoever_can_not_come_in_is_told_why_in_words_for_them(server: OnstageServer, tmp_path: Path) -> None:
    link = await server.link("show", "viewer")
    async with chromium(tmp_path, BLUE) as page:
        await page.goto(f"{server.url}/watch/aaa-bbbb-ccc")
        await says_what_to_do(page, "room_code_not_found", "No room has this code.")
        for change, code, says in (
            ({"locked": True}, "room_locked", "The room is locked.Nobody can join at the moment."),
            ({"locked": False, "settings": {"join_from": "2999-05-01T12:00:00Z"}}, "room_not_open", "It opens on "),
            ({"settings": {"join_from": None}}, None, ""),
        ):
            await server.call("PATCH", "/v1/rooms/show", change)
            if code is not None:
                await page.goto(link)
                await says_what_to_do(page, code, says)
        await enter_watch(page, link)
        await page.get_by_test_id("chat-input").fill(" \u200b ")
        await expect(page.get_by_test_id("chat-send")).to_be_disabled()


async def says_what_to_do(page: Page, code: str, words: str) -> None:
    card = page.get_by_test_id(f"error-{code}")
    await expect(card).to_contain_text(words, timeout=SOON_MS)
    for meant_for_developers in ("PATCH", "GET /", "POST", "`", "Z."):
        await expect(card).not_to_contain_text(meant_for_developers)


async def test_names_words_and_notices_stay_in_their_place(server: OnstageServer, tmp_path: Path) -> None:
    seat: dict[str, Any] = {"identity": "abd", "name": RIGHT_TO_LEFT, "role": "viewer"}
    token = await server.call("POST", "/v1/rooms/show/tokens", seat)
    async with chromium(tmp_path, BLUE) as host:
        await enter_studio(host, await server.link("show", "host"), LONG_NAME)
        await long_words_are_said(server)
        viewer = await host.context.new_page()
        await enter_watch(viewer, token["join_url"])
        await expect(viewer.get_by_test_id("poll")).to_be_visible()
        await expect(viewer.get_by_test_id("message")).to_be_visible()
        await stays_in_its_place(viewer)
        await server.call("POST", "/v1/rooms/show/participants/abd/promote", {"force": True})

        notice = host.get_by_test_id("notice").filter(has_text=RIGHT_TO_LEFT)
        await expect(notice).to_be_visible()
        assert await bottom_of(notice) <= await top_of(host.get_by_role("banner"))
        await notice.get_by_label("Dismiss").click()
        await expect(notice).to_have_count(0)
        await stays_in_its_place(host)
        for name in await host.locator("figure").all():
            assert await is_within(name.locator("figcaption"), name)

        await host.get_by_test_id("more-abd").click()
        await host.get_by_role("button", name="Ban from the room").click()
        await expect(viewer.get_by_test_id("leave-stage")).to_be_visible()
        await host.get_by_test_id("confirm").click()
        await expect(viewer.get_by_test_id("error-participant_removed")).to_be_visible()


async def long_words_are_said(server: OnstageServer) -> None:
    poll = {"title": LONG_WORD[:200], "questions": [{"text": "Which?", "options": [LONG_WORD[:200], "The other"]}]}
    made = await server.call("POST", "/v1/rooms/show/polls", poll)
    await server.call("POST", f"/v1/rooms/show/polls/{made['id']}/start")
    await server.call("POST", "/v1/rooms/show/messages", {"text": LONG_WORD, "name": LONG_NAME})


async def stays_in_its_place(page: Page) -> None:
    """Nothing is wider than where it stands, be the screen large or small."""
    large = page.viewport_size
    assert large is not None
    for size in (PHONE, large):
        await page.set_viewport_size(size)
        await until(lambda: fits(page), what="everything to fit")  # tiles are measured a moment after the screen


async def fits(page: Page) -> bool:
    excess = "(all) => Math.max(...all.map((one) => one.scrollWidth - one.clientWidth))"
    return int(await page.locator(".page, .messages, .polls, .panel-people").evaluate_all(excess)) <= 0


async def top_of(part: Locator) -> float:
    box = await part.bounding_box()
    assert box is not None
    return box["y"]


async def bottom_of(part: Locator) -> float:
    box = await part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


async def is_within(part: Locator, whole: Locator) -> bool:
    inner, outer = await part.bounding_box(), await whole.bounding_box()
    assert inner is not None
    assert outer is not None
    return all(
        outer[start] <= inner[start] and inner[start] + inner[length] <= outer[start] + outer[length]
        for start, length in (("x", "width"), ("y", "height"))
    )
