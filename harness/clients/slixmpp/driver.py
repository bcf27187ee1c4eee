# slixmpp as it comes: connect(), ca_certs, certfile and keyfile. "strict": no SCRAM in clear, and the name to verify is the domain.
import asyncio, json, os, signal, ssl, sys
import slixmpp

env = os.environ
stay, strict = env["XMPP_SESSION"] == "stay", "strict" in sys.argv
if strict and env["XMPP_TLS"] == "direct":
    sys.exit(77)  # by then the name has been taken
address = (env["XMPP_HOST"], int(env["XMPP_PORT"])) if "XMPP_HOST" in env else None
claim, left = {"result": "refused"}, []

async def main():
    def online(_event):
        claim["result"] = "online"
        xmpp.send_presence() if stay else leave()
    def leave():
        left.append(True)
        xmpp.disconnect() if xmpp.transport else ended.set()

    def failed(error):
        if isinstance(error, ssl.SSLError) and not stay:
            ended.set()  # any other failure it follows up with the host's next address
    async def lost(_event):
        await asyncio.sleep(0.05)
        if not xmpp.is_connecting():  # only after see-other-host it connects again by itself
            ended.set()

    ended = asyncio.Event()
    config = {"feature_mechanisms": {"unencrypted_scram": False}} if strict else {}
    xmpp = slixmpp.ClientXMPP(env["XMPP_JID"], env["XMPP_PASSWORD"], plugin_config=config)
    if strict: xmpp.add_event_handler("connected", lambda _: setattr(xmpp, "default_domain", env["XMPP_DOMAIN"]))
    xmpp.ca_certs, xmpp.certfile, xmpp.keyfile = map(env.get, ["XMPP_CA_FILE", "XMPP_CERT_FILE", "XMPP_KEY_FILE"])
    xmpp.default_port = address[1] if address else 5222  # connect() forgets its port where the host is a name
    xmpp.register_plugin("xep_0199")
    for event, handler in {"session_start": online, "connection_failed": failed, "disconnected": lost}.items():
        xmpp.add_event_handler(event, handler)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave)
    xmpp.connect(address, use_ssl=env["XMPP_TLS"] == "direct")
    await asyncio.wait([asyncio.ensure_future(ended.wait())], timeout=None if stay else 12)

asyncio.run(main())
print(json.dumps(claim), flush=True)
sys.exit(0 if claim["result"] == "online" and left else 1)
