// QXmpp as it comes. "strict": TLS is required.
#include <QCoreApplication>
#include <QSslCertificate>
#include <QTimer>
#include <QXmppClient.h>
#include <QXmppConfiguration.h>
#include <csignal>

static volatile sig_atomic_t asked;
static void ask(int) { asked = 1; }
static QString env(const char *name) { return QString::fromUtf8(qgetenv(name)); }

int main(int argc, char **argv) {
  if (env("XMPP_TLS") == "direct") return 77; // by direct TLS it sends its header twice, and waits
  QCoreApplication app(argc, argv);
  const bool stay = env("XMPP_SESSION") == "stay", strict = argc > 1;
  bool online = false, left = false;
  QXmppClient client;
  QXmppConfiguration config;
  config.setJid(env("XMPP_JID")), config.setPassword(env("XMPP_PASSWORD"));
  config.setHost(env("XMPP_HOST"));
  if (qEnvironmentVariableIsSet("XMPP_PORT")) config.setPort(env("XMPP_PORT").toInt());
  config.setCaCertificates(QSslCertificate::fromPath(env("XMPP_CA_FILE")));
  config.setAutoReconnectionEnabled(false); // it would come back after 10 s, when nobody waits any more
  if (strict) config.setStreamSecurityMode(QXmppConfiguration::TLSRequired);
  const auto end = [&] { app.exit(online && left ? 0 : 1); };
  const auto leave = [&] { left = true, client.disconnectFromServer(), QTimer::singleShot(300, end); };
  const auto lost = [&] { if (client.state() == QXmppClient::DisconnectedState) end(); };
  QObject::connect(&client, &QXmppClient::connected, [&] { online = true; if (!stay) leave(); });
  // After see-other-host it dials again at once.
  QObject::connect(&client, &QXmppClient::disconnected, [&] { QTimer::singleShot(left ? 0 : 300, lost); });
  QObject::connect(&client, &QXmppClient::error, [&] { QTimer::singleShot(300, lost); });
  if (!stay) QTimer::singleShot(12000, end);
  QTimer asking;
  QObject::connect(&asking, &QTimer::timeout, [&] { if (asked && !left) leave(); });
  signal(SIGTERM, ask), asking.start(50);
  client.connectToServer(config);
  return app.exec();
}
