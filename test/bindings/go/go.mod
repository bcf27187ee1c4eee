module example

go 1.19

require xmpp-mallory v0.0.0

replace xmpp-mallory => ../../../harness/bindings/go
