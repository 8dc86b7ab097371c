"""`onstage project …`: tenants and their keys, from the machine itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from onstage.cli import main


class Terminal:
    """Commands in one folder, run within this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.chdir(folder)
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *arguments: str) -> str:
        """What a command prints that succeeds."""
        code, out, err = self._run(*arguments)
        assert (code, err) == (0, "")
        return out

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    def refusal(self, *arguments: str) -> str:
        """The one line of a command that fails."""
        code, out, err = self._run(*arguments)
        assert (code, out) == (1, "")
        [line] = err.splitlines()
        assert line.startswith("onstage: ")
        return line

    def _run(self, *arguments: str) -> tuple[object, str, str]:
        self._monkeypatch.setattr("sys.argv", ["onstage", "project", *arguments])
        with pytest.raises(SystemExit) as exited:
            main()
        said = self._capsys.readouterr()
        return exited.value.code or 0, said.out, said.err


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, monkeypatch, capsys)


def test_projects_are_listed_shown_and_closed(terminal: Terminal) -> None:
    mine = terminal.json("create", "mine", "--origin", "https://App.example:443/")["id"]
    other = terminal.json("create", "other")["id"]
    assert sorted(one["id"] for one in terminal.json("list")) == sorted([mine, other])
    assert terminal.json("show", mine)["allowed_origins"] == ["https://app.example"]
    assert "https://app.example" in terminal.run("show", mine)
    assert terminal.run("delete", mine, "--yes") == ""
    assert terminal.run("list").split() == [other, "other"]
    assert "no such project" in terminal.refusal("show", mine)
    assert "no such project" in terminal.refusal("delete", mine, "--yes")


def test_of_a_wrong_argument_only_what_is_wrong_is_said(terminal: Terminal) -> None:
    assert terminal.refusal("create", " ") == "onstage: name: String should have at least 1 character."


def test_keys_are_added_listed_and_revoked(terminal: Terminal) -> None:
    project = terminal.json("create", "mine")["id"]
    made = terminal.json("add-key", project, "--name", "door", "--role", "viewer", "--permission", "message.send")
    assert made["secret"].startswith("sk_")
    assert (made["key"]["roles"], made["key"]["permissions"]) == (["viewer"], ["message.send"])
    listed = {one["name"]: one for one in terminal.json("keys", project)}
    assert listed.keys() == {"first", "door"}
    assert made["secret"] not in terminal.run("keys", project)
    for one in listed.values():  # the operator may shut a project out
        assert terminal.run("revoke-key", project, one["id"]) == ""
    assert all(one["revoked_at"] for one in terminal.json("keys", project))
    assert "tokens for viewer, with at most message.send" in terminal.run("keys", project)
    assert "no such key" in terminal.refusal("revoke-key", project, "key_none")


def test_a_key_can_be_made_that_expires(terminal: Terminal) -> None:
    project = terminal.json("create", "mine")["id"]
    assert terminal.json("add-key", project, "--days", "30")["key"]["expires_at"] is not None
    said = terminal.run("add-key", project)
    assert [line.split()[0] for line in said.splitlines()] == ["id", "secret"]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("create", ""), "name"),
        (("create", "x", "--origin", "app.example"), "allowed_origins"),
        (("keys", "prj_none"), "no such project"),
        (("show", "prj_nope"), "`onstage project list`"),
        (("add-key", "prj_none"), "no such project"),
        (("revoke-key", "prj_none", "key_none"), "no such project"),
    ],
)
def test_what_is_wrong_is_one_line(terminal: Terminal, arguments: tuple[str, ...], names: str) -> None:
    terminal.json("create", "mine")
    assert names in terminal.refusal(*arguments)


LIVE, OTHER = "the live server's secret of 32 bytes", "another secret, of 32 bytes or more"


def test_what_needs_the_servers_secret_refuses_another(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONSTAGE_SECRET", LIVE)
    made = terminal.json("create", "mine")
    [first] = terminal.json("keys", made["id"])
    for wrong in (OTHER, None):
        if wrong is None:
            monkeypatch.delenv("ONSTAGE_SECRET")
        else:
            monkeypatch.setenv("ONSTAGE_SECRET", wrong)
        for arguments in (("create", "late"), ("add-key", made["id"])):
            said = terminal.refusal(*arguments)
            assert "ONSTAGE_SECRET: 1 live keys" in said
            assert first["id"] in said
            assert LIVE not in said
        assert [one["name"] for one in terminal.json("list")] == ["mine"], "nothing was made"
    monkeypatch.setenv("ONSTAGE_SECRET", OTHER)
    monkeypatch.setenv("ONSTAGE_PREVIOUS_SECRETS", LIVE)
    terminal.json("add-key", made["id"])
    monkeypatch.delenv("ONSTAGE_PREVIOUS_SECRETS")
    terminal.run("revoke-key", made["id"], first["id"])
    assert terminal.json("create", "after the old secret was lost")


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("show", "prj_x"), ("keys", "prj_x"), ("add-key", "prj_x"), ("delete", "prj_x", "--yes")],
    ids=lambda arguments: arguments[0],
)
def test_only_what_makes_a_project_makes_a_database(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert f"no Onstage data in {tmp_path}/mistyped/onstage.db" in terminal.refusal(
        *arguments, "--data-dir", "mistyped"
    )
    assert not (tmp_path / "mistyped").exists()


def test_a_new_project_says_where_it_is_kept(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("create", "mine").splitlines()[-1].split() == ["database", f"{tmp_path}/data/onstage.db"]


def test_nothing_is_closed_without_a_yes(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    project = terminal.json("create", "mine")["id"]
    monkeypatch.setattr("typer.confirm", lambda *_args, **_options: False)
    assert "Nothing was done" in terminal.refusal("delete", project)
    assert [one["id"] for one in terminal.json("list")] == [project]
