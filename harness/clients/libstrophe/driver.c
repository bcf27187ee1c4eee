/* libstrophe as it comes: no flag is set but the one that selects direct TLS. "strict": TLS is mandatory. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <unistd.h>

static int online, ended;
static volatile sig_atomic_t asked;
static void ask(int signal) { asked = signal; }

static int on_ping(xmpp_conn_t *conn, xmpp_stanza_t *iq, void *data) {
  xmpp_stanza_t *reply = xmpp_stanza_reply(iq); /* it answers no request by itself */
  xmpp_stanza_set_type(reply, "result");
  xmpp_send(conn, reply);
  xmpp_stanza_release(reply);
  return data == NULL; /* keep this handler */
}
static void on_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error, xmpp_stream_error_t *fault, void *data) {
  online |= event == XMPP_CONN_CONNECT;
  ended |= event != XMPP_CONN_CONNECT; /* it does not reconnect by itself */
  if (!ended) xmpp_handler_add(conn, on_ping, "urn:xmpp:ping", "iq", "get", NULL);
}
int main(int argc, char **argv) {
  const char *port = getenv("XMPP_PORT");
  int stay = !strcmp(getenv("XMPP_SESSION"), "stay"), left = 0;
  signal(SIGTERM, ask), signal(SIGALRM, ask), signal(SIGPIPE, SIG_IGN); /* as applications do */
  alarm(stay ? 0 : 12); /* it waits for ever for the answer to <auth/> */
  xmpp_initialize();
  xmpp_conn_t *conn = xmpp_conn_new(xmpp_ctx_new(NULL, xmpp_get_default_logger(XMPP_LEVEL_WARN)));
  long strict = argc > 1 ? XMPP_CONN_FLAG_MANDATORY_TLS : 0;
  xmpp_conn_set_flags(conn, strict | (strcmp(getenv("XMPP_TLS"), "direct") ? 0 : XMPP_CONN_FLAG_LEGACY_SSL));
  xmpp_conn_set_jid(conn, getenv("XMPP_JID")), xmpp_conn_set_pass(conn, getenv("XMPP_PASSWORD"));
  xmpp_conn_set_cafile(conn, getenv("XMPP_CA_FILE"));
  if (getenv("XMPP_CERT_FILE")) xmpp_conn_set_client_cert(conn, getenv("XMPP_CERT_FILE"), getenv("XMPP_KEY_FILE"));
  ended = xmpp_connect_client(conn, getenv("XMPP_HOST"), port ? atoi(port) : 0, on_event, NULL) != XMPP_EOK;
  for (; !ended && (online || !asked); xmpp_run_once(xmpp_conn_get_context(conn), 10))
    if (online && !left && (asked || !stay)) left = 1, xmpp_disconnect(conn);
  return online && left ? 0 : 1;
}
