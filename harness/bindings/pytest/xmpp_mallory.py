"""pytest: each attack of xmpp-mallory is a test of its own. How to use it: docs/bindings.md.

    pytest_plugins = ["xmpp_mallory"]             # conftest.py

    @pytest.mark.mallory("stripping/*", "certificate/*")
    def test_tls(mallory):
        mallory.judge(["python3", "log-in.py"])   # or a function
"""
import asyncio
import collections
import contextlib
import inspect
import itertools
import json
import os
import queue
import shlex
import signal
import subprocess
import threading
import types
import warnings

import pytest

COMMAND = "npx --no-install xmpp-mallory"
# Seconds without a word about a test, after which the server counts as hung.
PATIENCE = 300
# Seconds from SIGTERM to SIGKILL.
GRACE = 1


class MalloryWarning(UserWarning):
    """The verdict `warn`. `-W error::xmpp_mallory.MalloryWarning` makes it a failure."""


class Broken(pytest.fail.Exception):
    """The verdict `fail`: the client broke a rule. What `known` excuses is this alone."""


class NotJudged(pytest.fail.Exception):
    """Nothing is known about the client: `inconclusive`, `error`, or the server is gone."""


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "mallory(*patterns, tls=None, known={}): the scenarios of the fixture `mallory`; `tls`: starttls or direct, "
        "else both; `known`: reasons of known failures, by id or by key of a scenario",
    )


def pytest_unconfigure(config):
    server = getattr(config, "_mallory", None)
    if server:
        server.close()


def pytest_generate_tests(metafunc):
    if "mallory" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("mallory")
    patterns, options = (marker.args, marker.kwargs) if marker else ((), {})
    try:
        if not hasattr(metafunc.config, "_mallory"):
            metafunc.config._mallory = Server()
        tests = list(cases(metafunc.config._mallory, patterns, **options))
    except (NotJudged, TypeError) as error:
        raise pytest.Collector.CollectError("%s: %s" % (metafunc.definition.name, error)) from None
    if not tests:
        raise pytest.Collector.CollectError("%s: no such scenario over %s." % (metafunc.definition.name, options["tls"]))
    metafunc.parametrize("mallory", tests, indirect=True)


@pytest.fixture
def mallory(request):
    """One scenario over one transport: `mallory.judge(client)`."""
    # A control of one client proves nothing about another: each test function, with its other parameters, has its own.
    others = {name: index for name, index in request.node.callspec.indices.items() if name != "mallory"}
    request.param.client = "%s::%s %s" % (request.node.parent.nodeid, request.node.originalname, others)
    return request.param


def cases(server, patterns, tls=None, known={}):
    if tls not in (None, "starttls", "direct"):
        raise TypeError("`tls` is starttls or direct, not %r." % tls)
    unused = set(known)
    for scenario in server.scenarios(list(patterns)):
        for transport in scenario["transports"]:
            if tls not in (None, transport):
                continue
            name = "%s[%s,ip]" % (scenario["id"], transport)
            match = next((one for one in (name, scenario["id"]) if one in known), None)
            unused.discard(match)
            excuse = [pytest.mark.xfail(reason=known[match], raises=Broken, strict=True)] if match else []
            yield pytest.param(Case(server, scenario["id"], transport), id=name, marks=excuse)
    if unused:
        raise TypeError("`known` names what is not among these scenarios: %s." % ", ".join(sorted(unused)))


class Case:
    def __init__(self, server, scenario, tls):
        self.server, self.scenario, self.tls, self.client = server, scenario, tls, None

    def judge(self, client):
        """Lets `client` log in, once for each attempt, and passes, fails, warns or skips as the verdict is.

        The client is the words of a command (its environment is that of docs/drivers.md; exit status 77: unsupported),
        a coroutine function of the endpoint, which is cancelled when it has to stop, or a function of the endpoint and
        a threading.Event that is set then. An exception says that it was not online, NotImplementedError that it cannot
        do this. It may return what a command may print, such as {"result": "online"}.
        """
        answer = self.server.judge(client, start=self.scenario, tls=self.tls, client=self.client[-500:])
        verdict, reason = answer["result"]["verdict"], answer["result"]["reason"]
        text = "%s: %s" % (verdict, answer["text"])
        if verdict == "skip":
            pytest.skip(reason)
        if verdict == "warn":
            warnings.warn(MalloryWarning(text), stacklevel=2)
        if verdict == "fail":
            raise Broken("%s\nagain: pytest %s" % (text, shlex.quote(current_test())), pytrace=False)
        if verdict in ("inconclusive", "error"):
            raise NotJudged(text, pytrace=False)


def current_test():
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]


class Server:
    """`xmpp-mallory serve`, from the first test that needs it to the end of the tests."""

    def __init__(self):
        command = shlex.split(os.environ.get("XMPP_MALLORY") or COMMAND) + ["serve", "--label", "pytest"]
        try:
            self.process = subprocess.Popen(
                command, start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as error:
            raise NotJudged("xmpp-mallory does not start: %s. XMPP_MALLORY holds its command." % error) from None
        self.ids, self.answers, self.lock = itertools.count(1), {}, threading.Lock()
        self.last_words, self.gone = collections.deque(maxlen=10), None
        self.errors = threading.Thread(target=self.read_errors, daemon=True)
        self.errors.start()
        threading.Thread(target=self.read_answers, daemon=True).start()

    def read_errors(self):
        for line in self.process.stderr:
            self.last_words.append(line.decode(errors="replace")[:1000].rstrip())

    def read_answers(self):
        for line in self.process.stdout:
            with contextlib.suppress(ValueError):  # npx, or a shell, may say something, too
                answer = json.loads(line)
                waiting = self.answers.get(answer.get("id")) if isinstance(answer, dict) else None
                if waiting:
                    waiting.put(answer)
        status = self.process.wait()
        self.errors.join(GRACE)
        words = " / ".join(self.last_words) or "nothing"
        with self.lock:
            self.gone = "xmpp-mallory ended in the middle, with status %s. Its last words: %s" % (status, words)
        for answers in list(self.answers.values()):
            answers.put(None)

    def scenarios(self, patterns):
        with self.request(list={"patterns": patterns}) as (_, answers):
            return next(answers)["scenarios"]

    def judge(self, connect, **words):
        with self.request(**words) as (say, answers), contextlib.ExitStack() as running:
            for answer in answers:
                if "endpoint" in answer:
                    stop = start(connect, answer, lambda done: say(done=done))
                    running.callback(stop)
                elif "stop" in answer:
                    stop()
                else:
                    return answer

    @contextlib.contextmanager
    def request(self, **words):
        number, answers = next(self.ids), queue.Queue()
        with self.lock:
            self.answers[number] = answers
            if self.gone:
                answers.put(None)

        def say(**words):
            with contextlib.suppress(OSError, ValueError), self.lock:
                self.process.stdin.write(json.dumps({"id": number, **words}).encode() + b"\n")
                self.process.stdin.flush()

        def each():
            while True:
                try:
                    answer = answers.get(timeout=PATIENCE)
                except queue.Empty:
                    raise NotJudged("xmpp-mallory has not said a word for %s s." % PATIENCE, pytrace=False) from None
                if answer is None:
                    raise NotJudged(self.gone, pytrace=False)
                if "error" in answer:
                    raise NotJudged(answer["error"]["message"], pytrace=False)
                yield answer

        say(**words)
        try:
            yield say, each()
        except BaseException:
            say(cancel=True)
            raise
        finally:
            del self.answers[number]

    def close(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            kill(self.process.pid, signal.SIGKILL)


def start(client, answer, done):
    """Starts the client of one attempt, which says `done` when it has ended. Returns what stops it."""
    if callable(client):
        return start_function(client, types.SimpleNamespace(**answer["endpoint"]), done)
    return start_command(client, answer["environment"], done)


def start_command(words, changes, done):
    environment = {name: value for name, value in {**os.environ, **changes}.items() if value is not None}
    try:
        process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        raise NotJudged("The client does not start: %s" % error, pytrace=False) from None

    def wait():
        status = process.wait()
        kill(process.pid, signal.SIGKILL)
        results = {0: {}, 77: {"result": "unsupported"}}
        done(results.get(status, {"result": "refused", "reason": "exit status %s" % status}))

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()

    def stop():
        if waiting.is_alive():
            kill(process.pid, signal.SIGTERM)
            waiting.join(GRACE)
            kill(process.pid, signal.SIGKILL)

    return stop


def start_function(client, endpoint, done):
    stop = threading.Event()

    def run():
        try:
            result = asyncio.run(cancellable()) if inspect.iscoroutinefunction(client) else client(endpoint, stop)
            done(result or {})
        except NotImplementedError as error:
            done({"result": "unsupported", "reason": str(error)})
        except BaseException as error:
            done({"result": "refused", "reason": repr(error)[:1000]})

    async def cancellable():
        task = asyncio.ensure_future(client(endpoint))
        stopping = asyncio.get_running_loop().run_in_executor(None, stop.wait)
        await asyncio.wait([task, stopping], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        if not task.done():
            task.cancel()
        return await task

    threading.Thread(target=run, daemon=True).start()
    return stop.set


def kill(group, number):
    with contextlib.suppress(OSError):
        os.killpg(group, number)
