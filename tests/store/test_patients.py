"""The hash of a patient: the same for the same patient at the same client, and no way back."""

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from cds_service.store.engines import StoreError
from cds_service.store.patients import KEY_FILE, no_hash, own_key, patient_hash

KEY = "k" * 32


def test_a_patient_is_told_from_others_and_not_named() -> None:
    hashed = patient_hash(KEY)
    assert hashed("default", "p1") == hashed("default", "p1")
    assert hashed("default", "p1") != hashed("default", "p2")
    assert len(hashed("default", "p1") or "") == 64


def test_the_same_id_at_another_client_is_another_patient() -> None:
    """Two hospitals number from one; and ("a", "bc") is not ("ab", "c")."""
    hashed = patient_hash(KEY)
    assert len({hashed("a", "1"), hashed("b", "1"), hashed("a", "bc"), hashed("ab", "c")}) == 4


def test_without_the_key_the_hash_cannot_be_made() -> None:
    """Patient ids are short: a hash without a key is found by trying them all."""
    assert patient_hash(KEY)("default", "p1") != patient_hash("K" * 32)("default", "p1")


def test_an_id_of_any_shape_has_a_hash() -> None:
    assert patient_hash(KEY)("default", "\ud800")


def test_a_site_may_keep_none() -> None:
    assert no_hash("default", "p1") is None


def test_a_key_is_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    key = own_key(folder)
    assert own_key(folder) == key
    assert len(key) == 64
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert os.listdir(folder) == [KEY_FILE]


def _make(folder: Path, keys: "multiprocessing.Queue[str]") -> None:
    keys.put(own_key(folder))


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    keys: multiprocessing.Queue[str] = fork.Queue()
    making = [fork.Process(target=_make, args=(tmp_path, keys)) for _ in range(8)]
    for each in making:
        each.start()
    assert len({keys.get(timeout=30) for _ in making}) == 1
    for each in making:
        each.join()
    keys.close()
    keys.join_thread()


@pytest.mark.parametrize(
    ("folder", "message"),
    [("/proc/nowhere", r"cannot be kept in /proc/nowhere: .*CDS_HASH_KEY.*CDS_PATIENT_HASH=off")],
)
def test_where_no_key_can_be_kept_it_says_what_to_do(folder: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        own_key(Path(folder))


@pytest.mark.parametrize(("content", "message"), [(b"", "shorter than 32"), (b"\xff" * 40, "cannot be kept in")])
def test_a_key_that_is_none_is_not_used(tmp_path: Path, content: bytes, message: str) -> None:
    """A file cut short by a full disk would make every hash guessable."""
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(StoreError, match=message):
        own_key(tmp_path)
