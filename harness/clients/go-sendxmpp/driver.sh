#!/bin/sh
# go-sendxmpp as it comes. Go reads its trust from SSL_CERT_FILE. The password stays out of the command line (`ps`).
export SSL_CERT_FILE="$XMPP_CA_FILE"
config="$XMPP_STATE_DIR/go-sendxmpp"
{
  echo "username: $XMPP_JID"
  echo "eval_password: printenv XMPP_PASSWORD"
  [ -z "$XMPP_HOST" ] || echo "jserver: $XMPP_HOST"
  [ -z "$XMPP_PORT" ] || echo "port: $XMPP_PORT"
} >"$config"
chmod 600 "$config"

set -- --file="$config"
[ "$XMPP_TLS" = starttls ] || set -- "$@" --tls
[ "$XMPP_SESSION" = once ] || exec go-sendxmpp "$@" --listen # it does not reconnect by itself
exec go-sendxmpp "$@" "$XMPP_JID" <<END
A message to myself
END
