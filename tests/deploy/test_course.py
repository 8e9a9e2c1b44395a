"""The instructor's program without a hub: names, failures of one, and what it prints."""

import doctest
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy import course, marking, place
from deploy.hub_api import Hub


@pytest.mark.parametrize("module", [course, place])
def test_the_examples_are_true(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert (found.failed, found.attempted > 0) == (0, True)


def test_what_fails_for_one_student_is_said_and_the_others_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def work(name: str) -> str:
        if name == "bob":
            raise TimeoutError("no server")
        return "3 notebooks"

    assert course.for_each(["alice", "bob", "carol"], work, 2) == 1
    said = capsys.readouterr()
    assert sorted(said.out.splitlines()) == ["alice: 3 notebooks", "carol: 3 notebooks"]
    assert said.err == "bob: FAILED: no server\n"


def test_a_name_that_would_leave_the_folder_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key"
    key.write_text("key")
    arguments = ["return", f"--course={tmp_path}", f"--token-file={key}", "--student=../../etc"]
    assert course.main(arguments) == 0
    assert "cannot be a folder's" in capsys.readouterr().err


def test_fetching_needs_a_key_and_something_released(tmp_path: Path) -> None:
    assert course.main(["collect", f"--course={tmp_path}"]) == 2
    with pytest.raises(FileNotFoundError, match="nothing is released"):
        marking.released(tmp_path)


class Users(BaseHTTPRequestHandler):
    """A hub with 250 users, two of them administrators, that gives at most 50 at a time."""

    def do_GET(self) -> None:
        query = dict(part.split("=") for part in self.path.partition("?")[2].split("&"))
        first = int(query["offset"])
        users = [{"name": f"u{i:03}", "admin": i in (3, 200)} for i in range(250)]
        body = json.dumps(users[first : first + min(50, int(query["limit"]))]).encode()
        self.send_response(200 if self.headers["Authorization"] == "token key" else 403)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def many_users() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Users) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_all_students_of_a_large_class_are_found_and_no_administrator(many_users: str) -> None:
    found = Hub(many_users, "key").students()
    assert len(found) == 248
    assert not {"u003", "u200"} & set(found)
    with pytest.raises(OSError, match="403"):
        Hub(many_users, "another key").students()
