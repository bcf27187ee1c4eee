# nbxmpp as it comes. It has no call for a CA: what GLib trusts by default is replaced.
import json, os, signal, sys
from gi.repository import Gio, GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType

env = os.environ
stay = env["XMPP_SESSION"] == "stay"
claim = {"result": "refused"}
left = []
loop = GLib.MainLoop()

def online(*_):
    version = client.tls_version.value_nick.replace("tls-", "TLSv").replace("-", ".")
    claim.update(result="online", tls={"version": version, "cipher": client.ciphersuite})
    if not stay:
        leave()

def leave():
    left.append(True)
    client.disconnect()

Gio.TlsBackend.get_default().set_default_database(Gio.TlsFileDatabase.new(env["XMPP_CA_FILE"]))
client = Client()
client.set_domain(env["XMPP_DOMAIN"])
client.set_username(env["XMPP_JID"].rpartition("@")[0])
client.set_password(env["XMPP_PASSWORD"])
if "XMPP_HOST" in env:
    kind = ConnectionType.DIRECT_TLS if env["XMPP_TLS"] == "direct" else ConnectionType.START_TLS
    client.set_custom_host(f"{env['XMPP_HOST']}:{env['XMPP_PORT']}", ConnectionProtocol.TCP, kind)
client.subscribe("connected", online)
for signal_name in ["connection-failed", "disconnected"]:  # it does not reconnect by itself
    client.subscribe(signal_name, lambda *_: loop.quit())
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, leave)
GLib.timeout_add_seconds(12, lambda: stay or loop.quit())  # it waits for ever for what comes after <auth/>
client.connect()
loop.run()
print(json.dumps({**claim, "reason": " ".join(str(part) for part in client.get_error() if part)}), flush=True)
sys.exit(0 if claim["result"] == "online" and left else 1)
