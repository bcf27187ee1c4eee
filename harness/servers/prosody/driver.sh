#!/bin/sh
# Prosody as Debian sets it up, but for what the policy says. It is its own driver: mod_driver.lua speaks the JSON lines.
case "$XMPP_POLICY" in
stock | authenticated) encrypted=true authenticated=true dialback='"dialback";' ;;
strict) encrypted=true authenticated=true dialback= ;;
encrypted) encrypted=true authenticated=false dialback='"dialback";' ;;
opportunistic) encrypted=false authenticated=false dialback='"dialback";' ;;
*)
  echo "The driver of Prosody knows no policy \"$XMPP_POLICY\"." >&2
  exit 77
  ;;
esac
if [ -z "$XMPP_DNS" ]; then
  echo 'Prosody has to be told a resolver (XMPP_DNS).' >&2
  exit 77
fi

# Off unless it is asked for, as Prosody comes; the anchor is all that lua-unbound trusts then.
dane= trusted=
if [ "$1" = dane ]; then
  if [ -z "$XMPP_ANCHOR_FILE" ]; then
    echo 'For DANE Prosody has to be told a trust anchor (XMPP_ANCHOR_FILE).' >&2
    exit 77
  fi
  dane='use_dane = true' trusted="trusted = \"$(cat "$XMPP_ANCHOR_FILE")\";"
fi

# Of lua-unbound: it asks the one that it is to forward to, and takes a port there; `@` is how libunbound writes it.
config=$XMPP_STATE_DIR/prosody.cfg.lua
cat >"$config" <<END
run_as_root = true
interfaces = { "127.0.0.1" }
modules_enabled = { "disco"; "roster"; "saslauth"; "tls"; "blocklist"; "limits"; "smacks"; "ping"; $dialback "driver" }
modules_disabled = { "c2s" }
plugin_paths = { "$(cd "$(dirname "$0")" && pwd)" }
s2s_ports = { 0 }
s2s_direct_tls_ports = {}
s2s_require_encryption = $encrypted
s2s_secure_auth = $authenticated
$dane
limits = { c2s = { rate = "10kb/s" }; s2sin = { rate = "30kb/s" } }
unbound = { resolvconf = false; hoststxt = false; $trusted forward = "$(echo "$XMPP_DNS" | tr : @)" }
data_path = "$XMPP_STATE_DIR"
pidfile = "$XMPP_STATE_DIR/prosody.pid"
certificates = "$XMPP_STATE_DIR"
log = { info = "$XMPP_STATE_DIR/prosody.log" }
VirtualHost "$XMPP_DOMAIN"
  ssl = { certificate = "$XMPP_CERT_FILE"; key = "$XMPP_KEY_FILE"; cafile = "$XMPP_CA_FILE" }
END
exec prosody --config "$config" -F
