// Deno's TLS, which is rustls, as a peer, for rustls.py; json_process.py says which commands there
// are. Suites and groups cannot be chosen here, so the other end offers or takes just one.
const PIECE = 40000; // bytes that a client sends before it reads: more than two records
const listeners = new Map();
const clients = new Map(); // fetch() resumes what the same client connected before

const print = (value) => Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(value) + "\n"));
const bytes = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));

function text(data) {
  let all = "";
  for (const one of data) all += String.fromCharCode(one);
  return btoa(all);
}

async function sendAll(connection, data) {
  for (let sent = 0; sent < data.length; ) sent += await connection.write(data.subarray(sent));
}

async function echo(connection, to) {
  try {
    await connection.handshake();
    const room = new Uint8Array(16384);
    for (let size; (size = await connection.read(room)) !== null; ) {
      await sendAll(connection, room.subarray(0, size));
    }
    await connection.closeWrite();
  } catch (error) {
    print({ to, complaint: error.message });
  } finally {
    connection.close();
  }
}

async function serve({ to, setup }) {
  const cert = Deno.readTextFileSync(setup.chain);
  const key = Deno.readTextFileSync(setup.key);
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  listeners.set(to, listener);
  print({ to, port: listener.addr.port });
  try {
    for await (const connection of listener) echo(connection, to);
  } catch (error) {
    if (listeners.has(to)) print({ to, complaint: error.message });
  }
}

async function talk({ setup, port, data }) {
  const wanted = bytes(data);
  const received = new Uint8Array(wanted.length);
  const plain = await Deno.connect({ hostname: "127.0.0.1", port });
  const caCerts = [Deno.readTextFileSync(setup.chain)];
  const connection = await Deno.startTls(plain, { hostname: "localhost", caCerts });
  try {
    let got = 0;
    for (let sent = 0; sent < wanted.length; sent += PIECE) {
      const piece = wanted.subarray(sent, sent + PIECE);
      await sendAll(connection, piece);
      while (got < sent + piece.length) {
        const size = await connection.read(received.subarray(got));
        if (size === null) throw new Error("the connection ended too early");
        got += size;
      }
    }
    await connection.closeWrite();
  } finally {
    connection.close();
  }
  return received;
}

async function post({ client, setup, port, data }) {
  if (!clients.has(client)) {
    const caCerts = [Deno.readTextFileSync(setup.chain)];
    clients.set(client, Deno.createHttpClient({ caCerts, poolMaxIdlePerHost: 0 }));
  }
  const options = { method: "POST", body: bytes(data), client: clients.get(client) };
  return await (await fetch(`https://localhost:${port}/`, options)).bytes();
}

async function visit(command) {
  const received = await (command.setup.http ? post : talk)(command);
  print({ to: command.to, received: text(received) });
}

function stop({ to, server }) {
  const listener = listeners.get(server);
  listeners.delete(server);
  listener.close();
  print({ to });
}

async function obey(line) {
  const command = JSON.parse(line);
  try {
    await { serve, visit, stop }[command.do](command);
  } catch (error) {
    const cause = error.cause ?? error;
    print({ to: command.to, error: `${error.message}; ${cause.message}` });
  }
}

let rest = "";
for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split("\n");
  rest = lines.pop();
  lines.forEach(obey);
}
Deno.exit(0);
