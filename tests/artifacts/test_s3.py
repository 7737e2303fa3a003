"""The store on a real S3 server."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import S3Store

from prunesweep.core.artifacts.store import ArtifactStore, StoreAway
from prunesweep.core.errors import StageError, UserError


def _raw(s3: Any, prefix: str) -> S3Store:
    return S3Store.from_url(
        f"s3://sweeps/{prefix}", endpoint=s3.endpoint, region="us-east-1", client_options={"allow_http": True}
    )


def test_round_trip_and_second_put_is_nothing_new(s3: Any, tmp_path: Path) -> None:
    store = ArtifactStore.open(s3.url("round"), tmp_path)
    data = b"weights" * 100_000
    name, size = store.put(data)
    assert (name, size) == (sha256(data).hexdigest(), len(data))
    assert store.put(data) == (name, size)
    assert store.get(name) == data
    assert store.size(name) == len(data)
    listed = [meta["path"] for chunk in obstore.list(_raw(s3, "round")) for meta in chunk]
    assert listed == [f"sha256/{name[:2]}/{name}"]
    assert not list(tmp_path.iterdir())


def test_create_is_atomic_on_the_server(s3: Any) -> None:
    raw = _raw(s3, "atomic")

    def create(number: int) -> bool:
        try:
            obstore.put(raw, "one", str(number).encode(), mode="create")
        except obstore.exceptions.AlreadyExistsError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(create, range(8))) == 1


def test_many_writers_of_one_artifact(s3: Any, tmp_path: Path) -> None:
    store = ArtifactStore.open(s3.url("many"), tmp_path)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: store.put(b"same"), range(8)))
    assert len(found) == 1
    assert store.get(found.pop()[0]) == b"same"


def test_endpoint_from_the_environment(s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    store = ArtifactStore.open("s3://sweeps/environment", tmp_path)
    assert store.get(store.put(b"x")[0]) == b"x"
    assert store.check() == "s3://sweeps/environment"


def test_damaged_object_is_refused_then_replaced_by_a_new_put(s3: Any, tmp_path: Path) -> None:
    store = ArtifactStore.open(s3.url("damage"), tmp_path)
    name, _ = store.put(b"good")
    obstore.put(_raw(s3, "damage"), f"sha256/{name[:2]}/{name}", b"evil")
    with pytest.raises(StageError, match=f"artifact {name[:12]} has a wrong hash"):
        store.get(name)
    store.put(b"good")
    assert store.get(name) == b"good"


def test_missing_object(s3: Any, tmp_path: Path) -> None:
    store = ArtifactStore.open(s3.url("missing"), tmp_path)
    with pytest.raises(StageError, match="is not in the store"):
        store.get("0" * 64)
    assert not store.exists("0" * 64)


def test_wrong_secret_is_one_line_without_secrets(s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2-not-the-secret")
    store = ArtifactStore.open(s3.url("secret"), tmp_path)
    with pytest.raises(UserError) as caught:
        store.check()
    message = str(caught.value)
    assert message.startswith("SWEEP_ARTIFACTS_URL 's3://sweeps/secret?")
    assert "\n" not in message
    assert "hunter2" not in message
    with pytest.raises(StoreAway, match="cannot write the artifact store s3://sweeps/secret"):
        store.put(b"x")
