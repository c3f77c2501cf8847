"""Texts for programs: short enough, true to this site's address, and found from where programs look."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from django.conf import settings

from clorp.site.guide import GUIDES
from clorp.site.programs import DOCUMENTS

pytestmark = pytest.mark.django_db
TOKENS_MAX = 5_000
# English in Markdown has about four characters a token; with code, fewer.
CHARS_A_TOKEN = 3
TEXTS = ["/llms.txt", "/llms-full.txt", "/skill.md", *[f"/help/{name}.md" for name in DOCUMENTS]]
CARDS = ["/.well-known/agent-skills/index.json", "/.well-known/agent-card.json"]


def text_of(client, path, host="testserver"):
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("path", TEXTS)
def test_a_text_is_plain_and_for_everybody(path, client):
    answer = client.get(path)
    assert answer["Content-Type"] in {"text/plain; charset=utf-8", "text/markdown; charset=utf-8"}
    assert not answer.cookies and "{site}" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/board", "/help/agents"])
def test_whoever_knows_nothing_but_the_address_is_led_to_the_texts(path, client):
    leads = dict(re.findall(r'<link rel="([a-z-]+)"(?: type="text/plain")? href="([^"]+)">', text_of(client, path)))
    assert (leads["alternate"], leads["service-desc"]) == ("/llms.txt", "/api/schema/")
    assert {client.get(address).status_code for address in (leads["alternate"], leads["service-desc"])} == {200}
    assert "http://testserver/llms.txt" in text_of(client, "/robots.txt")


def test_the_skill_is_short_and_says_what_it_is_for(client):
    skill = text_of(client, "/skill.md")
    assert len(skill) / CHARS_A_TOKEN <= TOKENS_MAX
    name, description = re.match(r"---\nname: ([a-z-]+)\ndescription: (.+)\n---\n", skill).groups()
    assert name == "clorp" and len(description) <= 1_024 and "Use when" in description


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_each_site_is_named_as_its_reader_knows_it(host, client):
    for path in (*TEXTS[:3], *CARDS):
        assert f"http://{host}" in text_of(client, path, host), path


def test_the_index_of_skills_names_the_skill_by_its_digest(client):
    (skill,) = json.loads(text_of(client, CARDS[0]))["skills"]
    served = client.get(skill["url"].removeprefix("http://testserver")).content
    assert served == client.get("/skill.md").content
    assert skill["digest"] == f"sha256:{hashlib.sha256(served).hexdigest()}"
    assert (skill["name"], skill["type"]) == ("clorp", "skill-md") and skill["description"] in served.decode()


def test_the_card_names_ways_in_that_are_there_and_skills(client):
    card = json.loads(text_of(client, CARDS[1]))
    needed = {"name", "description", "version", "supportedInterfaces", "capabilities", "skills"}
    assert needed | {"defaultInputModes", "defaultOutputModes", "securitySchemes"} <= {*card}
    for way in card["supportedInterfaces"]:
        assert way["url"].startswith("http://testserver/") and way["protocolBinding"] and way["protocolVersion"]
    assert all(skill["id"] and skill["tags"] for skill in card["skills"])


@pytest.mark.parametrize("path", ["/llms.txt", "/llms-full.txt", "/skill.md"])
def test_every_address_of_the_site_in_a_text_is_there(path, client):
    links = {*re.findall(r"http://testserver(/[\w./-]*)", text_of(client, path))}
    # Streams and tools are no pages; what is somebody's own asks them to sign in.
    asked = {link.rstrip(".") for link in links} - {"/mcp", "/api/"}
    assert len(asked) > 2 and {client.get(link).status_code for link in asked} <= {200, 302}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_guide_has_a_twin_in_markdown_that_its_page_names(name, client):
    assert f'<link rel="alternate" type="text/markdown" href="/help/{name}.md">' in text_of(client, f"/help/{name}")
    twin = text_of(client, f"/help/{name}.md")
    assert twin.startswith("# ")
    links = {link.partition("#")[0] for link in re.findall(r"\]\((/[^)]+)\)", twin)}
    assert {client.get(link).status_code for link in links} <= {200}


def test_every_guide_has_a_twin_and_nothing_else_of_the_docs_has(client):
    assert {*DOCUMENTS} == {*GUIDES, "errors"}
    assert {client.get(f"/help/{name}.md").status_code for name in ("operators", "skill", "security", "nothing")} == {
        404
    }


def test_everything_in_one_file_has_every_guide(client):
    everything = text_of(client, "/llms-full.txt")
    assert all(text_of(client, f"/help/{name}.md").strip() in everything for name in DOCUMENTS)


def test_the_entry_for_registries_names_where_the_tools_are():
    entry = json.loads((settings.BASE_DIR / "server.json").read_text())
    version = re.search(r'^version = "(.+)"$', (settings.BASE_DIR / "pyproject.toml").read_text(), re.MULTILINE)
    assert entry["version"] == version[1] and len(entry["description"]) <= 100
    (remote,) = entry["remotes"]
    assert (remote["type"], remote["url"]) == ("streamable-http", "https://{host}/mcp")
