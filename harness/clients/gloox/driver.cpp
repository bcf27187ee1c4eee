// gloox with a listener that takes good certificates only. "strict": TLS is required. Its trust is the system's store.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <gloox/client.h>
#include <gloox/connectionlistener.h>
#include <gloox/connectiontcpclient.h>
#include <unistd.h>
using namespace gloox;

static volatile sig_atomic_t asked;
static void ask(int) { asked = 1; }

struct Driver : ConnectionListener {
  bool online = false, ended = false;
  void onConnect() override { online = true; }
  void onDisconnect(ConnectionError) override { ended = true; } // it does not reconnect by itself
  bool onTLSConnect(const CertInfo &info) override { return info.status == CertOk; }
};

int main(int argc, char **argv) {
  if (!strcmp(getenv("XMPP_TLS"), "direct")) return 77;
  const bool stay = !strcmp(getenv("XMPP_SESSION"), "stay"), strict = argc > 1;
  const char *host = getenv("XMPP_HOST"), *port = getenv("XMPP_PORT");
  bool left = false;
  Driver driver;
  Client client(JID(getenv("XMPP_JID")), getenv("XMPP_PASSWORD"));
  client.registerConnectionListener(&driver);
  if (host) client.setConnectionImpl(new ConnectionTCPClient(&client, client.logInstance(), host, port ? atoi(port) : -1));
  if (strict) client.setTls(TLSRequired);
  signal(SIGTERM, ask), signal(SIGALRM, ask), signal(SIGPIPE, SIG_IGN), alarm(stay ? 0 : 12);
  driver.ended = !client.connect(false);
  while (!driver.ended && (driver.online || !asked) && client.recv(50000) == ConnNoError)
    if (driver.online && !left && (asked || !stay)) left = true, client.disconnect();
  return driver.online && left ? 0 : 1;
}
