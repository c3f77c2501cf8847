"""The pods of docs/operations/kubernetes start as compose starts containers, and come and go without anybody noticing.

Nothing here talks to a cluster: it reads the files.
"""

from __future__ import annotations

import re

import pytest
import yaml

from tests.clorp.test_operations import OPERATIONS, ROOT, words_of_container

FOLDER = OPERATIONS / "kubernetes"
JOB = "migrate/job.yaml"


def objects_in(name):
    return [*yaml.safe_load_all((FOLDER / name).read_text())]


KUSTOMIZATIONS = {folder: objects_in(f"{folder}kustomization.yaml")[0] for folder in ("", "migrate/")}
OBJECTS = [each for name in [*KUSTOMIZATIONS[""]["resources"], JOB] for each in objects_in(name)]
PODS = {each["metadata"]["name"]: each["spec"]["template"] for each in OBJECTS if "template" in each["spec"]}


def named(kind):
    return {each["metadata"]["name"]: each["spec"] for each in OBJECTS if each["kind"] == kind}


def test_every_file_is_applied():
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml") if path.name != "kustomization.yaml"}
    assert files == {*KUSTOMIZATIONS[""]["resources"], JOB}


def test_migrations_are_those_of_the_version_that_follows():
    assert KUSTOMIZATIONS[""]["images"] == KUSTOMIZATIONS["migrate/"]["images"]


@pytest.mark.parametrize("name", ["worker", "beat", "migrate"])
def test_a_pod_starts_what_the_container_does(name):
    (container,) = PODS[f"clorp-{name}"]["spec"]["containers"]
    assert container["args"] == words_of_container(name)


def test_a_web_is_the_images_own():
    (web,) = PODS["clorp-web"]["spec"]["containers"]
    assert "args" not in web and "command" not in web
    assert [port["containerPort"] for port in web["ports"]] == [8000]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_few_rights_and_a_bound(name):
    (container,) = PODS[name]["spec"]["containers"]
    assert PODS[name]["spec"]["securityContext"]["runAsUser"] == 10001
    assert not PODS[name]["spec"]["automountServiceAccountToken"]
    assert container["securityContext"]["readOnlyRootFilesystem"] and container["resources"]["limits"]["memory"]
    tmp = next(volume for volume in PODS[name]["spec"]["volumes"] if volume["name"] == "tmp")
    assert tmp["emptyDir"]["sizeLimit"]


@pytest.mark.parametrize("name", named("Deployment"))
def test_what_hangs_is_started_anew(name):
    (container,) = PODS[name]["spec"]["containers"]
    assert container["livenessProbe"]
    assert named("Deployment")[name].get("replicas", 2) >= 2


@pytest.mark.parametrize("name", named("Deployment"))
def test_what_chooses_pods_finds_some(name):
    labels = PODS[name]["metadata"]["labels"]
    assert named("Deployment")[name]["selector"]["matchLabels"] == labels
    if name != "clorp-beat":
        assert named("PodDisruptionBudget")[name]["selector"]["matchLabels"] == labels


def test_who_asks_finds_the_webs(client, db):
    (web,) = PODS["clorp-web"]["spec"]["containers"]
    probed = {probe["httpGet"]["path"] for key, probe in web.items() if key.endswith("Probe")}
    assert probed == {"/healthz", "/readyz"}
    assert {client.get(path, HTTP_HOST="10.1.2.3:8000").status_code for path in probed} == {200}
    assert named("Service")["clorp-web"]["selector"] == PODS["clorp-web"]["metadata"]["labels"]
    assert named("HorizontalPodAutoscaler")["clorp-web"]["scaleTargetRef"]["name"] == "clorp-web"


def test_all_that_is_set_is_a_setting_that_the_guide_knows():
    guide = (ROOT / "docs/operators.md").read_text()
    (literals,) = [each["literals"] for each in KUSTOMIZATIONS[""]["configMapGenerator"]]
    names = {re.sub(r"_FILE$", "", literal.partition("=")[0]) for literal in literals}
    assert {name for name in names if f"`{name}`" not in guide} == set()


def test_what_needs_a_volume_or_a_secret_names_one_that_there_is():
    claims = {*named("PersistentVolumeClaim")}
    mounted = [volume for pod in PODS.values() for volume in pod["spec"]["volumes"]]
    assert {each["persistentVolumeClaim"]["claimName"] for each in mounted if "persistentVolumeClaim" in each} == claims
    assert {each["secret"]["secretName"] for each in mounted if "secret" in each} == {"clorp"}
