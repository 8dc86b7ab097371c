"""What takes a while to make is made once, and kept as long as there is room."""

import asyncio

import pytest

from onstage.origin.once import Once


class Kitchen:
    """Makes words, and counts how often."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.is_open = asyncio.Event()

    async def make(self, word: str) -> str:
        self.made.append(word)
        await self.is_open.wait()
        if word == "burnt":
            raise ValueError(word)
        return word


async def test_what_many_ask_for_at_once_is_made_once() -> None:
    kitchen, once = Kitchen(), Once[str](10)
    asked = [asyncio.create_task(once.get("soup", lambda: kitchen.make("soup"))) for _ in range(50)]
    asked[0].cancel()  # whoever asked first may go away
    kitchen.is_open.set()
    assert set(await asyncio.gather(*asked[1:])) == {"soup"}
    assert kitchen.made == ["soup"]


async def test_what_could_not_be_made_is_tried_anew() -> None:
    kitchen, once = Kitchen(), Once[str](10)
    kitchen.is_open.set()
    for _ in range(2):
        with pytest.raises(ValueError, match="burnt"):
            await once.get("lunch", lambda: kitchen.make("burnt"))
    assert await once.get("lunch", lambda: kitchen.make("soup")) == "soup"


async def test_only_so_much_is_kept_and_what_nobody_asks_for_goes_first() -> None:
    kitchen, once = Kitchen(), Once[str](12, len)
    kitchen.is_open.set()
    for word in ("four", "five", "four", "sixsix"):  # the third makes `five` the oldest
        await once.get(word, lambda word=word: kitchen.make(word))
    assert kitchen.made == ["four", "five", "sixsix"]
    await once.get("four", lambda: kitchen.make("four"))
    assert kitchen.made == ["four", "five", "sixsix"]
    await once.get("five", lambda: kitchen.make("five"))
    assert kitchen.made[-1] == "five"
    await once.get("more than there is room for", lambda: kitchen.make("more than there is room for"))
    await once.get("more than there is room for", lambda: kitchen.make("again"))
    assert "again" not in kitchen.made
