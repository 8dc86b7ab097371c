"""The whole product, from the outside: `onstage serve` as a process, Chromium as its people."""
