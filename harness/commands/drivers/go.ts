import type { DriverTemplate } from './index.ts';

export const go: DriverTemplate = {
  library: 'go-xmpp',
  file: 'xmpp-driver.go',
  mode: 0o644,
  prepare: 'go mod init xmpp-driver && go get github.com/xmppo/go-xmpp && go build -o xmpp-driver',
  // Not `go run`: HOME is another one while the client runs, and every start would compile.
  command: () => './xmpp-driver',
  text: `// Tries to log in as told, and exits with 0 if that worked. Put your client in the place of go-xmpp.
package main

import ("crypto/tls"; "log"; "os"; "github.com/xmppo/go-xmpp")

func main() {
	if os.Getenv("XMPP_SESSION") == "stay" {
		os.Exit(77) // "I cannot do this": it logs in once. Scenarios that need more are skipped.
	}
	direct := os.Getenv("XMPP_TLS") == "direct"
	_, err := xmpp.Options{
		Host: os.Getenv("XMPP_HOST") + ":" + os.Getenv("XMPP_PORT"), User: os.Getenv("XMPP_JID"), Password: os.Getenv("XMPP_PASSWORD"),
		NoTLS: !direct, StartTLS: !direct,
		TLSConfig: &tls.Config{ServerName: os.Getenv("XMPP_DOMAIN")}, // Go trusts the CA in SSL_CERT_FILE, which Mallory sets.
	}.NewClient()
	if err != nil {
		log.Fatal(err)
	}
}
`,
};
