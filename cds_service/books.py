"""Where what happens is written down: the store, the counts and the hash of patients, chosen from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cds_service.hooks.desk import TakeFeedback
from cds_service.metrics import NOT_STORED, Meter
from cds_service.settings import Settings, SettingsError
from cds_service.store.keeping import Keep, make_keep, make_take_feedback
from cds_service.store.patients import Hash, no_hash, own_key, patient_hash
from cds_service.store.store import Store, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """One set for all clients; each client's rows carry its name."""

    store: Store
    meter: Meter
    patient_hash: Hash
    settings: Settings

    def keep(self, client: str) -> Keep:
        """What keeps and counts the answers that a client got."""
        return make_keep(self.store, self.meter, client=client)

    def take_feedback(self, client: str, clock: Callable[[], datetime]) -> TakeFeedback:
        """What keeps the feedback of a client's users."""
        return make_take_feedback(
            self.store, self.meter, clock, client=client, comment_length=self.settings.comment_length
        )


def open_books(settings: Settings, metrics_dir: Path | None) -> Books:
    """Opens the store, its schema up to date. `metrics_dir`: where all processes of one service count together.

    Raises SettingsError for settings that contradict each other, StoreError for a store that cannot be used.
    """
    hashed = _patient_hash(settings)
    meter = Meter(metrics_dir)
    store = open_store(
        settings.store_url,
        migration=settings.migrate,
        retention_days=settings.retention_days,
        lost=lambda table, rows: meter.add(NOT_STORED, table, by=rows),
    )
    return Books(store=store, meter=meter, patient_hash=hashed, settings=settings)


def _patient_hash(settings: Settings) -> Hash:
    if settings.patient_hash:
        return patient_hash(settings.hash_key or own_key(settings.data_dir))
    if settings.quiet_after_override is not None:
        # Without it nobody could tell whose warning was overridden.
        raise SettingsError("CDS_QUIET_AFTER_OVERRIDE: needs the hash of the patient, and CDS_PATIENT_HASH is off")
    return no_hash
