package mallory;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * JUnit 5: each attack of xmpp-mallory is a test of its own. How to use it: docs/bindings.md.
 *
 * <pre>
 * &#64;Mallory.Attacks({"stripping/*", "certificate/*"})
 * void tls(Mallory.Attack attack) throws Exception {
 *     attack.judge(List.of("./log-in")); // or a function of the endpoint
 * }
 * </pre>
 */
public final class Mallory {
    /** One method, one client. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @TestTemplate
    @ExtendWith(Provider.class)
    public @interface Attacks {
        /** Globs of ids; none: all scenarios. */
        String[] value() default {};

        /** "starttls" or "direct"; empty: both. */
        String tls() default "";

        /** Known failures, "ID: reason" or "KEY: reason": a failure is aborted, a pass fails. */
        String[] known() default {};

        /** A warning fails. */
        boolean strict() default false;
    }

    /**
     * Lets a client log in, once, and returns when it has ended. An exception says that it was not online,
     * UnsupportedOperationException that it cannot do this. Its thread is interrupted when it has to stop.
     */
    @FunctionalInterface
    public interface Client {
        void logIn(Endpoint endpoint) throws Exception;
    }

    /** Where and how to log in. `tls` is starttls or direct; `session` is once, or stay until the interrupt. */
    public record Endpoint(
            String host, int port, String domain, String jid, String password, String caFile, String tls,
            String session, String stateDir, Map<String, Object> environment) {}

    /** The parameter of a test: one scenario over one transport. */
    public static final class Attack {
        private final Server server;
        private final Map<String, Object> start;
        private final String key;
        private final String known;
        private final boolean strict;
        private final ExtensionContext context;

        private Attack(Server server, Map<String, Object> start, String key, String known, ExtensionContext context) {
            this.server = server;
            this.start = start;
            this.key = key;
            this.known = known;
            this.context = context;
            this.strict = context.getRequiredTestMethod().getAnnotation(Attacks.class).strict();
        }

        /** A client that is a process: its environment is that of docs/drivers.md, exit status 77 is "unsupported". */
        public void judge(List<String> command) throws Exception {
            judge(endpoint -> runProcess(command, endpoint));
        }

        public void judge(Client client) throws Exception {
            Map<String, Object> answer = server.judge(start, client);
            Map<String, Object> result = Json.object(answer.get("result"));
            String verdict = (String) result.get("verdict");
            String text = verdict + ": " + answer.get("text");
            switch (verdict) {
                case "pass":
                    if (known != null) throw new AssertionFailedError("It passes now: delete it from known (" + known + ").");
                    return;
                case "skip":
                    throw new TestAbortedException((String) result.get("reason"));
                case "warn":
                    if (strict) throw new AssertionFailedError(text);
                    context.publishReportEntry(key, text);
                    return;
                case "fail":
                    if (known != null) throw new TestAbortedException("known failure: " + known + "\n" + text);
                    throw new AssertionFailedError(text + "\nagain: " + again());
                default:
                    throw new IllegalStateException(text);
            }
        }

        private String again() {
            return "-Dmallory=" + key + ", with the test " + context.getRequiredTestClass().getName() + "#"
                    + context.getRequiredTestMethod().getName();
        }
    }

    /** Makes the tests of a method. */
    static final class Provider implements TestTemplateInvocationContextProvider {
        @Override
        public boolean supportsTestTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
            Attacks attacks = context.getRequiredTestMethod().getAnnotation(Attacks.class);
            String client = context.getRequiredTestClass().getName() + "#" + context.getRequiredTestMethod().getName();
            Map<String, String> known = new TreeMap<>();
            for (String entry : attacks.known()) {
                String[] parts = entry.split(":", 2);
                known.put(parts[0].trim(), parts.length > 1 ? parts[1].trim() : "no reason given");
            }
            Set<String> unused = new TreeSet<>(known.keySet());
            // The root store closes it when all tests are over.
            Server server = context.getRoot().getStore(ExtensionContext.Namespace.create(Mallory.class))
                    .getOrComputeIfAbsent(Server.class, any -> new Server(), Server.class);
            List<TestTemplateInvocationContext> tests = new ArrayList<>();
            for (Object one : server.scenarios(List.of(attacks.value()))) {
                Map<String, Object> scenario = Json.object(one);
                String id = (String) scenario.get("id");
                for (Object tls : (List<?>) scenario.get("transports")) {
                    if (!attacks.tls().isEmpty() && !attacks.tls().equals(tls)) continue;
                    String key = id + "[" + tls + ",ip]";
                    unused.remove(id);
                    unused.remove(key);
                    if (!key.equals(System.getProperty("mallory", key))) continue;
                    Map<String, Object> start = Map.of("start", id, "tls", tls, "client", client);
                    String reason = known.getOrDefault(key, known.get(id));
                    tests.add(invocation(key, each -> new Attack(server, start, key, reason, each)));
                }
            }
            if (!unused.isEmpty())
                throw new IllegalArgumentException("known names what is not among these scenarios: " + unused);
            return tests.stream();
        }

        private static TestTemplateInvocationContext invocation(
                String key, java.util.function.Function<ExtensionContext, Attack> attack) {
            ParameterResolver resolver = new ParameterResolver() {
                @Override
                public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
                    return parameter.getParameter().getType() == Attack.class;
                }

                @Override
                public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
                    return attack.apply(context);
                }
            };
            return new TestTemplateInvocationContext() {
                @Override
                public String getDisplayName(int index) {
                    return key;
                }

                @Override
                public List<Extension> getAdditionalExtensions() {
                    return List.of(resolver);
                }
            };
        }
    }

    private static void runProcess(List<String> command, Endpoint endpoint) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO().redirectInput(new File("/dev/null"));
        endpoint.environment().forEach((name, value) -> {
            if (value == null) builder.environment().remove(name);
            else builder.environment().put(name, (String) value);
        });
        Process process = builder.start();
        try {
            int status = process.waitFor();
            if (status == 77) throw new UnsupportedOperationException();
            if (status != 0) throw new IOException("exit status " + status);
        } finally {
            end(process);
        }
    }

    /** SIGTERM, and SIGKILL a second later, to the process and what it has started. Java has no process groups. */
    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroy);
        for (long until = System.nanoTime() + 1_000_000_000L; System.nanoTime() < until; ) {
            if (all.stream().noneMatch(ProcessHandle::isAlive)) return;
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** `xmpp-mallory serve`. */
    private static final class Server implements ExtensionContext.Store.CloseableResource {
        private static final String COMMAND = "npx --no-install xmpp-mallory";
        /** Seconds without a word about a test, after which the server counts as hung. */
        private static final long PATIENCE = 300;
        private static final Map<String, Object> GONE = Map.of();

        private final Process process;
        private final Writer input;
        private final AtomicInteger last = new AtomicInteger();
        private final Map<Number, BlockingQueue<Map<String, Object>>> answers = new ConcurrentHashMap<>();
        private final ByteArrayOutputStream words = new ByteArrayOutputStream();
        private volatile String gone;

        Server() {
            String given = System.getenv().getOrDefault("XMPP_MALLORY", "");
            List<String> command = new ArrayList<>(List.of((given.isBlank() ? COMMAND : given).trim().split("\\s+")));
            command.addAll(List.of("serve", "--label", "junit"));
            try {
                process = new ProcessBuilder(command).start();
            } catch (IOException error) {
                throw new IllegalStateException(
                        "xmpp-mallory does not start: " + error.getMessage() + ". XMPP_MALLORY holds its command.");
            }
            input = process.outputWriter(StandardCharsets.UTF_8);
            Thread errors = daemon(() -> keep(process.getErrorStream()));
            daemon(() -> {
                read();
                errors.join(1000);
                gone = "xmpp-mallory ended in the middle, with status " + process.waitFor() + ". Its last words: " + lastWords();
                answers.values().forEach(queue -> queue.add(GONE));
            });
        }

        private void keep(InputStream errors) throws IOException {
            byte[] chunk = new byte[4096];
            for (int size; (size = errors.read(chunk)) >= 0; ) {
                synchronized (words) {
                    if (words.size() > 65536) words.reset();
                    words.write(chunk, 0, size);
                }
            }
        }

        private String lastWords() {
            synchronized (words) {
                String text = words.toString(StandardCharsets.UTF_8).trim();
                return text.substring(Math.max(0, text.length() - 2000));
            }
        }

        private void read() throws IOException {
            BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
            for (String line; (line = lines.readLine()) != null; ) {
                // npx, or a shell, may say something, too.
                if (!line.startsWith("{")) continue;
                Map<String, Object> answer = Json.object(new Json(line).value());
                BlockingQueue<Map<String, Object>> queue =
                        answer.get("id") instanceof Number id ? answers.get(id.intValue()) : null;
                if (queue != null) queue.add(answer);
            }
        }

        List<?> scenarios(List<String> patterns) {
            try {
                int id = begin(Map.of("list", Map.of("patterns", patterns)));
                return (List<?>) next(id).get("scenarios");
            } catch (InterruptedException error) {
                throw new IllegalStateException(error);
            }
        }

        Map<String, Object> judge(Map<String, Object> start, Client client) throws InterruptedException {
            int id = begin(start);
            Thread running = null;
            boolean answered = false;
            try {
                while (true) {
                    Map<String, Object> answer = next(id);
                    if (answer.get("endpoint") != null) {
                        running = daemon(() -> say(id, Map.of("done", done(client, endpoint(answer)))));
                    } else if (answer.get("stop") != null) {
                        running.interrupt();
                    } else {
                        answered = true;
                        return answer;
                    }
                }
            } finally {
                if (!answered) say(id, Map.of("cancel", true));
                answers.remove(id);
                if (running != null) {
                    running.interrupt();
                    running.join(2000);
                }
            }
        }

        private static Endpoint endpoint(Map<String, Object> answer) {
            Map<String, Object> at = Json.object(answer.get("endpoint"));
            return new Endpoint(
                    (String) at.get("host"), ((Number) at.get("port")).intValue(), (String) at.get("domain"),
                    (String) at.get("jid"), (String) at.get("password"), (String) at.get("caFile"), (String) at.get("tls"),
                    (String) at.get("session"), (String) at.get("stateDir"), Json.object(answer.get("environment")));
        }

        private static Map<String, Object> done(Client client, Endpoint endpoint) {
            try {
                client.logIn(endpoint);
                return Map.of();
            } catch (UnsupportedOperationException error) {
                return Map.of("result", "unsupported");
            } catch (Throwable error) {
                String reason = error.toString();
                return Map.of("result", "refused", "reason", reason.substring(0, Math.min(1000, reason.length())));
            }
        }

        private int begin(Map<String, Object> request) {
            int id = last.incrementAndGet();
            answers.put(id, new LinkedBlockingQueue<>());
            if (gone != null) answers.get(id).add(GONE);
            say(id, request);
            return id;
        }

        private Map<String, Object> next(int id) throws InterruptedException {
            Map<String, Object> answer = answers.get(id).poll(PATIENCE, TimeUnit.SECONDS);
            if (answer == null) throw new IllegalStateException("xmpp-mallory has not said a word for " + PATIENCE + " s.");
            if (answer == GONE) throw new IllegalStateException(gone);
            if (answer.get("error") != null)
                throw new IllegalStateException("xmpp-mallory: " + Json.object(answer.get("error")).get("message"));
            return answer;
        }

        private synchronized void say(int id, Map<String, Object> words) {
            Map<String, Object> line = new TreeMap<>(words);
            line.put("id", id);
            try {
                input.write(Json.text(line) + "\n");
                input.flush();
            } catch (IOException error) {
                // It is gone, and `next` says so.
            }
        }

        /** The end of the input ends the server. */
        @Override
        public void close() throws Exception {
            try {
                input.close();
            } catch (IOException error) {
                // It was gone before.
            }
            if (!process.waitFor(10, TimeUnit.SECONDS)) end(process);
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private static Thread daemon(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (Exception error) {
                // A reader whose stream is closed, or a thread that was told to end.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private Mallory() {}
}
