"""`onstage project …`: what the admin API does, for whoever is on the machine."""

from typing import Annotated

import typer

from onstage.cli.running import AsJson, DataDir, run, settings_or_exit

project_app = typer.Typer(no_args_is_help=True, help="Tenants: an id, and keys with a secret each.")

ProjectId = Annotated[str, typer.Argument(metavar="PROJECT", help="Its id, `prj_…`.")]


@project_app.command("create")
def create(
    name: str,
    origin: Annotated[list[str] | None, typer.Option(help="Whose pages may call; everybody's when unset.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a project, and print its id and secret. The secret is shown only now."""
    from onstage.cli import managing

    run(managing.create(settings_or_exit(data_dir=data_dir), name, origin, as_json=as_json))


@project_app.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print every project."""
    from onstage.cli import managing

    run(managing.print_projects(settings_or_exit(data_dir=data_dir), as_json=as_json))


@project_app.command("show")
def show(project: ProjectId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print one project."""
    from onstage.cli import managing

    run(managing.print_project(settings_or_exit(data_dir=data_dir), project, as_json=as_json))


@project_app.command("delete")
def delete(
    project: ProjectId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Close a project for good: its keys are revoked, and nothing of it is found any more."""
    from onstage.cli import managing

    settings = settings_or_exit(data_dir=data_dir)
    if not yes and not typer.confirm(f"Close {project} for good?", err=True):
        raise typer.Abort
    run(managing.delete(settings, project))


@project_app.command("keys")
def list_keys(project: ProjectId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print a project's keys, without their secrets."""
    from onstage.cli import managing

    run(managing.print_keys(settings_or_exit(data_dir=data_dir), project, as_json=as_json))


@project_app.command("add-key")
def add_key(
    project: ProjectId,
    name: Annotated[str, typer.Option(help="What it is for.")] = "another",
    role: Annotated[
        list[str] | None,
        typer.Option(help="A role its tokens may name; it does nothing else then, and gives nothing besides the role."),
    ] = None,
    permission: Annotated[
        list[str] | None,
        typer.Option(help="A permission its tokens may give, by their role or besides it; no other then."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it expires.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make another key of a project, and print its id and secret. The secret is shown only now."""
    from onstage.cli import managing

    body: dict[str, object] = {"name": name, "roles": role or None, "permissions": permission or None}
    run(managing.add_key(settings_or_exit(data_dir=data_dir), project, body, days, as_json=as_json))


@project_app.command("revoke-key")
def revoke_key(
    project: ProjectId,
    key: Annotated[str, typer.Argument(help="Its id, `key_…`.")],
    data_dir: DataDir = None,
) -> None:
    """Make a key useless, and every token it signed; the last one too."""
    from onstage.cli import managing

    run(managing.revoke_key(settings_or_exit(data_dir=data_dir), project, key))
