"""Node's tls module, which is OpenSSL inside, driven by a few lines of JavaScript."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.interop.peers import PeerFailed
from tests.interop.scenarios import Service, Visit
from tests.interop.tap import SECONDS
from tls13lab.peers.openssl import Certificate
from tls13lab.peers.openssl_process import Child

ALLOW_NO_DHE_KEX = 0x400
CURVES = {"x25519": "X25519", "secp256r1": "prime256v1"}

SERVER = """
const tls = require("tls"), fs = require("fs"), o = JSON.parse(process.argv[1]);
const options = {minVersion: "TLSv1.3", ciphers: o.suite, ecdhCurve: o.curves,
    secureOptions: o.options};
if (o.key) options.pskCallback = () => Buffer.from(o.key, "hex");
else Object.assign(options, {cert: fs.readFileSync(o.cert), key: fs.readFileSync(o.certKey)});
const server = tls.createServer(options, s => { s.on("error", () => {}); s.pipe(s); });
server.on("tlsClientError", () => {});
server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
"""
CLIENT = """
const tls = require("tls"), fs = require("fs"), o = JSON.parse(process.argv[1]);
const options = {host: "127.0.0.1", port: o.port, minVersion: "TLSv1.3", ciphers: o.suite,
    ecdhCurve: o.curves, servername: "localhost"};
if (o.key) Object.assign(options, {checkServerIdentity: () => undefined,
    pskCallback: () => ({identity: o.identity, psk: Buffer.from(o.key, "hex")})});
else options.ca = fs.readFileSync(o.ca);
function visit(left, session) {
    let got = "", ticket = null, ended = false;
    const s = tls.connect({...options, session}, () => s.write(o.line));
    const next = () => { if (got.length >= o.line.length && (left === 1 || ticket) && !ended) {
        ended = true; s.end(); if (left === 1) process.stdout.write(got); } };
    s.on("session", one => { ticket = one; next(); });
    s.on("data", data => { got += data; next(); });
    s.on("close", () => { if (left > 1) visit(left - 1, ticket); });
    s.on("error", error => { console.error(error.message); process.exit(1); });
}
visit(o.visits, undefined);
"""


def _shared(side: Service | Visit) -> dict[str, Any]:
    told: dict[str, Any] = {
        "suite": side.suite,
        "curves": ":".join(CURVES[one] for one in side.groups),
    }
    if side.psk is not None:
        told |= {"key": side.psk.key.hex(), "identity": side.psk.identity}
    return told


class NodePeer:
    """Both roles."""

    name, echoes = "node", True

    def version(self) -> str:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
        return said.stdout.strip().removeprefix("v")

    @contextmanager
    def serve(self, service: Service, certificate: Certificate, folder: Path) -> Iterator[int]:
        told = _shared(service) | {"cert": str(certificate.leaf), "certKey": str(certificate.key)}
        told["options"] = ALLOW_NO_DHE_KEX if "psk_ke" in service.modes else 0
        with Child(["node", "-e", SERVER, json.dumps(told)]) as child:
            if not child.wait_until(lambda out: b"\n" in out, SECONDS):
                raise PeerFailed(f"node: {child.stderr.strip()[-300:]}")
            found = re.search(rb"port (\d+)", child.stdout)
            assert found is not None
            yield int(found[1])

    def visit(
        self,
        visits: Sequence[Visit],
        port: int,
        line: bytes,
        certificate: Certificate,
        folder: Path,
    ) -> bytes:
        told = _shared(visits[-1]) | {"port": port, "line": line.decode("ascii")}
        told |= {"visits": len(visits), "ca": str(certificate.ca)}
        with Child(["node", "-e", CLIENT, json.dumps(told)]) as child:
            child.end_input()
            if child.finish(SECONDS) != 0:
                raise PeerFailed(f"node: {child.stderr.strip()[-300:]}")
            return child.stdout
