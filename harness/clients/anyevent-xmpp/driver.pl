# AnyEvent::XMPP as it comes. It has no setting for a CA.
use strict;
use warnings;
use AnyEvent;
use AnyEvent::XMPP::Ext::Ping;
use AnyEvent::XMPP::IM::Connection;

my $stay = $ENV{XMPP_SESSION} eq 'stay';
my ($online, $left, $ended) = (0, 0, AnyEvent->condvar);
my $client = AnyEvent::XMPP::IM::Connection->new(
    jid      => "$ENV{XMPP_JID}/mallory",
    password => $ENV{XMPP_PASSWORD},
    ($ENV{XMPP_HOST} ? (host => $ENV{XMPP_HOST}, port => $ENV{XMPP_PORT}) : ()),
    ($ENV{XMPP_TLS} eq 'direct' ? (old_style_ssl => 1) : ()),
);
$client->add_extension(AnyEvent::XMPP::Ext::Ping->new);
sub leave { $left = 1; $client->disconnect('it leaves'); $ended->send }

$client->reg_cb(
    session_ready => sub { $online = 1; leave() unless $stay },
    error         => sub { warn $_[1]->string },
    disconnect    => sub { $ended->send },    # it does not reconnect by itself
);
my $asked = AnyEvent->signal(signal => 'TERM', cb => \&leave);
my $limit = AnyEvent->timer(after => 12, cb => sub { $ended->send unless $stay });
$client->connect;
$ended->recv;
exit($online && $left ? 0 : 1);
