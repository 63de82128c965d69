#!/bin/sh
# A queue worker that has no port of its own: the kind of program that Kapo is for.
# It pretends to take jobs from a queue, says so now and then, and ends cleanly on TERM and INT.
#
#   worker.sh [SECONDS]     SECONDS is the length of a job, 1 by default; sleep(1) says what it may be.

length=${1:-1}
jobs=0

stop() {
    # The job in hand is only a sleep. The group may have had the signal as a whole; if not, end it here, and wait for
    # that: nothing is to be left behind.
    [ -z "$!" ] || { kill "$!" 2>/dev/null; wait "$!" 2>/dev/null; }
    echo "worker: stopping"
    exit 0
}
trap stop TERM INT

echo "worker: waiting for jobs"
while :; do
    # A trap runs only when the command in the foreground has ended, and `wait` ends at once: so the work is
    # done in the background.
    sleep "$length" &
    # Over 128 a signal ended it: ours comes next. Anything else is a sleep that does not know this length.
    wait "$!" 2>/dev/null || [ $? -gt 128 ] || exit 1
    jobs=$((jobs + 1))
    if [ $((jobs % 10)) -eq 0 ]; then
        echo "worker: $jobs jobs done"
    fi
done
