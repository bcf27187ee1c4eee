// go-xmpp as it comes: STARTTLS is asked for, and nothing is set about TLS. Go reads its trust from SSL_CERT_FILE.
package main

import (
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-xmpp"
)

func main() {
	direct := os.Getenv("XMPP_TLS") == "direct"
	host := ""
	if os.Getenv("XMPP_HOST") != "" {
		host = os.Getenv("XMPP_HOST") + ":" + os.Getenv("XMPP_PORT")
	}
	os.Setenv("SSL_CERT_FILE", os.Getenv("XMPP_CA_FILE"))
	options := xmpp.Options{
		Host:     host,
		User:     os.Getenv("XMPP_JID"),
		Password: os.Getenv("XMPP_PASSWORD"),
		NoTLS:    !direct,
		StartTLS: !direct,
	}
	client, err := options.NewClient()
	if err != nil {
		log.Fatal(err)
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	if os.Getenv("XMPP_SESSION") == "stay" {
		go func() {
			for {
				if _, err := client.Recv(); err != nil { // it answers pings, and does not reconnect by itself
					log.Fatal(err)
				}
			}
		}()
		<-asked
		os.Exit(0)
	}
	client.Close()
}
