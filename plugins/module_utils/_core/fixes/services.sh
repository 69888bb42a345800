# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Letting a service start with the machine and run, for every fix that needs it, under systemd, upstart and SysV init.
# A fix says before each call which one:
#   service_units       systemd's names for it, with suffix; what is active or enabled of these is preferred, else the
#                       first that there is
#   service_companions  units that may be enabled and started along with it (Also=, Alias=, Requires=)
#   service_scripts     names of upstart jobs and SysV scripts
#   service_process     the daemon's process
#
#   service_state       (service_state.sh) sets "autostart" and "running" to yes or no
#   service_prepare [coming]  refuses what cannot be; keeps the links that are there now beside the record, and adds to
#                       "record_lines". "coming": a package that is installed in the same change brings the service
#   service_apply       starts and enables it; sets "service_error" and fails where that cannot be
#   service_settle      adds what was done to "record_lines" and "reason"
#   refuse_to_cut TITLE NAME...  (service_undo.sh) refuses an undo that would end the connection that it came through
#   service_undo        (service_undo.sh) stops what was started, and brings the links back; only those with these names
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh, service_state.sh, service_undo.sh and the fixes

service_directories='/etc/systemd/system /etc/init.d /etc/rc.d /etc/rc0.d /etc/rc1.d /etc/rc2.d /etc/rc3.d /etc/rc4.d /etc/rc5.d /etc/rc6.d /etc/rcS.d'

service_prepare() {
    service_state
    service_may_change
    [ "$service$service_error" ] || [ "${1-}" = coming ] || service_error=$(no_service)
    [ -z "$service_error" ] || conclude refused "nothing was changed: $service_error"
    if ! append_error=$(service_links 2>&1 >"$record.oldlinks") || ! flush "$record.oldlinks"; then
        rm -f "$record".*
        no_journal "$append_error"
    fi
    record_lines="${record_lines}service: $autostart $running$unit_states$newline"
}

no_service() {
    echo "expected a service under one of the names $service_units $service_scripts, found none; install or repair it by hand"
}

# service_may_change: why the service cannot be enabled so that restore could bring everything back, in "service_error".
service_may_change() {
    service_error=$service_obstacle
    [ -z "$service_error" ] && [ "$service" ] && [ "$autostart" = no ] || return 0
    case $service_system in
    systemd)
        [ "$service_script" ] && by_insserv && return
        unit_file=$(systemctl show -p FragmentPath "$service" 2>/dev/null)
        unit_file=${unit_file#FragmentPath=}
        [ -z "$service_script" ] && [ -e "$unit_file" ] || return 0
        installs=$(awk '/^\[/ { install = ($0 ~ /^\[Install\]/) } install && /^[A-Z][A-Za-z]*=/ { print }' "$unit_file")
        case $installs in
        *WantedBy=* | *RequiredBy=* | *Also=*) ;;
        *) service_error="$service cannot be enabled, for $unit_file has no [Install] section that says when; enable it by hand" ;;
        esac
        for unit in $(printf '%s\n' "$installs" | sed -n -e 's/^Also=//p' -e 's/^Alias=//p'); do
            named_unit "$unit" ||
                service_error="enabling $service would also enable $unit, which this fix does not own; run 'systemctl enable $service' by hand if it may"
        done
        ;;
    sysv) by_insserv ;;
    esac
    :
}

# insserv numbers the links of other services anew, which restore could not bring back.
by_insserv() {
    [ -e /etc/init.d/.depend.start ] && command -v insserv >/dev/null 2>&1 || return 1
    service_error="enabling $service with insserv may renumber the links of other services, which restore could not bring back; run 'insserv $service' by hand"
}

named_unit() {
    case " $service_units ${service_companions-} " in
    *" $1 "*) return 0 ;;
    esac
    return 1
}

# service_links: the links that start the service, and systemd's directories of links, one a line: path, target.
service_links() {
    # shellcheck disable=SC2086 # words are wanted
    find $service_directories \( -type l -o -type d \( -name '*.wants' -o -name '*.requires' \) \) -print 2>/dev/null |
        sort -u | while read -r link; do
        if [ ! -L "$link" ]; then
            printf '%s -\n' "$link"
        elif owned_link "$link"; then
            printf '%s %s\n' "$link" "$(readlink "$link")"
        fi
    done
}

# owned_link PATH: whether a link of this path belongs to the service that the fix names.
owned_link() {
    case $1 in
    */../* | */./*) return 1 ;;
    /etc/systemd/system/*)
        named_unit "${1##*/}"
        return
        ;;
    /etc/rc?.d/* | /etc/init.d/rc?.d/* | /etc/rc.d/rc?.d/*) ;;
    *) return 1 ;;
    esac
    for script in $service_scripts; do
        case ${1##*/} in
        [SK]"$script" | [SK][0-9]"$script" | [SK][0-9][0-9]"$script") return 0 ;;
        esac
    done
    return 1
}

# What is started first and fails leaves nothing enabled.
service_apply() {
    starting=
    service_state
    service_may_change
    [ "$service$service_error" ] || service_error=$(no_service)
    [ -z "$service_error" ] || return 1
    if [ "$running" = no ]; then
        service_start || return 1
    fi
    if [ "$autostart" = no ]; then
        service_enable
        enabled_code=$code
        service_state
        [ "$enabled_code" = 0 ] && [ "$autostart" = yes ] || service_failed "$service could not be enabled"
    fi
    [ -z "$service_error" ]
}

service_start() {
    starting=$service
    service_do start "$starting"
    started_code=$code
    tries=0
    service_state
    while [ "$running" = no ] && [ "$started_code" = 0 ] && [ "$tries" -lt 20 ]; do
        tries=$((tries + 1))
        pause
        service_state
    done
    [ "$running" = no ] || {
        wait_for_its_end
        service_state
    }
    [ "$running" = no ] || return 0
    service_failed "$starting could not be started"
    [ "$service_system" != systemd ] || systemctl stop "$starting" 2>/dev/null # ends its restarts
    service_state
    return 1
}

# Many a daemon ends only when it has read its settings.
wait_for_its_end() {
    sleep 1
}

service_enable() {
    case $service_system in
    systemd) transaction systemctl enable "$service" ;;
    sysv)
        if command -v chkconfig >/dev/null 2>&1; then
            transaction chkconfig "$service" on
        elif command -v update-rc.d >/dev/null 2>&1; then
            # shellcheck disable=SC2016 # the inner shell expands it
            transaction sh -c 'update-rc.d "$1" defaults && update-rc.d "$1" enable' sh "$service"
        else
            rm -f "$record.log"
            code='unknown: found neither chkconfig nor update-rc.d'
        fi
        ;;
    esac
}

# service_do start|stop NAME
service_do() {
    case $service_system in
    systemd) transaction systemctl "$1" "$2" ;;
    upstart) transaction initctl "$1" "$2" ;;
    # As "service" does it: a daemon must not keep this script's umask and environment.
    sysv)
        # shellcheck disable=SC2016 # the inner shell expands it
        transaction sh -c 'umask 022; cd / && exec env -i PATH=/sbin:/usr/sbin:/bin:/usr/bin TERM=dumb "/etc/init.d/$1" "$2"' sh "$2" "$1"
        ;;
    esac
}

# service_failed WHAT: adds what the system said of it.
service_failed() {
    told=$(sed -n '/[^[:blank:]]/{p;q;}' "$record.log" 2>/dev/null)
    if [ "$service_system" = systemd ]; then
        case $(systemctl show -p ConditionResult "${starting:-$service}" 2>/dev/null):$told in
        ConditionResult=no:) told="a condition of its unit is not met; look with: systemctl status ${starting:-$service}" ;;
        *) told="${told:+$told; }look with: systemctl status ${starting:-$service}" ;;
        esac
    fi
    service_error="$1 (${told:-code $code})"
}

service_settle() {
    field service
    [ "$value" ] || return 0
    was=$value
    service_state
    if [ -e "$record.oldlinks" ]; then
        service_links >"$record.now"
        changes=$(awk -v "before=$record.oldlinks" '
            BEGIN { while ((getline line <before) > 0) was[line] = 1 }
            { is[$0] = 1 }
            !($0 in was) { print "link-added: " $0 }
            END { for (line in was) if (!(line in is)) print "link-gone: " line }' "$record.now")
        record_lines="$record_lines${changes:+$changes$newline}"
    else
        service_error="${service_error:+$service_error; }$record.oldlinks is missing, so restore cannot bring back how $service started before"
    fi
    case $was:$autostart in
    no*:yes) reason="${reason:+$reason; }$service starts with the machine" ;;
    esac
    for state_word in $unit_states; do
        case " $was " in
        *" $state_word "*) ;;
        *) note_unit "${state_word%=*}" "${state_word##*=}" ;;
        esac
    done
    case $service_system:$was:$running in
    systemd:*) ;;
    *:yes\ no*:yes | *:no\ no*:yes) note_unit "$service" active ;;
    esac
    reason="$reason${service_error:+${reason:+; }$service_error}"
}

note_unit() {
    case $2 in
    active)
        record_lines="${record_lines}started: $1$newline"
        reason="${reason:+$reason; }$1 was started"
        ;;
    failed) record_lines="${record_lines}failed: $1$newline" ;;
    esac
}
