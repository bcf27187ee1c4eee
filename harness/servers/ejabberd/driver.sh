#!/bin/sh
# ejabberd as Debian sets it up, but for what the policy says. Its node runs the driver, too: driver.erl speaks the JSON lines.
# Erlang is started here and not by ejabberdctl, which only root and ejabberd's own user may call; without a name the node needs
# neither epmd nor a cookie.
case "$XMPP_POLICY" in
stock | encrypted) starttls=required dialback='mod_s2s_dialback: {}' ;;
strict) starttls=required dialback= ;;
# Who has no access to dialback has his certificate verified, and is spoken to over dialback all the same behind it.
authenticated) starttls=required dialback='mod_s2s_dialback: {access: none}' ;;
opportunistic) starttls=optional dialback='mod_s2s_dialback: {}' ;;
*)
  echo "The driver of ejabberd knows no policy \"$XMPP_POLICY\"." >&2
  exit 77
  ;;
esac
if [ -z "$XMPP_DNS" ]; then
  echo 'ejabberd has to be told a resolver (XMPP_DNS).' >&2
  exit 77
fi
ERL_LIBS=$(sed -n "s/^ERL_LIBS='\(.*\)'$/\1/p" /usr/sbin/ejabberdctl)
export ERL_LIBS

cd "$XMPP_STATE_DIR" || exit 1
folder=$OLDPWD/$(dirname "$0")
case "$0" in /*) folder=$(dirname "$0") ;; esac
cat "$XMPP_KEY_FILE" "$XMPP_CERT_FILE" >server.pem
cat >ejabberd.yml <<END
hosts: ["$XMPP_DOMAIN"]
certfiles: ["$XMPP_STATE_DIR/server.pem"]
ca_file: "$XMPP_CA_FILE"
loglevel: info
s2s_use_starttls: $starttls
define_macro:
  TLS_OPTIONS: [no_sslv3, no_tlsv1, no_tlsv1_1, cipher_server_preference, no_compression]
s2s_ciphers: "HIGH:!aNULL:!eNULL:!3DES:@STRENGTH"
s2s_protocol_options: TLS_OPTIONS
s2s_max_retry_delay: 1
acme: {auto: false}
listen: [{port: 0, ip: "127.0.0.1", module: ejabberd_s2s_in, max_stanza_size: 524288}]
modules:
  mod_disco: {}
  mod_ping: {}
  mod_stream_mgmt: {resend_on_timeout: if_offline}
  $dialback
END
cat >inetrc <<END
{lookup, [dns]}.
{resolv_conf, ""}.
{hosts_file, ""}.
{nameserver, {$(echo "${XMPP_DNS%:*}" | tr . ,)}, ${XMPP_DNS##*:}}.
END
erlc "$folder/net.erl" "$folder/driver.erl" || exit 1
export EJABBERD_CONFIG_PATH=ejabberd.yml EJABBERD_LOG_PATH=ejabberd.log ERL_INETRC=inetrc ERL_CRASH_DUMP_SECONDS=0
exec erl -noshell -pa . -mnesia dir '"mnesia"' -s driver
