// Java's JSSE as a peer, for java.py; Commands.java is how it is driven.
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public class JavaPeer extends Commands {
    private final Map<String, SSLContext> contexts = new ConcurrentHashMap<>();

    /** A socket of JSSE's, as a connection. */
    private record Spoken(SSLSocket socket) implements Connection {
        public InputStream in() throws IOException {
            return socket.getInputStream();
        }

        public OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        public void updateKeys() throws IOException {
            socket.startHandshake(); // in TLS 1.3, behind the handshake: a KeyUpdate
        }

        public void close() throws IOException {
            socket.close();
        }
    }

    private static Certificate certificate(Map<String, String> setup) throws Exception {
        byte[] der = pem(setup.get("chain"));
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static PrivateKey key(Map<String, String> setup) throws Exception {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pem(setup.get("key"))));
    }

    private static SSLContext context(Map<String, String> setup, boolean server) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate certificate = certificate(setup);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        if (server) {
            store.setKeyEntry("lab", key(setup), new char[0], new Certificate[] {certificate});
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

    private static Connection shake(
        SSLContext context, Map<String, String> setup, Socket plain, boolean client) throws Exception {
        // JSSE looks a client's session up by the host's name and the port.
        SSLSocket socket = (SSLSocket)
            context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        socket.setUseClientMode(client);
        socket.setEnabledCipherSuites(new String[] {setup.get("suite")});
        socket.setEnabledProtocols(new String[] {"TLSv1.3"});
        socket.startHandshake();
        return new Spoken(socket);
    }

    @Override
    Acceptor acceptor(Map<String, String> setup) throws Exception {
        SSLContext context = context(setup, true);
        // JSSE reads its groups here at the latest; without any it fails now, and not for a client.
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.beginHandshake();
        return socket -> shake(context, setup, socket, false);
    }

    @Override
    Connection connect(String client, Map<String, String> setup, Socket socket, boolean resume)
            throws Exception {
        if (!resume || !contexts.containsKey(client)) contexts.put(client, context(setup, false));
        return shake(contexts.get(client), setup, socket, true);
    }

    public static void main(String[] arguments) throws Exception {
        new JavaPeer().run();
    }
}
