"""`cds-service lint`: whether knowledge files and ConceptMaps may be used, every fault with its file and place."""

import os
from pathlib import Path

import click

from cds_service.knowledge.concept_maps import concept_map_faults, with_concept_maps
from cds_service.knowledge.faults import Fault
from cds_service.knowledge.lint import lint as faults_of
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.settings import Settings, SettingsError, from_environment


@click.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--concept-maps",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path),
    show_default="those in CDS_CONCEPT_MAPS",
    help="A ConceptMap of the site's own codes, or a folder of them, to check too. May be given several times.",
)
def lint(directory: Path | None, concept_maps: tuple[Path, ...]) -> None:
    """Check the knowledge files in DIR, or those that come with the service, and ConceptMaps beside them."""
    path = directory or Settings().knowledge_path
    maps = concept_maps or _maps_in_force()
    faults = [*faults_of(path), *concept_map_faults(maps)]
    if faults:
        raise click.ClickException(_told(path, faults))
    knowledge = with_concept_maps(load_knowledge(path), maps)
    click.echo(
        f"{path}: no faults in knowledge {knowledge.version}, {knowledge.hash[:12]}: {len(knowledge.topics)} topics, "
        f"{len(knowledge.variants)} variants, {len(knowledge.procedures)} studies"
    )
    if maps:
        click.echo(f"{', '.join(map(str, maps))}: no faults in ConceptMaps: {_used(knowledge)}")


def _maps_in_force() -> tuple[Path, ...]:
    try:
        return from_environment(os.environ).concept_maps
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def _told(path: Path, faults: list[Fault]) -> str:
    lines = "".join(f"\n{fault}" for fault in faults)
    return f"{path}: {len(faults)} fault{'s' if len(faults) > 1 else ''}{lines}"


def _used(knowledge: Knowledge) -> str:
    """How many of the site's codes are translated, and how many of them into a code that the service knows."""
    known = [
        own
        for own, meant in knowledge.translations.items()
        if any(code in knowledge.studies_by_code or knowledge.value_sets.having(code) for code in meant)
    ]
    return f"codes of the site: {len(knowledge.translations)}, of these known to the service: {len(known)}"
