// Node's tls as a peer, for node.py: `node node_peer.js`. Each line of input is a JSON object, a
// command; each line of output is one, too, with the number `to` of the command that it belongs to.
//   {to, do: "serve", setup}                        answers {to, port}, and {to, complaint} later
//   {to, do: "visit", client, setup, port, data, resume}  answers {to, received} or {to, error}
//   {to, do: "stop", server}                        answers {to} when that server listens no more
// It ends when its input ends.
"use strict";
const fs = require("fs");
const tls = require("tls");
const readline = require("readline");

const PIECE = 40000; // bytes that a client sends before it reads: more than two records
const servers = new Map();
const sessions = new Map();
const open = new Map(); // the visits that have no answer yet, by their number
const print = (value) => process.stdout.write(JSON.stringify(value) + "\n");

function common(setup) {
  return {
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    ciphers: setup.suite,
    ecdhCurve: setup.groups.join(":"),
    secureOptions: setup.secureOptions,
  };
}

function serverOptions(setup) {
  if (setup.key === null) {
    return { ...common(setup), cert: fs.readFileSync(setup.chain), key: fs.readFileSync(setup.chainKey) };
  }
  const key = Buffer.from(setup.key, "hex");
  const find = (socket, asked) => (asked === setup.identity ? key : null);
  return { ...common(setup), pskCallback: find };
}

function clientOptions(setup) {
  const options = { ...common(setup), host: "127.0.0.1", servername: "localhost" };
  if (setup.key === null) return { ...options, ca: fs.readFileSync(setup.chain) };
  const psk = { psk: Buffer.from(setup.key, "hex"), identity: setup.identity };
  return { ...options, pskCallback: () => psk, checkServerIdentity: () => undefined };
}

function serve({ to, setup }) {
  const server = tls.createServer(serverOptions(setup), (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  server.on("tlsClientError", (error) => print({ to, complaint: error.message }));
  server.listen(0, "127.0.0.1", () => print({ to, port: server.address().port }));
  servers.set(to, server);
}

function visit({ to, client, setup, port, data, resume }) {
  const wanted = Buffer.from(data, "base64");
  const resuming = resume ? { session: sessions.get(client) } : {};
  const received = [];
  let sent = 0;
  let size = 0;
  const answer = (value) => {
    if (open.delete(to)) print({ to, ...value });
  };
  open.set(to, answer);
  const socket = tls.connect({ ...clientOptions(setup), port, ...resuming });
  const next = () => {
    if (size < sent) return;
    if (sent === wanted.length) {
      socket.end();
      return;
    }
    const piece = wanted.subarray(sent, sent + PIECE);
    sent += piece.length;
    socket.write(piece);
  };
  socket.on("session", (ticket) => sessions.set(client, ticket));
  socket.on("secureConnect", next);
  socket.on("data", (piece) => {
    received.push(piece);
    size += piece.length;
    next();
  });
  socket.on("error", (error) => answer({ error: error.message }));
  socket.on("close", () => answer({ received: Buffer.concat(received).toString("base64") }));
}

function stop({ to, server }) {
  servers.get(server).close();
  servers.delete(server);
  print({ to });
}

// Some versions throw in a callback what others report as the socket's error.
process.on("uncaughtException", (error) => {
  for (const answer of open.values()) answer({ error: error.message });
});

const commands = { serve, visit, stop };
readline.createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    try {
      commands[command.do](command);
    } catch (error) {
      print({ to: command.to, error: error.message });
    }
  })
  .on("close", () => process.exit(0));
