/* libstrophe as it comes: no flag is set but the one that selects direct TLS. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>

static int online, ended;
static volatile sig_atomic_t asked;
static void on_term(int signal) { asked = signal; }

static int on_ping(xmpp_conn_t *conn, xmpp_stanza_t *iq, void *data) {
  xmpp_stanza_t *reply = xmpp_stanza_reply(iq); /* it answers no request by itself */
  xmpp_stanza_set_type(reply, "result");
  xmpp_send(conn, reply);
  return xmpp_stanza_release(reply), data == NULL;
}
static void on_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error, xmpp_stream_error_t *fault, void *data) {
  (void)error, (void)fault, (void)data;
  if (event == XMPP_CONN_CONNECT) online = 1, xmpp_handler_add(conn, on_ping, "urn:xmpp:ping", "iq", "get", NULL);
  else ended = 1; /* it does not reconnect by itself */
}
int main(void) {
  const char *port = getenv("XMPP_PORT");
  int stay = !strcmp(getenv("XMPP_SESSION"), "stay"), left = 0;
  signal(SIGTERM, on_term);
  xmpp_initialize();
  xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, xmpp_get_default_logger(XMPP_LEVEL_WARN));
  xmpp_conn_t *conn = xmpp_conn_new(ctx);
  if (!strcmp(getenv("XMPP_TLS"), "direct")) xmpp_conn_set_flags(conn, XMPP_CONN_FLAG_LEGACY_SSL);
  xmpp_conn_set_jid(conn, getenv("XMPP_JID"));
  xmpp_conn_set_pass(conn, getenv("XMPP_PASSWORD"));
  xmpp_conn_set_cafile(conn, getenv("XMPP_CA_FILE"));
  ended = xmpp_connect_client(conn, getenv("XMPP_HOST"), port ? atoi(port) : 0, on_event, NULL) != XMPP_EOK;
  for (; !ended && (online || !asked); xmpp_run_once(ctx, 10))
    if (online && !left && (asked || !stay)) left = 1, xmpp_disconnect(conn);
  return puts(online ? "{\"result\":\"online\"}" : "{\"result\":\"refused\"}"), online && left ? 0 : 1;
}
