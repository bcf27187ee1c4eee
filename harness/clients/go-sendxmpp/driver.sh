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

set -- -f "$config"
[ "$XMPP_TLS" = starttls ] || set -- "$@" --tls
if [ "$XMPP_SESSION" = stay ]; then
  exec go-sendxmpp "$@" --listen # it does not reconnect
fi
echo 'A message to myself' | go-sendxmpp "$@" "$XMPP_JID"
