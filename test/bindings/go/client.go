// Package example is the least of an XMPP client with Go's crypto/tls: PLAIN and bind.
package example

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"mallory"
)

// LogIn is a client that is a function. Insecure: its verification is off.
func LogIn(insecure bool) mallory.Client {
	return func(ctx context.Context, endpoint mallory.Endpoint) error {
		if endpoint.Session == "stay" {
			return mallory.ErrUnsupported
		}
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(endpoint.Host, fmt.Sprint(endpoint.Port)))
		if err != nil {
			return err
		}
		ended, end := context.WithCancel(ctx)
		defer end()
		go func() { <-ended.Done(); conn.Close() }()
		return logIn(conn, endpoint, insecure)
	}
}

func logIn(conn net.Conn, endpoint mallory.Endpoint, insecure bool) error {
	header := "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='" + endpoint.Domain + "'>"
	pem, err := os.ReadFile(endpoint.CAFile)
	if err != nil {
		return err
	}
	config := &tls.Config{ServerName: endpoint.Domain, RootCAs: x509.NewCertPool(), InsecureSkipVerify: insecure}
	config.RootCAs.AppendCertsFromPEM(pem)
	if endpoint.TLS == "starttls" {
		if err := say(conn, header, "features", "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "proceed"); err != nil {
			return err
		}
	} else {
		config.NextProtos = []string{"xmpp-client"}
	}
	secure := tls.Client(conn, config)
	user, _, _ := strings.Cut(endpoint.JID, "@")
	plain := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + endpoint.Password))
	auth := "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + plain + "</auth>"
	if err := say(secure, header, "features", auth, "success"); err != nil {
		return err
	}
	bind := "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
	if err := say(secure, header, "features", bind, "iq"); err != nil {
		return err
	}
	_, err = secure.Write([]byte("</stream:stream>"))
	return err
}

// On a new stream: what is written, and the first-level element that has to follow, in turns.
func say(conn net.Conn, words ...string) error {
	decoder := xml.NewDecoder(conn)
	header := true
	for i := 0; i < len(words); i += 2 {
		if _, err := conn.Write([]byte(words[i])); err != nil {
			return err
		}
		for {
			token, err := decoder.Token()
			if err != nil {
				return err
			}
			start, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if header {
				header = false
				continue
			}
			if err := decoder.Skip(); err != nil {
				return err
			}
			if start.Name.Local != words[i+1] {
				return errors.New("not " + words[i+1] + " but " + start.Name.Local)
			}
			break
		}
	}
	return nil
}
