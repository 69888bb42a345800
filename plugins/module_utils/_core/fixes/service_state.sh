# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What systemd, upstart or SysV init know of a service; read by services.sh, which says how a fix names it. The answers
# are the same as those of the facts (facts/linux/services.py and init.py), for plans are made from these.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh, services.sh and the fixes

# service_state: sets "autostart" and "running" to yes or no; "service" to the unit, job or script to enable and start
# (empty: there is none); "service_system"; "service_obstacle" to why it must not be touched; "unit_states" to those of
# systemd's units that are active or failed.
service_state() {
    autostart=no
    running=no
    service=
    service_script=
    service_rank=0
    service_system=
    service_obstacle=
    masked_units=
    unit_states=
    process_runs "$service_process" && running=yes
    if [ -d /run/systemd/system ]; then
        service_system=systemd
        look_at_units
        return
    fi
    for script in $service_scripts; do
        look_at_job "$script"
        [ "$service" = "$script" ] || look_at_script "$script"
    done
}

# One line per unit that systemd can load: its name, loaded, enabled, disabled or whatever else it is called, active or
# failed, whether the start of the machine reaches it, and its SysV script.
# shellcheck disable=SC2016 # awk expands it
units_program='
    function tell() {
        if (load == "loaded" || load == "masked") {
            # It ended and waits for the next try, or it was never more than a SysV script.
            if (sub_state == "auto-restart" || sub_state == "exited") active = "-"
            else if (active ~ /^(active|reloading|activating|refreshing)$/) active = "active"
            else if (active != "failed") active = "-"
            if (load == "masked" || kind ~ /^masked/) kind = "masked"
            if (script !~ /\/init\.d\//) script = "-"
            sub(/.*\//, "", script)
            print id, (kind ? kind : "-"), active, boot, script
        }
        id = load = kind = active = sub_state = script = ""
        boot = "no"
    }
    BEGIN { boot = "no" }
    /^$/ { tell(); next }
    {
        key = $0
        sub(/=.*/, "", key)
        text = substr($0, length(key) + 2)
    }
    key == "Id" { id = text }
    key == "LoadState" { load = text }
    key == "ActiveState" { active = text }
    key == "SubState" { sub_state = text }
    key == "UnitFileState" { kind = text }
    key == "SourcePath" { script = text }
    key == "WantedBy" || key == "RequiredBy" {
        count = split(text, target, " ")
        for (i = 1; i <= count; i++)
            if (target[i] ~ /^(multi-user|graphical|default|basic|sysinit|sockets|timers|network|network-online|network-pre|local-fs|remote-fs|time-sync|runlevel[2-5]|cloud-init|cloud-config)\.target$/)
                boot = "yes"
    }
    END { tell() }
'

look_at_units() {
    # No "--value": RHEL 7 does not know it.
    # shellcheck disable=SC2046,SC2086 # words are wanted
    set -- $(systemctl --no-pager show -p Id -p LoadState -p ActiveState -p SubState -p UnitFileState -p WantedBy \
        -p RequiredBy -p SourcePath $service_units ${service_companions-} 2>/dev/null | awk "$units_program")
    while [ $# -ge 5 ]; do
        look_at_unit "$1" "$2" "$3" "$4" "$5"
        shift 5
    done
    case $service in
    '' | *.socket)
        # A socket would start the service that somebody masked. A masked socket alone is a choice, and no obstacle.
        for masked in $masked_units; do
            case $masked in
            *.service) service_obstacle="$masked is masked, so somebody decided that it must not run; run 'systemctl unmask $masked' if it may" ;;
            esac
        done
        ;;
    esac
}

# look_at_unit NAME KIND active|failed|- BOOT SCRIPT
look_at_unit() {
    case " $unit_states " in
    *" $1="*) return ;; # a unit with two names is told twice
    esac
    [ "$3" = - ] || unit_states="$unit_states $1=$3"
    case " ${service_companions-} " in
    *" $1 "*) return ;;
    esac
    starts=no
    case $2 in
    masked)
        masked_units="$masked_units $1"
        return
        ;;
    enabled) starts=yes ;;
    enabled-runtime | linked* | disabled) ;; # such links are gone after a reboot, or only make the unit known
    *)
        starts=$4
        if [ "$5" != - ] && [ "$4" = no ]; then
            # systemd's multi-user.target stands for run level 3.
            script_linked "$5" 3 && starts=yes
        fi
        ;;
    esac
    rank=1
    if [ "$starts" = yes ]; then
        autostart=yes
        rank=2
    fi
    if [ "$3" = active ]; then
        running=yes
        rank=3
        case $1 in
        *.socket) rank=4 ;; # it is what listens, and starts the service itself
        esac
    fi
    if [ "$rank" -gt "$service_rank" ]; then
        service=$1
        service_rank=$rank
        service_script=${5#-}
    fi
}

# look_at_job NAME: what upstart's files say of it; what an override says replaces what stands in the job.
look_at_job() {
    job=/etc/init/$1.conf
    [ -e "$job" ] && command -v initctl >/dev/null 2>&1 || return 0
    starts=$(cat "$job" "${job%.conf}.override" 2>/dev/null |
        awk '$1 == "manual" { last = "" } $1 == "start" && $2 == "on" { last = "yes" } END { print last }')
    if [ "$starts" ]; then
        autostart=yes
        service_obstacle=
    else
        [ "$service" ] || service_obstacle="upstart is told not to start it ('manual' or no 'start on' in $job or its override); change that by hand if it may start"
    fi
    if [ -z "$service" ] || [ "$starts" ]; then
        service=$1
        service_system=upstart
    fi
}

look_at_script() {
    [ -x "/etc/init.d/$1" ] || return 0
    level=$(sed -n 's/^[^#:]*:\([0-9]\):initdefault:.*/\1/p' /etc/inittab 2>/dev/null)
    if [ "$autostart" = no ] && script_linked "$1" "${level:-2}"; then
        autostart=yes
        service=
    fi
    if [ -z "$service" ]; then
        service=$1
        service_script=$1
        service_system=sysv
    fi
}

# script_linked NAME LEVEL: whether a SysV script is started in that run level.
script_linked() {
    for link in "/etc/rc$2.d"/S*"$1" "/etc/init.d/rc$2.d"/S*"$1" "/etc/rc.d/rc$2.d"/S*"$1"; do
        case ${link##*/} in
        S"$1" | S[0-9]"$1" | S[0-9][0-9]"$1") [ ! -e "$link" ] || return 0 ;;
        esac
    done
    return 1
}

# process_runs NAME: whether a daemon of that name, of at most 15 characters, runs. The process of one connection of
# sshd, which calls itself "sshd: USER", outlives the daemon, and the vmtoolsd of a desktop is not the machine's.
process_runs() {
    [ "$1" ] || return 1
    for stat in /proc/[0-9]*/stat; do
        { read -r stat_line <"$stat"; } 2>/dev/null || continue
        case $stat_line in
        *" ($1) Z "*) ;;
        *" ($1) "*) grep -qE '^sshd: [^/]|vmusr' "${stat%stat}cmdline" 2>/dev/null || return 0 ;;
        esac
    done
    return 1
}
