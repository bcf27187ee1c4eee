# Net::XMPP with tls. "strict": verification is asked for, and without TLS no password is sent.
use strict;
use warnings;
use Net::XMPP;

my ($stay, $strict) = ($ENV{XMPP_SESSION} eq 'stay', @ARGV > 0);
my ($user) = $ENV{XMPP_JID} =~ /^(.*)@/;
my ($online, $asked) = (0, 0);
$SIG{ALRM} = sub { exit 1 };    # after a refused certificate it may wait for ever
alarm 12 unless $stay;
$SIG{TERM} = sub { $asked = 1; exit 1 unless $online };

my $client = Net::XMPP::Client->new;
$client->Connect(
    hostname      => $ENV{XMPP_HOST} // $ENV{XMPP_DOMAIN},
    port          => $ENV{XMPP_PORT} // 5222,
    componentname => $ENV{XMPP_DOMAIN},
    ssl_ca_path   => $ENV{XMPP_CA_FILE},
    ($ENV{XMPP_TLS} eq 'direct' ? 'ssl' : 'tls') => 1,
    ($strict ? (ssl_verify => 1) : ()),
) or exit 1;
my $secure = $ENV{XMPP_TLS} eq 'direct' || $client->{STREAM}->TLSClientSecure($client->GetStreamID);
exit 1 if $strict && !$secure;    # no setting requires TLS

my ($result, $why) = $client->AuthSend(username => $user, password => $ENV{XMPP_PASSWORD}, resource => 'mallory');
$online = defined $result && $result eq 'ok' or die $why // 'silence';
$client->SetCallBacks(
    iq => sub {
        my (undef, $iq) = @_;
        $client->Send($iq->Reply(type => 'result')) if $iq->GetType eq 'get';    # it answers no request by itself
    }
);
while ($stay && !$asked) { defined $client->Process(1) or exit 1 }    # it does not reconnect by itself
$client->Disconnect;
