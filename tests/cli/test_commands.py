"""The commands beside `serve`."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from onstage.cli.main import app
from onstage.config import Settings
from onstage.model.permission import Permission
from tests.cli.running import finish, onstage, read_until, serving, start, stop


def test_help_lists_every_command_but_the_composer(tmp_path: Path) -> None:
    ended = onstage(tmp_path, "--help")
    assert ended.code == 0
    names = {command.name or command.callback.__name__ for command in app.registered_commands if not command.hidden}
    assert names == {"serve", "demo", "doctor", "token", "rules"}
    for name in names | {"project"}:
        assert f"│ {name} " in ended.out
    assert "composer" not in ended.out


HEAVY = {"alembic", "av", "fastapi", "google", "granian", "livekit", "numpy", "pydantic", "sqlalchemy", "starlette"}


def test_the_command_line_is_there_before_the_server_is_imported() -> None:
    script = "import sys, onstage.cli.main; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = set(subprocess.check_output([sys.executable, "-c", script], text=True).split())
    assert "typer" in loaded
    assert loaded & HEAVY == set()


def test_a_project_is_made_and_printed_once(tmp_path: Path) -> None:
    made, said = (onstage(tmp_path, "project", "create", "mine", *more) for more in (["--json"], []))
    assert (made.code, made.err, said.code, said.err) == (0, "", 0, "")
    project = json.loads(made.out)
    assert set(project) == {"id", "secret"}
    assert project["id"].startswith("prj_")
    assert len(project["secret"].encode()) >= 32
    assert [line.split()[0] for line in said.out.splitlines()] == ["id", "secret", "database"]
    assert project["id"] not in said.out


def test_a_token_of_the_command_line_joins(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        printed = read_until(server, "Data ")
        url = printed.partition("Studio")[2].split()[0].rpartition("/studio/")[0]
        who = ("--identity", "ada", "--role", "host", "--name", "Ada")
        running = [start(tmp_path, "token", room, *who) for room in ("first-show", "no-such-room")]
        made, unknown = (finish(process) for process in running)
        answer = httpx.post(f"{url}/v1/join", json={"token": made.out.strip()})
        stop(server)
    assert (made.code, made.err) == (0, "")
    joined = answer.json()["participant"]
    assert (joined["identity"], joined["name"], joined["role"]) == ("ada", "Ada", "host")
    assert unknown.code == 1
    [line] = unknown.err.splitlines()
    assert "no-such-room" in line


def test_the_rules_are_printed_to_read_and_as_json(tmp_path: Path) -> None:
    printed, told = onstage(tmp_path, "rules"), onstage(tmp_path, "rules", "--json")
    assert (printed.code, printed.err, told.code, told.err) == (0, "", 0, "")
    rows = {row["permission"]: row for row in json.loads(told.out)}
    assert rows.keys() == {permission.value for permission in Permission}
    promote = rows["participant.promote"]
    assert (promote["place"], promote["rank"], promote["target"]) == ("stage", "the same or lower", "audience, viewer")
    for permission in rows:
        assert permission in printed.out
    assert "gives a lower role" in " ".join(printed.out.split())


def test_a_token_of_no_project_says_how_to_make_one(tmp_path: Path) -> None:
    ended = onstage(tmp_path, "token", "show", "--identity", "ada", "--role", "host")
    assert ended.code == 1
    [line] = ended.err.splitlines()
    assert "onstage project create" in line


def test_the_doctor_names_what_is_missing_and_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    missing_program = {"LIVEKIT_SERVER_PATH": "livekit-server", "PATH": "/nowhere"}
    ended = onstage(tmp_path, "doctor", "--data-dir", "file/data", **missing_program)
    assert ended.code == 1
    missing = [line for line in ended.out.splitlines() if line.startswith("MISSING")]
    assert len(missing) == 2
    assert "scripts/setup-livekit.sh" in missing[0]
    assert "data_dir" in missing[1]
    assert ended.out.startswith("ok      Python")


def test_the_doctor_is_content_with_what_serving_needs(tmp_path: Path) -> None:
    ended = onstage(tmp_path, "doctor")
    assert (ended.code, ended.err) == (0, "")
    assert "MISSING" not in ended.out


def test_the_doctor_names_scripts_without_a_font_but_does_not_ask_for_them(tmp_path: Path) -> None:
    program = {"LIVEKIT_SERVER_PATH": sys.executable, "PATH": "/nowhere"}
    ended = onstage(tmp_path, "doctor", **program)
    assert ended.code == 0
    [line] = [line for line in ended.out.splitlines() if line.startswith("partly  fonts")]
    assert "Arabic" in line
    assert "fonts-noto-core" in line
    assert "ok      fonts" in onstage(tmp_path, "doctor").out


@pytest.mark.parametrize("option", ["host", "port", "data_dir", "tls_cert", "tls_key", "public_url", "media_ip"])
def test_every_option_of_serve_is_a_setting(option: str) -> None:
    assert option in Settings.model_fields
