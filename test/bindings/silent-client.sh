#!/bin/sh
# A client that never connects, and does not end by itself.
echo $$ >"$MALLORY_PID_FILE"
exec sleep 60
