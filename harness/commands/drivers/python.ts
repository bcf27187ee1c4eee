import type { DriverTemplate } from './index.ts';

export const python: DriverTemplate = {
  library: 'slixmpp',
  file: 'xmpp-driver.py',
  mode: 0o644,
  prepare: null,
  command: (file) => `python3 ${file}`,
  text: `# Tries to log in as told, and exits with 0 if that worked. Put your client in the place of slixmpp.
import asyncio, os, sys, slixmpp

env = os.environ
if env["XMPP_SESSION"] == "stay":
    sys.exit(77)  # "I cannot do this": it logs in once. Scenarios that need more are skipped.

async def main():
    client = slixmpp.ClientXMPP(env["XMPP_JID"], env["XMPP_PASSWORD"])
    client.ca_certs = env["XMPP_CA_FILE"]
    client.default_port = int(env["XMPP_PORT"])
    ended = asyncio.get_running_loop().create_future()
    for event, status in ("session_start", 0), ("connection_failed", 1), ("failed_all_auth", 1), ("disconnected", 1):
        client.add_event_handler(event, lambda _, status=status: ended.done() or ended.set_result(status))
    client.connect((env["XMPP_HOST"], client.default_port), use_ssl=env["XMPP_TLS"] == "direct")
    return await asyncio.wait_for(ended, 8)

sys.exit(asyncio.run(main()))
`,
};
