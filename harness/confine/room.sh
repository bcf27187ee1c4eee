# Process 1 of a room: its own mounts and processes, in a network that is there already. $1: a folder with what is mounted.
# Standard input is its life: each line ends the other processes politely, and its end ends all of them at once.
read -r pid _ </proc/self/stat # as seen from outside, as long as this is the old /proc
mount -a -T "$1/fstab" >&2 || exit 1
# A container may forbid it; then nobody outside can count who is in here.
mount -t proc proc /proc 2>/dev/null && counted=counted
echo "$pid $counted"
while read -r _; do
  kill -TERM -1 2>/dev/null
done
