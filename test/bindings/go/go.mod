module example

go 1.19

require mallory v0.0.0

replace mallory => ../../../harness/bindings/go
