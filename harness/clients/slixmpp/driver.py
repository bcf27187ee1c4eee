# slixmpp as it comes: connect() and ca_certs, nothing else that has to do with TLS.
import asyncio, json, os, signal, ssl, sys
import slixmpp

env = os.environ
stay = env["XMPP_SESSION"] == "stay"


class Driver(slixmpp.ClientXMPP):
    was_online = left = False

    def online(self, _event):
        self.was_online = True
        self.send_presence() if stay else self.leave()

    def leave(self):
        self.left = True
        self.disconnect()

    def failed(self, why):
        if isinstance(why, ssl.SSLError) and not stay:
            self.ended.set()  # any other failure it follows up with the host's next address


async def main():
    xmpp = Driver(env["XMPP_JID"], env["XMPP_PASSWORD"])
    xmpp.ended = asyncio.Event()
    xmpp.ca_certs = env["XMPP_CA_FILE"]
    xmpp.default_port = int(env.get("XMPP_PORT", 5222))  # connect() forgets its port where the host is a name
    xmpp.register_plugin("xep_0199")
    xmpp.add_event_handler("session_start", xmpp.online)
    xmpp.add_event_handler("connection_failed", xmpp.failed)
    for event in ["disconnected", "failed_all_auth"]:  # it does not reconnect by itself
        xmpp.add_event_handler(event, lambda _: xmpp.ended.set())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, xmpp.leave)
    xmpp.connect((env["XMPP_HOST"], xmpp.default_port) if "XMPP_HOST" in env else None, use_ssl=env["XMPP_TLS"] == "direct")
    await asyncio.wait([asyncio.create_task(xmpp.ended.wait())], timeout=None if stay else 8)
    print(json.dumps({"result": "online" if xmpp.was_online else "refused"}), flush=True)
    return 0 if xmpp.was_online and xmpp.left else 1


sys.exit(asyncio.run(main()))
