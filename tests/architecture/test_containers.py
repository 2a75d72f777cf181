"""The compose file, as far as it can be held to account without an engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_everything_that_the_product_needs_is_there() -> None:
    assert set(SERVICES) == {"proxy", "web", "worker", "beat", "migrate", "database", "broker", "mail"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service.get("user") not in ("root", "0", "0:0")
    assert service.get("user") or "unprivileged" in service["image"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_that_stays_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_images_are_pinned_to_a_release(name: str) -> None:
    image = SERVICES[name]["image"]
    assert image == "tia-hub" or re.search(r":v?\d", image)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_only_this_machine_reaches_published_ports(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_files_that_services_mount_exist() -> None:
    mounts = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    assert [path for path in mounts if path.startswith("./") and not (ROOT / path).exists()] == []


def test_no_secret_has_a_value_in_the_repository() -> None:
    example = (ROOT / ".env.example").read_text()
    assert re.findall(r"^(?:SECRET_KEY|\w*PASSWORD)=(.+)$", example, re.MULTILINE) == []
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"(?:PASSWORD|SECRET_KEY): (?!\$\{)(\S+)", text) == []


def test_what_the_image_copies_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert [path for line in copied for path in line.split() if not (ROOT / path).exists()] == []


def test_the_image_does_not_run_as_root() -> None:
    assert re.search(r"^USER 10001:10001$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
