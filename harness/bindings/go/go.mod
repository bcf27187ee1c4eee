module xmpp-mallory

go 1.19
