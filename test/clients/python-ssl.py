# A client on Python's ssl module, as its documentation has it. `--insecure`: verification is off.
import base64, os, socket, ssl, sys
from xml.etree.ElementTree import XMLPullParser

env = os.environ
if env["XMPP_SESSION"] == "stay":
    sys.exit(77)
domain = env["XMPP_DOMAIN"]
header = (
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    "version='1.0' to='%s'>" % domain
)


def elements(connection):
    parser, depth = XMLPullParser(["start", "end"]), 0
    while True:
        data = connection.recv(4096)
        if not data:
            raise EOFError("the stream ended")
        parser.feed(data)
        for event, element in parser.read_events():
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 1:
                yield element


def name(element):
    return element.tag.split("}")[-1]


def opened(connection):
    connection.sendall(header.encode())
    stream = elements(connection)
    features = next(stream)
    assert name(features) == "features"
    return stream, features


connection = socket.create_connection((env["XMPP_HOST"], int(env["XMPP_PORT"])), timeout=8)
context = ssl.create_default_context(cafile=env["XMPP_CA_FILE"])
if "--insecure" in sys.argv:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
if env["XMPP_TLS"] == "direct":
    context.set_alpn_protocols(["xmpp-client"])
else:
    stream, features = opened(connection)
    assert any(name(one) == "starttls" for one in features)
    connection.sendall(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    assert name(next(stream)) == "proceed"
connection = context.wrap_socket(connection, server_hostname=domain)

stream, _ = opened(connection)
secret = "\0%s\0%s" % (env["XMPP_JID"].split("@")[0], env["XMPP_PASSWORD"])
plain = base64.b64encode(secret.encode()).decode()
connection.sendall(
    ("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>" % plain).encode()
)
assert name(next(stream)) == "success"
stream, _ = opened(connection)
connection.sendall(b"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
bound = next(stream)
assert name(bound) == "iq" and bound.get("type") == "result"
connection.sendall(b"</stream:stream>")
