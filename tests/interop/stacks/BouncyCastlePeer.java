// Bouncy Castle's TLS as a peer, for bouncy_castle.py, with its own interface and not JSSE's, which
// has no PSKs; Commands.java is how it is driven.
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.ServerOnlyTlsAuthentication;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

public class BouncyCastlePeer extends Commands {
    private static final int LONGEST = 1 << 24; // of a handshake message, in bytes, as the RFC has it
    private static final BcTlsCrypto CRYPTO = new BcTlsCrypto(new SecureRandom());
    private final Map<String, TlsSession> sessions = new ConcurrentHashMap<>();

    // What a command's setup says, in this library's words ---------------------------------------

    private static int suite(Map<String, String> setup) {
        return switch (setup.get("suite")) {
            case "TLS_AES_128_GCM_SHA256" -> CipherSuite.TLS_AES_128_GCM_SHA256;
            case "TLS_AES_256_GCM_SHA384" -> CipherSuite.TLS_AES_256_GCM_SHA384;
            default -> CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
        };
    }

    private static int[] groups(Map<String, String> setup) {
        return Arrays.stream(setup.get("groups").split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private static Vector<Integer> vector(int... numbers) {
        Vector<Integer> all = new Vector<>();
        for (int number : numbers) all.add(number);
        return all;
    }

    private static short[] modes(Map<String, String> setup) {
        boolean ephemeral = setup.get("mode").equals("psk_dhe_ke");
        return new short[] {ephemeral ? PskKeyExchangeMode.psk_dhe_ke : PskKeyExchangeMode.psk_ke};
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    /** The external PSK, or null if there is none. */
    private static TlsPSKExternal psk(Map<String, String> setup) {
        if (setup.get("identity").isEmpty()) return null;
        int hash = setup.get("hash").equals("sha384")
            ? PRFAlgorithm.tls13_hkdf_sha384 : PRFAlgorithm.tls13_hkdf_sha256;
        byte[] identity = hex(setup.get("identity"));
        return new BasicTlsPSKExternal(identity, CRYPTO.createSecret(hex(setup.get("secret"))), hash);
    }

    private static Certificate chain(Map<String, String> setup) throws IOException {
        CertificateEntry one = new CertificateEntry(CRYPTO.createCertificate(pem(setup.get("chain"))), null);
        return new Certificate(new byte[0], new CertificateEntry[] {one});
    }

    // The two roles --------------------------------------------------------------------------------

    private static class Server extends AbstractTlsServer {
        private final Map<String, String> setup;

        Server(Map<String, String> setup) {
            super(CRYPTO);
            this.setup = setup;
        }

        @Override
        public ProtocolVersion[] getProtocolVersions() {
            return ProtocolVersion.TLSv13.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {suite(setup)};
        }

        @Override
        public int[] getSupportedGroups() {
            return groups(setup);
        }

        @Override
        public int getMaxHandshakeMessageSize() {
            return LONGEST; // it would be 32 kB
        }

        @Override
        public short[] getPskKeyExchangeModes() {
            return modes(setup);
        }

        @Override
        public TlsPSKExternal getExternalPSK(Vector identities) {
            TlsPSKExternal known = psk(setup);
            for (Object one : identities) {
                byte[] offered = ((PskIdentity) one).getIdentity();
                if (known != null && Arrays.equals(offered, known.getIdentity())) return known;
            }
            return null;
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            if (psk(setup) != null) throw new TlsFatalAlert(AlertDescription.handshake_failure);
            return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                CRYPTO,
                PrivateKeyFactory.createKey(pem(setup.get("key"))),
                chain(setup),
                SignatureScheme.getSignatureAndHashAlgorithm(SignatureScheme.ecdsa_secp256r1_sha256));
        }
    }

    private static class Client extends AbstractTlsClient {
        private final Map<String, String> setup;
        private final TlsSession session;

        Client(Map<String, String> setup, TlsSession session) {
            super(CRYPTO);
            this.setup = setup;
            this.session = session;
        }

        TlsSession session() {
            return context.getSession();
        }

        @Override
        public TlsSession getSessionToResume() {
            return session;
        }

        @Override
        public ProtocolVersion[] getProtocolVersions() {
            return ProtocolVersion.TLSv13.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {suite(setup)};
        }

        @Override
        protected Vector getSupportedGroups(Vector roles) {
            return vector(groups(setup));
        }

        @Override
        public Vector getEarlyKeyShareGroups() {
            return vector(groups(setup)[0]);
        }

        @Override
        public short[] getPskKeyExchangeModes() {
            return modes(setup);
        }

        @Override
        public Vector getExternalPSKs() {
            TlsPSKExternal known = psk(setup);
            if (known == null) return null;
            Vector<TlsPSKExternal> all = new Vector<>();
            all.add(known);
            return all;
        }

        @Override
        protected Vector getSNIServerNames() {
            Vector<ServerName> names = new Vector<>();
            names.add(new ServerName(NameType.host_name, "localhost".getBytes()));
            return names;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new ServerOnlyTlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate given) throws IOException {
                    byte[] leaf = given.getCertificate().getCertificateAt(0).getEncoded();
                    if (!Arrays.equals(leaf, pem(setup.get("chain")))) {
                        throw new TlsFatalAlert(AlertDescription.unknown_ca);
                    }
                }
            };
        }
    }

    // Connections: what updates keys is there for classes of the protocol's alone -----------------

    private static class ClientConnection extends TlsClientProtocol implements Connection {
        ClientConnection(Socket socket) throws IOException {
            super(socket.getInputStream(), socket.getOutputStream());
        }

        public InputStream in() {
            return getInputStream();
        }

        public OutputStream out() {
            return getOutputStream();
        }

        public void updateKeys() throws IOException {
            send13KeyUpdate(true);
        }
    }

    private static class ServerConnection extends TlsServerProtocol implements Connection {
        ServerConnection(Socket socket) throws IOException {
            super(socket.getInputStream(), socket.getOutputStream());
        }

        public InputStream in() {
            return getInputStream();
        }

        public OutputStream out() {
            return getOutputStream();
        }

        public void updateKeys() throws IOException {
            send13KeyUpdate(true);
        }
    }

    @Override
    Acceptor acceptor(Map<String, String> setup) {
        return socket -> {
            ServerConnection connection = new ServerConnection(socket);
            connection.accept(new Server(setup));
            return connection;
        };
    }

    @Override
    Connection connect(String name, Map<String, String> setup, Socket socket, boolean resume)
            throws IOException {
        Client client = new Client(setup, resume ? sessions.get(name) : null);
        ClientConnection connection = new ClientConnection(socket);
        connection.connect(client);
        sessions.put(name, client.session());
        return connection;
    }

    public static void main(String[] arguments) throws Exception {
        new BouncyCastlePeer().run();
    }
}
