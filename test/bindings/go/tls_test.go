// What a project would write. MALLORY_FAULT=--insecure: the clients do not verify.
package example

import (
	"os"
	"testing"

	"mallory"
)

var fault = os.Getenv("MALLORY_FAULT")

func TestFunction(t *testing.T) {
	mallory.Test(t, mallory.Options{
		Patterns: []string{"control/*", "certificate/wrong-name", "stripping/starttls-removed-plain-only"},
		TLS:      "starttls",
	}, LogIn(fault != ""))
}

func TestCommand(t *testing.T) {
	client := []string{"python3", "../../clients/python-ssl.py"}
	if fault != "" {
		client = append(client, fault)
	}
	mallory.Test(t, mallory.Options{Patterns: []string{"certificate/expired"}}, mallory.Command(client...))
}

func TestKnown(t *testing.T) {
	mallory.Test(t, mallory.Options{
		Patterns: []string{"certificate/self-signed"},
		TLS:      "direct",
		Known:    map[string]string{"certificate/self-signed[direct,ip]": "issue 12"},
	}, LogIn(fault != ""))
}

func TestSilent(t *testing.T) {
	mallory.Test(t, mallory.Options{Patterns: []string{"control/login"}, TLS: "direct"}, mallory.Command("../silent-client.sh"))
}

func TestPattern(t *testing.T) {
	mallory.Test(t, mallory.Options{Patterns: []string{"certificate/expird"}}, mallory.Command("true"))
}
