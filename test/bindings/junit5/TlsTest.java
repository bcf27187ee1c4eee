import java.util.List;
import mallory.Mallory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a project would write. MALLORY_FAULT=--insecure: the clients do not verify. */
@Execution(ExecutionMode.CONCURRENT)
class TlsTest {
    private static final String FAULT = System.getenv().getOrDefault("MALLORY_FAULT", "");

    @Tag("function")
    @Mallory.Attacks(value = {"control/*", "certificate/wrong-name", "stripping/starttls-removed-plain-only"}, tls = "starttls")
    void function(Mallory.Attack attack) throws Exception {
        attack.judge(endpoint -> Client.logIn(endpoint, !FAULT.isEmpty()));
    }

    @Tag("command")
    @Mallory.Attacks(value = "certificate/expired", tls = "starttls")
    void command(Mallory.Attack attack) throws Exception {
        attack.judge(List.of("sh", "-c", "exec python3 ../../clients/python-ssl.py " + FAULT));
    }

    @Tag("known")
    @Mallory.Attacks(value = "certificate/self-signed", tls = "direct", known = "certificate/self-signed[direct,ip]: issue 12")
    void known(Mallory.Attack attack) throws Exception {
        attack.judge(endpoint -> Client.logIn(endpoint, !FAULT.isEmpty()));
    }

    @Tag("silent")
    @Mallory.Attacks(value = "control/login", tls = "direct")
    void silent(Mallory.Attack attack) throws Exception {
        attack.judge(List.of("../silent-client.sh"));
    }

    @Tag("pattern")
    @Mallory.Attacks("certificate/expird")
    void pattern(Mallory.Attack attack) throws Exception {
        attack.judge(List.of("true"));
    }
}
