#!/bin/sh
# A Docker Engine that ends with whoever started it, however that one ends, and leaves nothing behind.
#
#   engine.sh run FOLDER DOCKERD-ARGUMENTS...   answers each line "start", "stop" or "kill" with "done";
#                                               the end of its standard input ends and removes everything
#   engine.sh remove FOLDER                     removes what is left of one
#
# FOLDER/networks holds the address range of the networks that are made on the engine.
set -u

remove() {
    folder=$1
    if [ -f "$folder/networks" ]; then
        ip -o -4 address show to "$(cat "$folder/networks")" | while read -r _ bridge _; do
            ip link delete "$bridge"
        done
    fi
    find /sys/fs/cgroup -depth -type d -path "*/$(basename "$folder")*" -exec rmdir {} + 2>/dev/null
    rm -rf "$folder"
}

inside() {
    folder=$1
    shift
    # A containerd of this machine would be used, and would outlive us: hide it, so that dockerd starts its own.
    [ ! -d /run/containerd ] || mount -t tmpfs tmpfs /run/containerd
    # Whether this machine forwards is as whatever ran here has left it, and an engine warns where it does not;
    # our networks need no forwarding, so let it read that all is well.
    echo 1 >"$folder/forwarding"
    mount --bind "$folder/forwarding" /proc/sys/net/ipv4/ip_forward
    while read -r asked; do
        case $asked in
        start)
            # In memory, as long as nobody has put another place there: nothing outlives the engine, and it
            # flushes each small change to the disk. Only it and what it starts see the mounts.
            for place in data run; do
                [ -e "$folder/$place" ] || { mkdir "$folder/$place"; mount -t tmpfs "$place" "$folder/$place"; }
            done
            rm -f "$folder/pid" "$folder/ended"
            # It starts itself anew for each archive that it packs or unpacks, and those processes take more
            # time to collect what their start has left than to do their work.
            (GOGC=400 dockerd "$@" >>"$folder/log" 2>&1; : >"$folder/ended") &
            engine=$!
            ;;
        stop) kill -TERM "$(cat "$folder/pid")"; wait "$engine" ;;
        kill)
            containerd=$(cat "$folder/run/containerd/containerd.pid" 2>/dev/null)
            kill -KILL "$(cat "$folder/pid")"
            wait "$engine"
            # Its containerd goes with it, a moment later: the next dockerd would take that for one that runs.
            tries=0
            while [ $tries -lt 500 ] && kill -0 "$containerd" 2>/dev/null; do
                sleep 0.01 # which also reaps it
                tries=$((tries + 1))
            done
            ;;
        esac
        echo done
    done
    # This is the first process of its process namespace: the kernel now ends all others in it, containers
    # included, and then their mounts are gone with the mount namespace.
}

action=$1
shift
case $action in
run) unshare --mount --pid --fork --mount-proc sh "$0" inside "$@"; remove "$1" ;;
inside) inside "$@" ;;
remove) remove "$1" ;;
esac
