//go:build unix

// Package mallory makes each attack of xmpp-mallory a subtest. How to use it: docs/bindings.md.
//
//	func TestTLS(t *testing.T) {
//		mallory.Test(t, mallory.Options{Patterns: []string{"stripping/*"}}, mallory.Command("./log-in"))
//	}
package mallory

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Options of one test, which has one client.
type Options struct {
	// Globs of ids; none: all scenarios.
	Patterns []string
	// "starttls" or "direct"; empty: both.
	TLS string
	// Reasons of known failures, by id or by key ("certificate/expired[direct,ip]"): a failure is skipped, a pass fails.
	Known map[string]string
	// A warning fails.
	Strict bool
}

// Client lets a client log in, once, and returns when it has ended. An error says that it was not online, ErrUnsupported
// that it cannot do this. When the context is done it has to stop.
type Client func(ctx context.Context, endpoint Endpoint) error

// Endpoint says where and how to log in.
type Endpoint struct {
	Host     string
	Port     int
	Domain   string
	JID      string
	Password string
	CAFile   string
	// "starttls" or "direct".
	TLS string
	// "once", or "stay" until the context is done.
	Session  string
	StateDir string
	CertFile string
	KeyFile  string

	environment map[string]*string
}

// ErrUnsupported is what a client returns that cannot do this.
var ErrUnsupported = errors.New("unsupported")

const (
	defaultCommand = "npx --no-install xmpp-mallory"
	// Without a word about a test: after that the server counts as hung.
	patience = 5 * time.Minute
	// From SIGTERM to SIGKILL.
	grace = time.Second
)

// Test lets the client log in under each attack, as parallel subtests.
func Test(t *testing.T, options Options, client Client) {
	t.Helper()
	server, err := startServer()
	if err != nil {
		t.Fatalf("xmpp-mallory does not start: %v. XMPP_MALLORY holds its command.", err)
	}
	// After the parallel subtests.
	t.Cleanup(server.close)
	listed, err := server.request(map[string]any{"list": map[string]any{"patterns": append([]string{}, options.Patterns...)}}).next()
	if err != nil {
		t.Fatal(err)
	}
	unused := map[string]bool{}
	for name := range options.Known {
		unused[name] = true
	}
	none := true
	for _, scenario := range listed.Scenarios {
		for _, tls := range scenario.Transports {
			if options.TLS != "" && options.TLS != tls {
				continue
			}
			none = false
			id, tls, key := scenario.ID, tls, fmt.Sprintf("%s[%s,ip]", scenario.ID, tls)
			known, ok := options.Known[key]
			if !ok {
				known = options.Known[id]
			}
			delete(unused, key)
			delete(unused, id)
			t.Run(key, func(t *testing.T) {
				t.Parallel()
				answer, err := server.judge(id, tls, client)
				if err != nil {
					t.Fatal(err)
				}
				report(t, answer, known, options.Strict)
			})
		}
	}
	for name := range unused {
		t.Errorf("Known names what is not among these scenarios: %s.", name)
	}
	if none {
		t.Errorf("There is no such scenario over %q: TLS is starttls or direct.", options.TLS)
	}
}

func report(t *testing.T, answer *answer, known string, strict bool) {
	t.Helper()
	verdict := answer.Result.Verdict
	text := verdict + ": " + answer.Text
	switch {
	case verdict == "skip":
		t.Skip(answer.Result.Reason)
	case verdict == "fail" && known != "":
		t.Skipf("known failure: %s\n%s", known, text)
	case verdict == "pass" && known != "":
		t.Errorf("It passes now: delete it from Known (%s).", known)
	case verdict == "pass":
	case verdict == "warn" && !strict:
		t.Log(text)
	case verdict == "warn" || verdict == "fail":
		t.Errorf("%s\nagain: go test -run '%s'", text, pattern(t.Name()))
	default:
		t.Error(text)
	}
}

func pattern(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

// Command is a client that is a process: its environment is that of docs/drivers.md, exit status 77 says ErrUnsupported.
// What it prints is in its error, cut to the last 2,000 bytes.
func Command(words ...string) Client {
	return func(ctx context.Context, endpoint Endpoint) error {
		output, err := os.CreateTemp("", "mallory-client-")
		if err != nil {
			return err
		}
		defer os.Remove(output.Name())
		defer output.Close()
		command := exec.Command(words[0], words[1:]...)
		command.Env = endpoint.Environ()
		// A file and no pipe, which would be open as long as any child of the client's is there.
		command.Stdout, command.Stderr = output, output
		command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := command.Start(); err != nil {
			return err
		}
		group := -command.Process.Pid
		ended := make(chan error, 1)
		go func() { ended <- command.Wait() }()
		defer syscall.Kill(group, syscall.SIGKILL)
		select {
		case err = <-ended:
		case <-ctx.Done():
			syscall.Kill(group, syscall.SIGTERM)
			select {
			case err = <-ended:
			case <-time.After(grace):
				syscall.Kill(group, syscall.SIGKILL)
				err = <-ended
			}
		}
		if command.ProcessState.ExitCode() == 77 {
			return ErrUnsupported
		}
		if err == nil {
			return nil
		}
		return fmt.Errorf("%w: %s", err, tail(output, 2000))
	}
}

// Environ is the environment of a client that is a process.
func (endpoint Endpoint) Environ() []string {
	var variables []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if _, changed := endpoint.environment[name]; !changed {
			variables = append(variables, variable)
		}
	}
	for name, value := range endpoint.environment {
		if value != nil {
			variables = append(variables, name+"="+*value)
		}
	}
	return variables
}

// server is `xmpp-mallory serve`.
type server struct {
	command *exec.Cmd
	input   io.WriteCloser
	mutex   sync.Mutex
	// Of requests under way.
	answers map[int]chan *answer
	last    int
	// Closed when it has ended; then err says why.
	gone chan struct{}
	err  error
}

type answer struct {
	ID        int
	Scenarios []struct {
		ID         string
		Transports []string
	}
	Endpoint    *Endpoint
	Environment map[string]*string
	Stop        string
	Result      *struct{ Verdict, Reason string }
	Text        string
	Error       *struct{ Message string }
}

func startServer() (*server, error) {
	words := strings.Fields(os.Getenv("XMPP_MALLORY"))
	if len(words) == 0 {
		words = strings.Fields(defaultCommand)
	}
	words = append(words, "serve", "--label", "go")
	command := exec.Command(words[0], words[1:]...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	errors, err := os.CreateTemp("", "mallory-serve-")
	if err != nil {
		return nil, err
	}
	command.Stderr = errors
	os.Remove(errors.Name())
	if err := command.Start(); err != nil {
		return nil, err
	}
	server := &server{command: command, input: input, answers: map[int]chan *answer{}, gone: make(chan struct{})}
	go func() {
		server.read(output)
		status := command.Wait()
		server.err = fmt.Errorf("xmpp-mallory ended in the middle: %v. Its last words: %s", status, tail(errors, 2000))
		errors.Close()
		close(server.gone)
	}()
	return server, nil
}

func (server *server) read(output io.Reader) {
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var answer answer
		// npx, or a shell, may say something, too.
		if json.Unmarshal(line, &answer) != nil {
			continue
		}
		server.mutex.Lock()
		answers := server.answers[answer.ID]
		server.mutex.Unlock()
		if answers != nil {
			answers <- &answer
		}
	}
}

type request struct {
	server  *server
	id      int
	answers chan *answer
}

func (server *server) request(words map[string]any) *request {
	server.mutex.Lock()
	server.last++
	// More than a request ever has unread.
	request := &request{server, server.last, make(chan *answer, 1000)}
	server.answers[request.id] = request.answers
	server.mutex.Unlock()
	request.say(words)
	return request
}

func (request *request) say(words map[string]any) {
	words["id"] = request.id
	line, _ := json.Marshal(words)
	request.server.mutex.Lock()
	defer request.server.mutex.Unlock()
	// Where it fails the server is gone, and next says so.
	_, _ = request.server.input.Write(append(line, '\n'))
}

func (request *request) next() (*answer, error) {
	select {
	case answer := <-request.answers:
		if answer.Error != nil {
			return nil, fmt.Errorf("xmpp-mallory: %s", answer.Error.Message)
		}
		return answer, nil
	case <-request.server.gone:
		return nil, request.server.err
	case <-time.After(patience):
		request.say(map[string]any{"cancel": true})
		return nil, fmt.Errorf("xmpp-mallory has not said a word for %s.", patience)
	}
}

func (server *server) judge(id, tls string, client Client) (*answer, error) {
	request := server.request(map[string]any{"start": id, "tls": tls})
	var running sync.WaitGroup
	all, stopAll := context.WithCancel(context.Background())
	stop := stopAll
	// No client is left when its test has ended; but one that does not stop is not waited for longer than the server does.
	defer func() {
		stopAll()
		ended := make(chan struct{})
		go func() { running.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(2 * grace):
		}
	}()
	for {
		answer, err := request.next()
		switch {
		case err != nil:
			return nil, err
		case answer.Endpoint != nil:
			ctx, cancel := context.WithCancel(all)
			stop = cancel
			endpoint := *answer.Endpoint
			endpoint.environment = answer.Environment
			running.Add(1)
			go func() {
				defer running.Done()
				defer cancel()
				request.say(map[string]any{"done": done(client(ctx, endpoint))})
			}()
		case answer.Stop != "":
			stop()
		default:
			return answer, nil
		}
	}
}

func done(err error) map[string]any {
	switch {
	case err == nil:
		return map[string]any{}
	case errors.Is(err, ErrUnsupported):
		return map[string]any{"result": "unsupported"}
	default:
		return map[string]any{"result": "refused", "reason": err.Error()}
	}
}

// The end of the input ends the server.
func (server *server) close() {
	server.input.Close()
	select {
	case <-server.gone:
	case <-time.After(10 * time.Second):
		syscall.Kill(-server.command.Process.Pid, syscall.SIGKILL)
	}
}

func tail(file *os.File, size int64) string {
	if info, err := file.Stat(); err == nil && info.Size() > size {
		file.Seek(-size, io.SeekEnd)
	} else {
		file.Seek(0, io.SeekStart)
	}
	text, _ := io.ReadAll(io.LimitReader(file, size))
	return strings.ToValidUTF8(strings.TrimSpace(string(text)), "?")
}
