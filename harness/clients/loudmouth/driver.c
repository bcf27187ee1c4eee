/* loudmouth with an LmSSL whose callback stops. "strict": TLS is required. "bare": no callback, as an LmSSL comes. */
#include <glib-unix.h>
#include <loudmouth/loudmouth.h>
#include <unistd.h>

static GMainLoop *loop;
static gboolean stay, online, left;

static void give_up(int signal) { _exit(1); } /* its handshake blocks the main loop */
static LmSSLResponse on_problem(LmSSL *ssl, LmSSLStatus status, gpointer data) { return LM_SSL_RESPONSE_STOP; }
static void on_close(LmConnection *conn, LmDisconnectReason reason, gpointer data) { g_main_loop_quit(loop); }
static gboolean leave(gpointer conn) {
  left = TRUE;
  if (!lm_connection_close(conn, NULL)) g_main_loop_quit(loop);
  return G_SOURCE_CONTINUE;
}
static LmHandlerResult on_iq(LmMessageHandler *handler, LmConnection *conn, LmMessage *iq, gpointer data) {
  if (lm_message_get_sub_type(iq) != LM_MESSAGE_SUB_TYPE_GET) return LM_HANDLER_RESULT_ALLOW_MORE_HANDLERS;
  const char *from = lm_message_node_get_attribute(iq->node, "from"); /* it answers no request by itself */
  LmMessage *reply = lm_message_new_with_sub_type(from, LM_MESSAGE_TYPE_IQ, LM_MESSAGE_SUB_TYPE_RESULT);
  lm_message_node_set_attribute(reply->node, "id", lm_message_node_get_attribute(iq->node, "id"));
  lm_connection_send(conn, reply, NULL);
  return LM_HANDLER_RESULT_REMOVE_MESSAGE;
}
static void on_auth(LmConnection *conn, gboolean success, gpointer data) {
  online = success;
  if (!success || !stay) leave(conn);
}
static void on_open(LmConnection *conn, gboolean success, gpointer jid) {
  char *user = g_strndup(jid, strrchr(jid, '@') - (char *)jid);
  if (!success || !lm_connection_authenticate(conn, user, g_getenv("XMPP_PASSWORD"), "mallory", on_auth, NULL, NULL, NULL)) leave(conn);
}
int main(int argc, char **argv) {
  gboolean strict = !g_strcmp0(argv[1], "strict"), bare = !g_strcmp0(argv[1], "bare");
  char *jid = (char *)g_getenv("XMPP_JID"), *port = (char *)g_getenv("XMPP_PORT");
  LmConnection *conn = lm_connection_new(g_getenv("XMPP_HOST"));
  LmSSL *ssl = lm_ssl_new(NULL, bare ? NULL : on_problem, NULL, NULL);
  lm_ssl_set_ca(ssl, g_getenv("XMPP_CA_FILE"));
  if (g_strcmp0(g_getenv("XMPP_TLS"), "direct")) lm_ssl_use_starttls(ssl, TRUE, strict);
  lm_connection_set_ssl(conn, ssl), lm_connection_set_jid(conn, jid);
  if (port) lm_connection_set_port(conn, atoi(port));
  LmMessageHandler *handler = lm_message_handler_new(on_iq, NULL, NULL);
  lm_connection_register_message_handler(conn, handler, LM_MESSAGE_TYPE_IQ, LM_HANDLER_PRIORITY_LAST);
  lm_connection_set_disconnect_function(conn, on_close, NULL, NULL); /* it does not reconnect by itself */
  stay = !g_strcmp0(g_getenv("XMPP_SESSION"), "stay"), loop = g_main_loop_new(NULL, FALSE);
  g_unix_signal_add(SIGTERM, leave, conn), signal(SIGALRM, give_up), alarm(stay ? 0 : 12);
  if (lm_connection_open(conn, on_open, jid, NULL, NULL)) g_main_loop_run(loop);
  return online && left ? 0 : 1;
}
