"""deploy/kubernetes/ without a cluster: Kubernetes' own schemas, and what the project promises of the manifests."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.cli.app import app
from tests.docs.commandline import parse

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
MANIFESTS: dict[str, dict[str, Any]] = {path.stem: yaml.safe_load(path.read_text()) for path in FOLDER.glob("*.yaml")}
CLOUD = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL"}


def pod(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = MANIFESTS[name]["spec"]["template"]["spec"]
    return spec


def container(name: str) -> dict[str, Any]:
    [only] = pod(name)["containers"]
    return dict(only)


@pytest.mark.parametrize("name", MANIFESTS)
def test_it_is_valid_by_kubernetes_own_schema(name: str) -> None:
    import kubernetes_validate

    for version in ("1.29", kubernetes_validate.latest_version()):
        kubernetes_validate.validate(MANIFESTS[name], version, strict=True)


def test_a_field_that_does_not_exist_would_be_found() -> None:
    import kubernetes_validate

    wrong = yaml.safe_load((FOLDER / "worker.yaml").read_text())
    wrong["spec"]["template"]["spec"]["terminationGracePeriod"] = 30
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)


def test_the_runtime_class_that_the_page_tells_to_uncomment_is_one() -> None:
    import kubernetes_validate

    text = (FOLDER / "worker.yaml").read_text()
    chosen = yaml.safe_load(text.replace("# runtimeClassName:", "runtimeClassName:"))
    assert chosen["spec"]["template"]["spec"]["runtimeClassName"] == "nvidia"
    kubernetes_validate.validate(chosen, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("name", MANIFESTS)
def test_commands_and_variables_are_ours(name: str) -> None:
    parse(typer.main.get_command(app), container(name)["command"])
    known = set(re.findall(r'"(SWEEP_[A-Z_]+)"', (ROOT / "core" / "settings.py").read_text())) | CLOUD
    assert {variable["name"] for variable in container(name)["env"]} <= known


@pytest.mark.parametrize("name", MANIFESTS)
def test_secrets_come_from_the_secret_that_the_page_creates(name: str) -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    created = set(re.findall(r"--from-(?:literal|file)=([a-z-]+)=", page))
    for variable in container(name)["env"]:
        secret = variable.get("valueFrom", {}).get("secretKeyRef")
        if re.search(r"URL|KEY|AWS", variable["name"]):
            assert secret is not None, f"{variable['name']} must not stand in the file"
            assert secret["name"] == "prunesweep"
            assert secret["key"] in created
        else:
            load_settings({variable["name"]: variable["value"]})


def test_a_worker_has_one_gpu_time_to_hand_back_and_no_root() -> None:
    assert container("worker")["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert pod("worker")["terminationGracePeriodSeconds"] >= 15
    assert {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"} in pod("worker")["tolerations"]
    assert {"name": "SWEEP_CPU_SLOT", "value": "no"} in container("worker")["env"], "pods would disturb each other"
    assert "livenessProbe" not in container("worker"), "a broker that is away would restart every worker"
    mounts = {mount["name"] for mount in container("worker")["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod("worker")["volumes"]}
    chosen = MANIFESTS["worker"]["spec"]["selector"]["matchLabels"]
    assert chosen.items() <= MANIFESTS["worker"]["spec"]["template"]["metadata"]["labels"].items()
    for name in MANIFESTS:
        assert pod(name)["securityContext"]["runAsNonRoot"] is True
        assert container(name)["securityContext"]["allowPrivilegeEscalation"] is False


def test_the_user_is_the_images() -> None:
    assert "--uid 1000 sweep" in (ROOT / "Dockerfile").read_text()
    assert {pod(name)["securityContext"]["runAsUser"] for name in MANIFESTS} == {1000}
