//! Rust: each attack of xmpp-mallory is a test of `cargo test`, without any crate. How to use it: docs/bindings.md.
//!
//! libtest knows only tests that are there when it compiles. So this is the `main` of a test target with `harness = false`,
//! which understands the filters of `cargo test`, `--exact`, `--list` and `--test-threads`.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[path = "json.rs"]
mod json;
use json::Json;

/// What is tested.
#[derive(Default)]
pub struct Options {
    /// Globs of ids; none: all scenarios.
    pub patterns: Vec<&'static str>,
    /// `starttls` or `direct`; `None`: both.
    pub tls: Option<&'static str>,
    /// Known failures: the id or the key ("certificate/expired[direct,ip]") of each, and its reason. One that passes now fails.
    pub known: Vec<(&'static str, &'static str)>,
    /// A warning fails.
    pub strict: bool,
}

/// Where and how to log in: `host`, `port`, `domain`, `jid`, `password`, `caFile`, `tls`, `session` and `stateDir` by name.
pub struct Endpoint(Json);

impl Endpoint {
    /// Empty where there is none.
    pub fn get(&self, name: &str) -> String {
        self.0.get(name).text()
    }
}

const COMMAND: &str = "npx --no-install xmpp-mallory";
/// Without a word about a test: after that the server counts as hung.
const PATIENCE: Duration = Duration::from_secs(300);
/// From SIGTERM to SIGKILL.
const GRACE: Duration = Duration::from_secs(1);

/// Runs the tests, and ends the process as libtest does: status 0, or 101 where one failed.
///
/// `client` makes the command that logs in, once for each attempt. Its environment becomes that of docs/drivers.md; exit
/// status 0: it was online, 77: it cannot do this, anything else: it was not online.
pub fn main(options: Options, client: impl Fn(&Endpoint) -> Command + Send + Sync + 'static) -> ! {
    std::process::exit(match run(options, Arc::new(client)) {
        Ok(true) => 0,
        Ok(false) => 101,
        Err(message) => {
            eprintln!("{message}");
            101
        }
    })
}

type MakeClient = Arc<dyn Fn(&Endpoint) -> Command + Send + Sync>;

struct Test {
    id: String,
    tls: String,
    key: String,
    known: Option<&'static str>,
}

enum Verdict {
    Ok(String),
    Ignored(String),
    Failed(String),
}

fn run(options: Options, client: MakeClient) -> Result<bool, String> {
    let arguments = Arguments::read();
    let server = Arc::new(Server::start()?);
    let tests = tests(&server, &options)?;
    let all = tests.len();
    let queue: VecDeque<Test> = tests.into_iter().filter(|test| arguments.selects(&test.key)).collect();
    let (selected, queue) = (queue.len(), Mutex::new(queue));
    if arguments.list {
        for test in queue.lock().unwrap().iter() {
            println!("{}: test", test.key);
        }
        server.close();
        return Ok(true);
    }
    println!("\nrunning {selected} tests");
    let results = Mutex::new(Vec::new());
    let next = || queue.lock().unwrap().pop_front();
    thread::scope(|scope| {
        for _ in 0..arguments.threads.min(selected) {
            scope.spawn(|| while let Some(test) = next() {
                let verdict = server.judge(&test, &client, options.strict);
                let mut results = results.lock().unwrap();
                match &verdict {
                    Verdict::Ok(note) => println!("test {} ... ok{note}", test.key),
                    Verdict::Ignored(reason) => println!("test {} ... ignored, {reason}", test.key),
                    Verdict::Failed(_) => println!("test {} ... FAILED", test.key),
                }
                results.push((test.key, verdict));
            });
        }
    });
    server.close();
    let results = results.into_inner().unwrap();
    let ignored = results.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Ignored(_))).count();
    let mut failed = 0;
    for (key, verdict) in &results {
        if let Verdict::Failed(text) = verdict {
            failed += 1;
            println!("\n---- {key} ----\n{text}");
        }
    }
    let (word, passed) = (if failed == 0 { "ok" } else { "FAILED" }, selected - ignored - failed);
    let filtered = all - selected;
    println!("\ntest result: {word}. {passed} passed; {failed} failed; {ignored} ignored; 0 measured; {filtered} filtered out\n");
    Ok(failed == 0)
}

fn tests(server: &Server, options: &Options) -> Result<Vec<Test>, String> {
    let patterns = Json::List(options.patterns.iter().map(|one| Json::from(*one)).collect());
    let request = server.request(vec![("list", Json::object(vec![("patterns", patterns)]))]);
    let answer = request.next()?;
    let mut tests = Vec::new();
    for scenario in answer.get("scenarios").items() {
        let id = scenario.get("id").text();
        for tls in scenario.get("transports").items().iter().map(Json::text) {
            if options.tls.map_or(true, |only| only == tls) {
                let key = format!("{id}[{tls},ip]");
                let known = |name: &str| options.known.iter().find(|(one, _)| *one == name).map(|(_, reason)| *reason);
                tests.push(Test { known: known(&key).or_else(|| known(&id)), id: id.clone(), tls, key });
            }
        }
    }
    match options.known.iter().find(|(name, _)| !tests.iter().any(|test| test.id == *name || test.key == *name)) {
        Some((name, _)) => Err(format!("`known` names what is not among these scenarios: {name}.")),
        None => Ok(tests),
    }
}

struct Arguments {
    filters: Vec<String>,
    exact: bool,
    list: bool,
    threads: usize,
}

impl Arguments {
    /// Options of libtest that are not known here are left alone.
    fn read() -> Arguments {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut found = Arguments { filters: Vec::new(), exact: false, list: false, threads };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let (name, value) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value.to_string())));
            match name {
                "--exact" => found.exact = true,
                "--list" => found.list = true,
                "--test-threads" => found.threads = value.or_else(|| words.next()).and_then(|n| n.parse().ok()).unwrap_or(1).max(1),
                "--format" | "--color" | "--skip" | "--logfile" | "-Z" if value.is_none() => drop(words.next()),
                _ if name.starts_with('-') => {}
                _ => found.filters.push(word),
            }
        }
        found
    }

    fn selects(&self, key: &str) -> bool {
        let fits = |filter: &String| if self.exact { key == filter } else { key.contains(filter.as_str()) };
        self.filters.is_empty() || self.filters.iter().any(fits)
    }
}

/// `xmpp-mallory serve`.
struct Server {
    child: Mutex<Child>,
    input: Mutex<Option<ChildStdin>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    last_words: Mutex<VecDeque<String>>,
}

#[derive(Default)]
struct State {
    last: usize,
    /// Of requests under way. None of them has a sender left once the server has ended.
    answers: HashMap<usize, Sender<Json>>,
    gone: bool,
}

struct Request<'a> {
    server: &'a Server,
    id: usize,
    answers: Receiver<Json>,
}

impl Server {
    fn start() -> Result<Server, String> {
        let given = std::env::var("XMPP_MALLORY").unwrap_or_default();
        let command = if given.trim().is_empty() { COMMAND } else { &given };
        let mut words = command.split_whitespace();
        let mut child = Command::new(words.next().unwrap_or_default())
            .args(words)
            .args(["serve", "--label", "rust"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("xmpp-mallory does not start: {error}. XMPP_MALLORY holds its command."))?;
        let shared = Arc::new(Shared::default());
        let (errors, output) = (child.stderr.take().unwrap(), child.stdout.take().unwrap());
        let kept = shared.clone();
        let errors = thread::spawn(move || {
            for line in BufReader::new(errors).split(b'\n').flatten() {
                let mut words = kept.last_words.lock().unwrap();
                words.push_back(String::from_utf8_lossy(&line).chars().take(1000).collect());
                if words.len() > 10 {
                    words.pop_front();
                }
            }
        });
        let readers = shared.clone();
        thread::spawn(move || {
            // npx, or a shell, may say something, too.
            for answer in BufReader::new(output).lines().flatten().filter_map(|line| Json::parse(&line)) {
                let id = answer.get("id").text().parse().unwrap_or(0);
                if let Some(answers) = readers.state.lock().unwrap().answers.get(&id) {
                    let _ = answers.send(answer);
                }
            }
            let until = Instant::now() + GRACE;
            while !errors.is_finished() && Instant::now() < until {
                thread::sleep(Duration::from_millis(10));
            }
            let mut state = readers.state.lock().unwrap();
            state.gone = true;
            state.answers.clear();
        });
        let input = Mutex::new(child.stdin.take());
        Ok(Server { child: Mutex::new(child), input, shared })
    }

    fn request(&self, words: Vec<(&str, Json)>) -> Request<'_> {
        let (sender, answers) = channel();
        let mut state = self.shared.state.lock().unwrap();
        state.last += 1;
        let id = state.last;
        if !state.gone {
            state.answers.insert(id, sender);
        }
        drop(state);
        self.say(id, words);
        Request { server: self, id, answers }
    }

    fn say(&self, id: usize, mut words: Vec<(&str, Json)>) {
        words.push(("id", Json::Number(id as f64)));
        if let Some(input) = self.input.lock().unwrap().as_mut() {
            // Where it fails the server is gone, and `next` says so.
            let _ = writeln!(input, "{}", Json::object(words));
        }
    }

    fn judge(&self, test: &Test, client: &MakeClient, strict: bool) -> Verdict {
        let answer = match self.attempts(test, client) {
            Ok(answer) => answer,
            Err(message) => return Verdict::Failed(message),
        };
        let result = answer.get("result");
        let verdict = result.get("verdict").text();
        let text = format!("{verdict}: {}", answer.get("text").text());
        match (verdict.as_str(), test.known) {
            ("skip", _) => Verdict::Ignored(result.get("reason").text()),
            ("fail", Some(reason)) => Verdict::Ok(format!(" (known failure: {reason})")),
            ("pass", Some(reason)) => Verdict::Failed(format!("It passes now: delete it from `known` ({reason}).")),
            ("pass", None) => Verdict::Ok(String::new()),
            ("warn", _) if !strict => Verdict::Ok(format!(" ({text})")),
            ("fail" | "warn", _) => Verdict::Failed(format!("{text}\nagain: cargo test -- --exact '{}'", test.key)),
            _ => Verdict::Failed(text),
        }
    }

    fn attempts(&self, test: &Test, client: &MakeClient) -> Result<Json, String> {
        let request = self.request(vec![("start", Json::from(test.id.as_str())), ("tls", Json::from(test.tls.as_str()))]);
        let mut running: Option<Child> = None;
        let answer = loop {
            let answer = match request.answer_or(&mut running)? {
                Some(answer) => answer,
                None => continue,
            };
            if answer.has("endpoint") {
                let mut command = client(&Endpoint(answer.get("endpoint")));
                for (name, value) in answer.get("environment").members() {
                    match value {
                        Json::Null => command.env_remove(name),
                        value => command.env(name, value.text()),
                    };
                }
                match command.stdin(Stdio::null()).spawn() {
                    Ok(child) => running = Some(child),
                    Err(error) => {
                        request.say(vec![("cancel", Json::True)]);
                        return Err(format!("The client does not start: {error}"));
                    }
                }
            } else if answer.has("stop") {
                if let Some(mut child) = running.take() {
                    end(&mut child);
                }
                request.say(vec![("done", Json::object(vec![]))]);
            } else {
                break answer;
            }
        };
        running.iter_mut().for_each(end);
        Ok(answer)
    }

    /// The end of the input ends the server.
    fn close(&self) {
        drop(self.input.lock().unwrap().take());
        let mut child = self.child.lock().unwrap();
        if !ends_within(&mut child, Duration::from_secs(10)) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Request<'_> {
    fn say(&self, words: Vec<(&str, Json)>) {
        self.server.say(self.id, words);
    }

    fn next(&self) -> Result<Json, String> {
        loop {
            if let Some(answer) = self.answer_or(&mut None)? {
                return Ok(answer);
            }
        }
    }

    /// The next answer; or `None` after a moment, in which the client may have ended: then that is said.
    fn answer_or(&self, running: &mut Option<Child>) -> Result<Option<Json>, String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let failure = match self.answers.recv_timeout(Duration::from_millis(20)) {
                Ok(answer) if answer.has("error") => format!("xmpp-mallory: {}", answer.get("error").get("message").text()),
                Ok(answer) => return Ok(Some(answer)),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => self.server.obituary(),
                Err(_) if Instant::now() > until => format!("xmpp-mallory has not said a word for {} s.", PATIENCE.as_secs()),
                Err(_) => {
                    if let Some(Ok(Some(status))) = running.as_mut().map(Child::try_wait) {
                        *running = None;
                        self.say(vec![("done", done(status))]);
                    }
                    continue;
                }
            };
            self.say(vec![("cancel", Json::True)]);
            running.iter_mut().for_each(end);
            return Err(failure);
        }
    }
}

impl Server {
    fn obituary(&self) -> String {
        let status = self.child.lock().unwrap().wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        let words = self.shared.last_words.lock().unwrap().iter().cloned().collect::<Vec<_>>().join(" / ");
        format!("xmpp-mallory ended in the middle, with {status}. Its last words: {words}")
    }
}

fn done(status: ExitStatus) -> Json {
    match status.code() {
        Some(0) => Json::object(vec![]),
        Some(77) => Json::object(vec![("result", Json::from("unsupported"))]),
        _ => Json::object(vec![("result", Json::from("refused")), ("reason", Json::from(status.to_string().as_str()))]),
    }
}

/// SIGTERM, and SIGKILL after the grace time. The standard library has no SIGTERM, but every Unix has a `kill`.
fn end(child: &mut Child) {
    let _ = Command::new("kill").arg(child.id().to_string()).stderr(Stdio::null()).status();
    if !ends_within(child, GRACE) {
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn ends_within(child: &mut Child, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    while Instant::now() < until {
        if !matches!(child.try_wait(), Ok(None)) {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}
