import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import mallory.Mallory;

/** The least of an XMPP client with the JDK's TLS: PLAIN and bind. */
final class Client {
    static void logIn(Mallory.Endpoint endpoint, boolean insecure) throws Exception {
        if (endpoint.session().equals("stay")) throw new UnsupportedOperationException();
        String header = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='"
                + endpoint.domain() + "'>";
        try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
            // A read of a socket knows no interrupt.
            socket.setSoTimeout(8000);
            boolean direct = endpoint.tls().equals("direct");
            if (!direct) {
                say(socket, header, "</stream:features>");
                say(socket, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed");
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, insecure ? new TrustManager[] {new TrustsAll()} : trusting(endpoint.caFile()), null);
            try (SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, endpoint.domain(), endpoint.port(), true)) {
                SSLParameters parameters = secure.getSSLParameters();
                if (!insecure) parameters.setEndpointIdentificationAlgorithm("HTTPS");
                if (direct) parameters.setApplicationProtocols(new String[] {"xmpp-client"});
                secure.setSSLParameters(parameters);
                say(secure, header, "</stream:features>");
                String plain = "\0" + endpoint.jid().split("@")[0] + "\0" + endpoint.password();
                String encoded = Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
                say(secure, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + encoded + "</auth>", "<success");
                say(secure, header, "</stream:features>");
                say(secure, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "</iq>");
                secure.getOutputStream().write("</stream:stream>".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** Writes this, and reads until that and the end of its tag have come. */
    private static void say(Socket socket, String words, String wanted) throws IOException {
        socket.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
        InputStream input = socket.getInputStream();
        StringBuilder seen = new StringBuilder();
        for (int one; (one = input.read()) >= 0; ) {
            seen.append((char) one);
            int at = seen.indexOf(wanted);
            if (at >= 0 && seen.indexOf(">", at) >= 0) return;
        }
        throw new IOException("no " + wanted);
    }

    private static TrustManager[] trusting(String caFile) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (InputStream pem = new FileInputStream(caFile)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override public void checkClientTrusted(X509Certificate[] chain, String type) {}
        @Override public void checkServerTrusted(X509Certificate[] chain, String type) {}
        @Override public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}
        @Override public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}
        @Override public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}
        @Override public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}
        @Override public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    }

    private Client() {}
}
