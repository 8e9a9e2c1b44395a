// Java's JSSE as a peer, for java.py: each line of input is a command, as fields name=value with tabs
// between them; json_process.py says which commands there are, and what is answered, as JSON.
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public class JavaPeer {
    static final int PIECE = 40000; // bytes that a client sends before it reads
    static final int PATIENCE_MS = 60000;
    static final Map<String, SSLServerSocket> servers = new ConcurrentHashMap<>();
    static final Map<String, SSLContext> contexts = new ConcurrentHashMap<>();

    static synchronized void say(String to, String name, Object value) {
        String shown = value instanceof Integer ? value.toString() : quoted(value.toString());
        System.out.println("{\"to\": " + to + (name == null ? "" : ", \"" + name + "\": " + shown) + "}");
        System.out.flush();
    }

    static String quoted(String text) {
        return '"' + text.replaceAll("[^ -~]|[\\\\\"]", "?") + '"';
    }

    static Certificate certificate(Map<String, String> command) throws Exception {
        try (InputStream file = new FileInputStream(command.get("chain"))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(file);
        }
    }

    static PrivateKey key(Map<String, String> command) throws Exception {
        String pem = Files.readString(Path.of(command.get("key")));
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    static SSLContext context(Map<String, String> command, boolean server) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate certificate = certificate(command);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        if (server) {
            store.setKeyEntry("lab", key(command), new char[0], new Certificate[] {certificate});
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            context.init(keys.getKeyManagers(), null, null);
        } else {
            store.setCertificateEntry("lab", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            context.init(null, trust.getTrustManagers(), null);
        }
        return context;
    }

    static void serve(Map<String, String> command) throws Exception {
        String to = command.get("to");
        SSLContext context = context(command, true);
        SSLServerSocket listener = (SSLServerSocket)
            context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setEnabledCipherSuites(new String[] {command.get("suite")});
        listener.setEnabledProtocols(new String[] {"TLSv1.3"});
        servers.put(to, listener);
        start(() -> {
            while (true) {
                SSLSocket socket = (SSLSocket) listener.accept();
                start(() -> echo(command, socket), error -> say(to, "complaint", error));
            }
        }, error -> {});
        say(to, "port", listener.getLocalPort());
    }

    static void echo(Map<String, String> command, SSLSocket socket) throws Exception {
        boolean update = command.get("update").equals("true");
        try (socket) {
            socket.setSoTimeout(PATIENCE_MS);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] some = new byte[16384];
            for (int size; (size = in.read(some)) >= 0; ) {
                if (update) socket.startHandshake(); // in TLS 1.3, behind the handshake: a KeyUpdate
                update = false;
                out.write(some, 0, size);
            }
        }
    }

    static void visit(Map<String, String> command) throws Exception {
        String client = command.get("client");
        if (!command.get("resume").equals("True") || !contexts.containsKey(client)) {
            contexts.put(client, context(command, false));
        }
        byte[] data = Base64.getDecoder().decode(command.get("data"));
        byte[] received = new byte[data.length];
        int port = Integer.parseInt(command.get("port"));
        // JSSE looks a session up by the host's name and the port.
        java.net.Socket plain = new java.net.Socket(InetAddress.getLoopbackAddress(), port);
        try (SSLSocket socket = (SSLSocket)
                contexts.get(client).getSocketFactory().createSocket(plain, "localhost", port, true)) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.setEnabledCipherSuites(new String[] {command.get("suite")});
            socket.setEnabledProtocols(new String[] {"TLSv1.3"});
            socket.startHandshake();
            if (command.get("update").equals("true")) socket.startHandshake();
            for (int start = 0; start < data.length; start += PIECE) {
                int size = Math.min(PIECE, data.length - start);
                socket.getOutputStream().write(data, start, size);
                int got = socket.getInputStream().readNBytes(received, start, size);
                if (got < size) throw new Exception("the connection ended too early");
            }
        }
        say(command.get("to"), "received", Base64.getEncoder().encodeToString(received));
    }

    interface Work {
        void run() throws Exception;
    }

    interface Told {
        void hear(String error);
    }

    static void start(Work work, Told told) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Throwable error) {
                Throwable cause = error;
                while (cause.getCause() != null) cause = cause.getCause();
                told.hear(cause.toString());
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    static void obey(Map<String, String> command) throws Exception {
        switch (command.get("do")) {
            case "serve" -> serve(command);
            case "visit" -> visit(command);
            default -> {
                servers.remove(command.get("server")).close();
                say(command.get("to"), null, "");
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null; ) {
            Map<String, String> command = new HashMap<>();
            for (String field : line.split("\t")) {
                int at = field.indexOf('=');
                command.put(field.substring(0, at), field.substring(at + 1));
            }
            start(() -> obey(command), error -> say(command.get("to"), "error", error));
        }
    }
}
