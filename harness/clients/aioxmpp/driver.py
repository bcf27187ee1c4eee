# aioxmpp as it comes: its security layer, whose TLS context is given one more CA.
import asyncio, json, os, signal
import aioxmpp, aioxmpp.connector, aioxmpp.security_layer

env = os.environ
stay = env["XMPP_SESSION"] == "stay"
claim = {"result": "refused"}

def context():
    ctx = aioxmpp.security_layer.default_ssl_context()
    ctx.load_verify_locations(env["XMPP_CA_FILE"])
    return ctx

async def main():
    def online():
        claim["result"] = "online"
        if not stay:
            client.stop()

    direct = env["XMPP_TLS"] == "direct"
    connector = aioxmpp.connector.XMPPOverTLSConnector() if direct else aioxmpp.connector.STARTTLSConnector()
    client = aioxmpp.PresenceManagedClient(
        aioxmpp.JID.fromstr(env["XMPP_JID"]),
        aioxmpp.make_security_layer(env["XMPP_PASSWORD"], ssl_context_factory=context),
        override_peer=[(env["XMPP_HOST"], int(env["XMPP_PORT"]), connector)] if "XMPP_HOST" in env else [],
        max_initial_attempts=4 if stay else 1,  # 4 is its default, and it says nothing before the last
    )
    client.summon(aioxmpp.PingService)
    client.presence = aioxmpp.PresenceState(available=True)
    ended = asyncio.get_running_loop().create_future()
    client.on_stream_established.connect(online)
    client.on_failure.connect(lambda error: ended.set_result(repr(error)))
    client.on_stopped.connect(lambda: ended.set_result(""))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, client.stop)
    await asyncio.wait([ended], timeout=None if stay else 12)
    print(json.dumps({**claim, "reason": ended.result() if ended.done() else "silence"}), flush=True)
    os._exit(0 if claim["result"] == "online" else 1)  # its own clean-up waits for a peer that is silent

asyncio.run(main())
