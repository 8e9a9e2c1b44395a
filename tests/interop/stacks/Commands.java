// How a peer in Java is driven, whichever TLS it speaks: each line of input is a command, as fields
// name=value with tabs between them; json_process.py says which commands there are, and what is
// answered, as JSON. A class of this one knows the TLS.
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

abstract class Commands {
    static final int PIECE = 40000; // bytes that a client sends before it reads
    static final int PATIENCE_MS = 60000;

    /** A connection whose handshake is done. */
    interface Connection extends Closeable {
        InputStream in() throws IOException;

        OutputStream out() throws IOException;

        /** Send a KeyUpdate that asks for one. */
        void updateKeys() throws IOException;
    }

    /** Makes servers' connections out of sockets. */
    interface Acceptor {
        Connection accept(Socket socket) throws Exception;
    }

    private final Map<String, ServerSocket> listeners = new ConcurrentHashMap<>();

    /** Configure a server. */
    abstract Acceptor acceptor(Map<String, String> setup) throws Exception;

    /** Connect the client of this name. With resume, it takes up where its last visit ended. */
    abstract Connection connect(
        String client, Map<String, String> setup, Socket socket, boolean resume) throws Exception;

    static byte[] pem(String file) throws IOException {
        String text = Files.readString(Path.of(file));
        return Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
    }

    private void serve(Map<String, String> command) throws Exception {
        String to = command.get("to");
        Acceptor acceptor = acceptor(command);
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listeners.put(to, listener);
        start(() -> {
            while (true) {
                Socket socket = listener.accept();
                start(() -> echo(acceptor, command, socket), error -> say(to, "complaint", error));
            }
        }, error -> {});
        say(to, "port", listener.getLocalPort());
    }

    private void echo(Acceptor acceptor, Map<String, String> command, Socket socket) throws Exception {
        boolean update = command.get("update").equals("true");
        try (socket) {
            socket.setSoTimeout(PATIENCE_MS);
            try (Connection connection = acceptor.accept(socket)) {
                byte[] some = new byte[16384];
                for (int size; (size = connection.in().read(some)) >= 0; ) {
                    if (update) connection.updateKeys();
                    update = false;
                    connection.out().write(some, 0, size);
                }
            }
        }
    }

    private void visit(Map<String, String> command) throws Exception {
        byte[] data = Base64.getDecoder().decode(command.get("data"));
        byte[] received = new byte[data.length];
        int port = Integer.parseInt(command.get("port"));
        boolean resume = command.get("resume").equals("True");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MS);
            try (Connection connection = connect(command.get("client"), command, socket, resume)) {
                if (command.get("update").equals("true")) connection.updateKeys();
                for (int start = 0; start < data.length; start += PIECE) {
                    int size = Math.min(PIECE, data.length - start);
                    connection.out().write(data, start, size);
                    int got = connection.in().readNBytes(received, start, size);
                    if (got < size) throw new IOException("the connection ended too early");
                }
            }
        }
        say(command.get("to"), "received", Base64.getEncoder().encodeToString(received));
    }

    private static synchronized void say(String to, String name, Object value) {
        String shown = value instanceof Integer ? value.toString() : quoted(value.toString());
        System.out.println("{\"to\": " + to + (name == null ? "" : ", \"" + name + "\": " + shown) + "}");
        System.out.flush();
    }

    private static String quoted(String text) {
        return '"' + text.replaceAll("[^ -~]|[\\\\\"]", "?") + '"';
    }

    private interface Work {
        void run() throws Exception;
    }

    private interface Told {
        void hear(String error);
    }

    private static void start(Work work, Told told) {
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

    private void obey(Map<String, String> command) throws Exception {
        switch (command.get("do")) {
            case "serve" -> serve(command);
            case "visit" -> visit(command);
            default -> {
                listeners.remove(command.get("server")).close();
                say(command.get("to"), null, "");
            }
        }
    }

    /** Obey the commands of the input, to its end. */
    void run() throws IOException {
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
