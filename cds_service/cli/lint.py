"""`cds-service lint`: whether knowledge files may be used, every fault with its file and place."""

from pathlib import Path

import click

from cds_service.knowledge.lint import lint as faults_of
from cds_service.knowledge.load import load_knowledge
from cds_service.settings import Settings


@click.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(exists=True, path_type=Path))
def lint(directory: Path | None) -> None:
    """Check the knowledge files in DIR, or those that come with the service."""
    path = directory or Settings().knowledge_path
    faults = faults_of(path)
    if faults:
        lines = "".join(f"\n{fault}" for fault in faults)
        raise click.ClickException(f"{path}: {len(faults)} fault{'s' if len(faults) > 1 else ''}{lines}")
    knowledge = load_knowledge(path)
    click.echo(
        f"{path}: no faults in knowledge {knowledge.version}, {knowledge.hash[:12]}: {len(knowledge.topics)} topics, "
        f"{len(knowledge.variants)} variants, {len(knowledge.procedures)} studies"
    )
