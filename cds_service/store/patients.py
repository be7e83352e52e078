"""The patient's id as the store keeps it: a keyed hash, that tells patients apart and leads back to nobody.

Without the key it cannot be found by trying ids: that is why a plain hash would not do.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cds_service.store.engines import StoreError

KEY_FILE = "patient-hash.key"
SHORTEST_KEY = 32

Hash = Callable[[str, str], str | None]
"""From client and patient id to the hash; None where none is to be kept."""


def no_hash(client: str, patient_id: str) -> None:
    """For a site that keeps none."""


def patient_hash(key: str) -> Hash:
    """HMAC-SHA-256 (RFC 2104) of a patient's id at a client: the same id at another client is another patient."""
    keyed = hmac.new(key.encode(), digestmod="sha256")

    def hashed(client: str, patient_id: str) -> str:
        made = keyed.copy()
        made.update(f"{len(client)}:{client}{patient_id}".encode(errors="surrogatepass"))
        return made.hexdigest()

    return hashed


def own_key(folder: Path) -> str:
    """The key kept in a folder; made there, readable by nobody else, where there is none.

    Raises StoreError where it can be neither read nor made.
    """
    file = folder / KEY_FILE
    try:
        if not file.exists():
            _make(file)
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise StoreError(
            f"the key of the patient hash cannot be kept in {folder}: {reason}. "
            "Give one in CDS_HASH_KEY, or set CDS_PATIENT_HASH=off"
        ) from None
    if len(key) < SHORTEST_KEY:
        raise StoreError(f"the key of the patient hash in {file} is shorter than {SHORTEST_KEY} characters")
    return key


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as opened:
        opened.write(secrets.token_hex(32))
        opened.flush()
        os.fsync(opened.fileno())
    try:
        os.link(draft, file)  # whole or not at all: another process may be making it at the same time
    except FileExistsError:
        pass
    finally:
        draft.unlink()
