"""A small model hub on this machine: the part of Hugging Face's API that downloads use, and misbehaviour to order.

Large files are answered with a redirect to another host name, as the real hub does. Asked for a whole address it
answers as a proxy would. Run as a program it is `parlor models` on another models folder:
`python -m tests.support.hub ROOT download NAME ...`.
"""

import hashlib
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import huggingface_hub

COMMIT = "c0ffee" + 34 * "0"
LARGE = (".bin", ".gguf", ".onnx")


@dataclass
class Request:
    """What a client asked, and how many bytes it was sent."""

    method: str
    path: str
    host: str
    start: int
    token: str
    proxied: bool
    sent: int = 0


@dataclass
class Hub:
    """`repositories[owner/name][path]` are the contents; `plain[path]` is a web server's without any of the API."""

    repositories: dict = field(default_factory=dict)
    plain: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    gated: set = field(default_factory=set)
    commit: str = COMMIT
    port: int = 0
    expired: str = ""
    """This token is answered as one that is not known, whatever was asked for."""
    # Faults:
    cuts: list = field(default_factory=list)
    """The next downloads of large files break off after so many bytes each."""
    wrong: bool = False
    """Large files arrive with other bytes than were announced."""
    truncated: int = 0
    """Large files end after so many bytes, as if that were all."""
    ranges: bool = True
    statuses: list = field(default_factory=list)
    """The next downloads of large files are answered so."""
    held: threading.Event | None = None
    """Downloads of large files stop half-way until this is set."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def gets(self):
        """The downloads of large files, in their order."""
        return [r for r in self.requests if r.method == "GET" and r.path.startswith("/cdn/")]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def hub(self):
        return self.server.hub

    def handle(self):
        with suppress(ConnectionError):  # a client that was killed
            super().handle()

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        address = urlsplit(self.path)
        path = unquote(address.path)
        first = (self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")[0]
        self.request_log = Request(
            self.command,
            path,
            self.headers["Host"],
            int(first),
            self.headers.get("Authorization", ""),
            bool(address.netloc),
        )
        self.hub.requests.append(self.request_log)
        parts = path.strip("/").split("/")
        if parts[0] == "cdn":
            self.large(self.hub.repositories["/".join(parts[1:3])]["/".join(parts[3:])])
        elif path in self.hub.plain:
            self.content(self.hub.plain[path], {"ETag": '"5f-1"'})
        elif len(parts) > 4 and parts[2] == "resolve":
            self.resolve("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self.refuse(404)

    def resolve(self, repository, revision, path):
        files = self.hub.repositories.get(repository)
        if self.hub.expired and self.request_log.token == f"Bearer {self.hub.expired}":
            message = "Invalid credentials in Authorization header"
            return self.answer(401, {"X-Error-Message": message, "Content-Length": "0"})
        if files is None:
            return self.refuse(401, "RepoNotFound")
        if repository in self.hub.gated and self.request_log.token != "Bearer let-me-in":
            return self.refuse(403 if self.request_log.token else 401, "GatedRepo")
        if revision not in {"main", self.hub.commit}:
            return self.refuse(404, "RevisionNotFound")
        if path not in files:
            return self.refuse(404, "EntryNotFound")
        content = files[path]
        if not path.endswith(LARGE):
            git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            return self.content(content, {"ETag": f'"{git}"', "X-Repo-Commit": self.hub.commit})
        headers = {
            "Location": f"http://localhost:{self.hub.port}/cdn/{repository}/{path}",
            "X-Linked-Size": str(len(content)),
            "X-Linked-Etag": f'"{hashlib.sha256(content).hexdigest()}"',
            "X-Repo-Commit": self.hub.commit,
            "Content-Length": "0",
        }
        return self.answer(302, headers)

    def refuse(self, status, code=""):
        self.answer(status, {"X-Error-Code": code, "Content-Length": "0"})

    def large(self, content):
        if self.hub.statuses:
            return self.refuse(self.hub.statuses.pop(0))
        if self.hub.wrong:
            content = bytes(len(content))
        if self.hub.truncated:
            content = content[: self.hub.truncated]
        return self.content(content, {})

    def content(self, content, headers):
        start = self.request_log.start if self.hub.ranges else 0
        if start >= len(content) > 0:
            return self.refuse(416)
        if start:
            headers |= {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        self.answer(206 if start else 200, headers | {"Content-Length": str(len(content) - start)})
        if self.command == "GET":
            self.send(content[start:])
        return None

    def send(self, body):
        is_large = self.request_log.path.startswith("/cdn/")
        cut = self.hub.cuts.pop(0) if is_large and self.hub.cuts else None
        half = len(body) // 2 if is_large and self.hub.held else 0
        self.write(body[:half])
        if half and self.hub.held:
            self.hub.held.wait(20)
        self.write(body[half:cut])
        if cut is not None:
            self.close_connection = True

    def write(self, body):
        self.request_log.sent += len(body)  # before the client has it, and looks
        try:
            self.wfile.write(body)
            self.wfile.flush()
        except ConnectionError:
            self.request_log.sent -= len(body)
            self.close_connection = True

    def answer(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args):
        """Quiet."""


@contextmanager
def serving(hub):
    """Answer for `hub` on a free port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.hub = hub
        server.daemon_threads = False
        hub.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="test-hub")
        thread.start()
        try:
            yield hub
        finally:
            huggingface_hub.close_session()  # an open connection of this process would hold its thread
            server.shutdown()
            thread.join()


def entry(name, kind, files, **more):
    """One `[[model]]` of a manifest, of files `path: content`; `hashes=False` leaves size and hash unknown."""
    hashes = more.pop("hashes", True)
    known = {"kind": kind, "licence": "MIT", "languages": ["en"], "memory_mb": 100} | more
    if "url" not in known:
        known.setdefault("repo", f"owner/{name}")
    lines = ["[[model]]", f'name = "{name}"']
    lines += [f"{key} = {value!r}" for key, value in known.items()]
    rows = []
    for path, content in files.items():
        extra = f", size = {len(content)}, sha256 = '{hashlib.sha256(content).hexdigest()}'" if hashes else ""
        rows.append(f"{{ path = {path!r}{extra} }}")
    return "\n".join([*lines, f"files = [{', '.join(rows)}]", ""])


def publish(starter, target):
    """The voice `starter` at `target` as a publisher gives it: no alignments, its phoneme lengths behind a Ceil."""
    import onnx

    model = onnx.load(starter)
    lengths = model.graph.output[1].name
    (maker,) = [node for node in model.graph.node if lengths in node.output]
    maker.output[list(maker.output).index(lengths)] = "lengths"
    model.graph.node.append(onnx.helper.make_node("Ceil", ["lengths"], ["w_ceil"]))
    del model.graph.output[1:]
    onnx.save(model, target)
    Path(f"{target}.json").write_bytes(Path(f"{starter}.json").read_bytes())


def main(root, *argv):
    """`parlor models` on the models folder `root`."""
    import argparse

    from app.config import load
    from app.errors import ParlorError
    from app.hub import command, store

    store.Store.__init__.__defaults__ = (Path(root),)
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(), argparse.ArgumentParser(add_help=False))
    try:
        return command.run(load(None, {}, []), parser.parse_args(["models", *argv]))
    except ParlorError as error:
        sys.stderr.write(f"parlor: {error.message}\n  {error.fix}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
