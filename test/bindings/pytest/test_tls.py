# What a project would write, with clients of three kinds. MALLORY_FAULT=--insecure: they do not verify.
import asyncio, os, sys
from pathlib import Path

import pytest

FAULT = os.environ.get("MALLORY_FAULT", "")
CLIENT = [sys.executable, str(Path(__file__).parents[2] / "clients/python-ssl.py"), *FAULT.split()]


@pytest.mark.mallory("control/*", "certificate/wrong-name", "stripping/starttls-removed-plain-only", tls="starttls")
def test_command(mallory):
    mallory.judge(CLIENT)


@pytest.mark.mallory("certificate/expired", "certificate/self-signed", tls="direct", known={"certificate/expired": "issue 12"})
def test_known(mallory):
    mallory.judge(CLIENT)


@pytest.mark.mallory("certificate/expired", tls="starttls")
def test_coroutine(mallory):
    async def log_in(endpoint):
        slixmpp = pytest.importorskip("slixmpp")
        client = slixmpp.ClientXMPP(endpoint.jid, endpoint.password)
        client.ca_certs = endpoint.caFile
        ended = asyncio.get_running_loop().create_future()
        for event in "session_start", "connection_failed", "failed_all_auth", "disconnected":
            client.add_event_handler(event, lambda _, event=event: ended.done() or ended.set_result(event))
        client.connect((endpoint.host, endpoint.port))
        if await ended != "session_start":
            raise ConnectionRefusedError(ended.result())
        await client.disconnect()

    mallory.judge(log_in)


@pytest.mark.mallory("control/stay", tls="direct")
def test_function(mallory):
    def log_in(endpoint, stop):
        raise NotImplementedError("one session only")

    mallory.judge(log_in)


@pytest.mark.mallory("control/login", tls="direct")
def test_silent(mallory):
    """For servers that die: a client that waits for its end."""
    mallory.judge([str(Path(__file__).parents[1] / "silent-client.sh")])
