"""The review page's server: what it answers, to whom, and what survives a kill."""

from __future__ import annotations

import io
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

pytest.importorskip("starlette", reason="needs framejudge[review]")
httpx = pytest.importorskip("httpx2", reason="needs framejudge[test]")

from starlette.testclient import TestClient  # noqa: E402

from framejudge.bench.cli import main  # noqa: E402
from framejudge.datasets.review import decisions  # noqa: E402
from framejudge.datasets.review.decisions import Journal  # noqa: E402
from framejudge.datasets.review.server import MAX_BODY_BYTES, create_app, listen, new_token  # noqa: E402
from framejudge.datasets.review.thumbnails import Thumbnails  # noqa: E402
from framejudge.datasets.table.reading import read_dataset  # noqa: E402

TOKEN = "t0ken"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four proposals, one of them unreadable, and a secret beside the set."""
    root = tmp_path / "set"
    root.mkdir()
    for number, size in enumerate([(400, 200), (30, 20), (64, 64)]):
        PIL.Image.new("RGB", size, (10, 90 * number, 20)).save(root / f"{number}.png")
    (root / "3.png").write_bytes(b"no picture")
    (root / "secret.txt").write_text("secret")
    (tmp_path / "secret.png").write_bytes((root / "0.png").read_bytes())
    (root / "labels.csv").write_text(
        "path,label,proposed,score,source\n"
        "0.png,,framed,0.5,x\n1.png,,framed,0.6,y\n2.png,,plain,0.1,x\n3.png,,plain,0.2,x\n"
    )
    return root


def client_for(folder: Path, reviewer: str = "ann") -> TestClient:
    app = create_app(read_dataset(folder), Journal(folder / "review.jsonl"), token=TOKEN, reviewer=reviewer)
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


@pytest.fixture
def client(folder: Path) -> TestClient:
    return client_for(folder)


def decide(client: TestClient, number: int, verdict: str, based_on: int = 0, reviewer: str = "ann") -> Any:
    body = {
        "reviewer": reviewer,
        "decisions": [{"number": number, "verdict": verdict, "based_on": based_on}],
    }
    return client.post(f"/{TOKEN}/api/decisions", json=body)


def items(client: TestClient, **query: object) -> Any:
    answer = client.get(f"/{TOKEN}/api/items", params={"reviewer": "ann", **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


# Who is answered


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/set",
        "/thumbnail/0",
        "/wrong/",
        "/t0ke/",
        "/t0kenx/api/set",
        "//t0ken/",
        "/%74/../t0ke",
        "/é/",
    ],
)
def test_without_the_token_everything_is_forbidden(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 403
    assert "0.png" not in answer.text


def test_a_decision_without_the_token_is_not_written(client: TestClient, folder: Path) -> None:
    body = {"reviewer": "eve", "decisions": [{"number": 0, "verdict": "plain", "based_on": 0}]}
    assert client.post("/api/decisions", json=body).status_code == 403
    assert not (folder / "review.jsonl").exists()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[::1]", ""])
def test_another_host_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get(f"/{TOKEN}/api/set", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:9"])
def test_a_forwarded_port_is_fine(client: TestClient, host: str) -> None:
    assert client.get(f"/{TOKEN}/api/set", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/main.js", "/api/set", "/api/items", "/thumbnail/0", "/thumbnail/9", "/thumbnail/3", "/nothing"],
)
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    for address in (f"/{TOKEN}{path}", path):
        headers = client.get(address).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers


def test_tokens_differ_and_cannot_be_guessed() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) >= 32


def test_the_port_is_of_this_machine_and_answers_leave_at_once() -> None:
    with listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.proto == socket.IPPROTO_TCP  # what asyncio looks at before it sets TCP_NODELAY


# What can be read


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.png",
        "/thumbnail/../../secret.png",
        "/thumbnail/..%2f..%2fsecret.png",
        "/thumbnail/%2e%2e/secret.txt",
        "/thumbnail/secret.txt",
        "/thumbnail//etc/passwd",
        "/thumbnail/%2fetc%2fpasswd",
        "/thumbnail/0.png",
        "/thumbnail/-1",
        "/thumbnail/4",
        "/thumbnail/99999999999999999999",
        "/thumbnail/0/../../labels.csv",
        "/labels.csv",
        "/0.png",
        "/..%5csecret.png",
        "/server.py",
        "/../server.py",
        "/%2e%2e/decisions.py",
    ],
)
def test_nothing_but_listed_images_can_be_read(client: TestClient, path: str) -> None:
    # A raw request: the client library would tidy the path up before sending it.
    request = client.build_request("GET", "http://127.0.0.1:8000/")
    request.url = httpx.URL(scheme="http", host="127.0.0.1", port=8000, raw_path=f"/{TOKEN}{path}".encode())
    answer = client.send(request)
    assert answer.status_code in (403, 404)
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_file_that_became_a_link_is_not_followed(client: TestClient, folder: Path) -> None:
    (folder / "0.png").unlink()
    (folder / "0.png").symlink_to(folder.parent / "secret.png")
    answer = client.get(f"/{TOKEN}/thumbnail/0")
    assert (answer.status_code, answer.text) == (422, "a symbolic link leads out of the folder")


def test_pictures_are_reduced_and_never_enlarged(client: TestClient) -> None:
    sizes = []
    for address in ("thumbnail/0", "picture/0", "thumbnail/1"):
        answer = client.get(f"/{TOKEN}/{address}")
        assert answer.headers["content-type"] == "image/jpeg"
        with PIL.Image.open(io.BytesIO(answer.content)) as picture:
            sizes.append(picture.size)
    assert sizes == [(256, 128), (400, 200), (30, 20)]


def test_an_unreadable_image_says_why(client: TestClient) -> None:
    answer = client.get(f"/{TOKEN}/thumbnail/3")
    assert (answer.status_code, answer.text) == (422, "not a picture of any kind that is known")


def test_the_cache_forgets_what_was_unused_longest(folder: Path) -> None:
    thumbnails = Thumbnails(folder, cache_bytes=0)
    assert thumbnails.render("0.png", 16) == thumbnails.render("0.png", 16)
    assert thumbnails.held_bytes == 0
    roomy = Thumbnails(folder)
    data = roomy.render("0.png", 16)
    (folder / "0.png").unlink()
    assert roomy.render("0.png", 16) == data
    assert roomy.held_bytes == len(data)


# Deciding


def test_a_decision_is_on_the_disk_when_it_is_answered(client: TestClient, folder: Path) -> None:
    answer = decide(client, 0, "framed").json()
    assert answer["results"][0]["saved"] and answer["results"][0]["version"] == 1
    assert answer["progress"]["decided"] == 1
    (line,) = (folder / "review.jsonl").read_text().splitlines()
    assert json.loads(line)["path"] == "0.png"
    assert [item["number"] for item in items(client)["items"]] == [1, 2, 3]


def test_another_tab_is_not_overwritten(client: TestClient, folder: Path) -> None:
    decide(client, 0, "framed")
    answer = decide(client, 0, "plain", based_on=0).json()["results"][0]
    assert (answer["saved"], answer["verdict"], answer["version"]) == (False, "framed", 1)
    assert len((folder / "review.jsonl").read_text().splitlines()) == 2


def test_reviewers_are_apart_until_both_have_decided(client: TestClient) -> None:
    decide(client, 0, "framed")
    bob = items(client, reviewer="bob")
    assert bob["items"][0]["others"] == {} and bob["progress"]["decided"] == 0
    answer = decide(client, 0, "plain", reviewer="bob").json()
    assert answer["results"][0]["others"] == {"ann": "framed"}
    assert answer["progress"]["disputed"] == 1


def test_filters_reach_the_list(client: TestClient) -> None:
    page = items(client, proposed="framed", source="y", low=0.55, high=0.7)
    assert [item["path"] for item in page["items"]] == ["1.png"]
    assert (page["matching"], page["before"], page["after"]) == (1, 0, 0)
    assert items(client, limit=2)["after"] == 2


def test_the_set_is_described(client: TestClient, folder: Path) -> None:
    described = client.get(f"/{TOKEN}/api/set").json()
    assert (described["name"], described["images"], described["reviewer"]) == ("set", 4, "ann")
    assert (described["sources"], described["scores"]) == (["x", "y"], [0.1, 0.6])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[]",
        '{"reviewer": "ann"}',
        '{"reviewer": "ann", "decisions": []}',
        '{"reviewer": "  ", "decisions": [{"number": 0, "verdict": "plain", "based_on": 0}]}',
        '{"reviewer": "a\\nb", "decisions": [{"number": 0, "verdict": "plain", "based_on": 0}]}',
        '{"reviewer": "ann", "decisions": [{"number": 0, "verdict": "maybe", "based_on": 0}]}',
        '{"reviewer": "ann", "decisions": [{"number": "0", "verdict": "plain", "based_on": 0}]}',
        '{"reviewer": "ann", "decisions": [{"number": -1, "verdict": "plain", "based_on": 0}]}',
        '{"reviewer": "ann", "decisions": [{"number": 4, "verdict": "plain", "based_on": 0}]}',
        '{"reviewer": "ann", "decisions": [{"number": 0, "verdict": "plain", "based_on": 0},'
        ' {"number": 0, "verdict": "framed", "based_on": 0}]}',
    ],
)
def test_a_malformed_decision_is_refused_in_one_line(client: TestClient, folder: Path, body: str) -> None:
    answer = client.post(f"/{TOKEN}/api/decisions", content=body)
    assert answer.status_code == 400
    assert answer.text and "\n" not in answer.text
    assert not (folder / "review.jsonl").exists()


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 10_000}, {"status": "x"}, {"low": "a"}, {"reviewer": ""}, {"x": 1}]
)
def test_a_malformed_query_is_refused(client: TestClient, query: dict[str, object]) -> None:
    answer = client.get(f"/{TOKEN}/api/items", params={"reviewer": "ann", **query})
    assert answer.status_code == 400


def test_a_huge_request_is_refused(client: TestClient) -> None:
    answer = client.post(f"/{TOKEN}/api/decisions", content=b" " * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 413


def test_what_cannot_be_written_is_not_called_saved(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(decisions, "_write_all", full)
    answer = decide(client, 0, "framed")
    assert answer.status_code == 507
    assert "No space left on device" in answer.text
    monkeypatch.undo()
    assert items(client)["progress"]["decided"] == 0


# The whole command

SCRIPT = "from framejudge.bench.cli.main import entry_point; entry_point()"


@contextmanager
def running(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", SCRIPT, "dataset", "review", str(folder), "--no-browser", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+/", process.stdout.readline())
        assert found is not None, process.communicate()[1]
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def test_a_killed_server_loses_nothing(folder: Path) -> None:
    body = {"reviewer": "ann", "decisions": [{"number": 1, "verdict": "plain", "based_on": 0}]}
    with running(folder) as (process, address):
        assert httpx.post(f"{address}api/decisions", json=body).json()["results"][0]["saved"]
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert items(client_for(folder), status="done")["items"][0]["verdict"] == "plain"


def test_ending_the_review_writes_the_labels(folder: Path) -> None:
    body = {"reviewer": "ann", "decisions": [{"number": 1, "verdict": "plain", "based_on": 0}]}
    with running(folder, "--reviewer", "ann") as (process, address):
        assert httpx.get(f"{address}api/set").json()["reviewer"] == "ann"
        httpx.post(f"{address}api/decisions", json=body)
        process.send_signal(signal.SIGINT)
        told, complaints = process.communicate()
    assert process.returncode == 0, complaints
    assert "1 label changed (1 unlabelled -> plain)" in told
    assert complaints == ""
    assert "1.png,plain,framed,0.6,y\n" in (folder / "labels.csv").read_text()


def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    monkeypatch.setattr("sys.argv", ["bench", "dataset", "review", "--no-browser", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main.entry_point()
    assert stopped.value.code == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    return told.err


def test_a_taken_port_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        told = refusal(monkeypatch, capsys, folder, "--port", port)
    assert told.startswith(f"bench: --port: port {port}: ") and "give another --port" in told


def test_a_plain_folder_of_images_is_sent_to_prelabel(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "labels.csv").unlink()
    assert f"first: bench dataset prelabel {folder}" in refusal(monkeypatch, capsys, folder)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\nb"])
def test_a_name_that_the_page_refuses_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert "not a reviewer's name" in refusal(monkeypatch, capsys, folder, "--reviewer", name)


@pytest.mark.parametrize("missing", ["uvicorn", "starlette.applications"])
def test_a_missing_framework_is_answered_with_the_install_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "framejudge.datasets.review.server")
    assert "pip install 'framejudge[review]'" in refusal(monkeypatch, capsys, folder)
