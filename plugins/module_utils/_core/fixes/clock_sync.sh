# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One time daemon: installed where that is allowed, told its servers, enabled, started, and, only where the plan says
# so, let step the clock. A state is "DAEMON:SERVICE key=value... PATH CHECKSUM..."; which keys and files it has, the
# plan says.
# shellcheck disable=SC2154,SC2034 # the variables are used in change.sh and the other libraries

clock_files='/etc/chrony.conf /etc/chrony/chrony.conf /etc/chrony/conf.d/preflight.azure.conf
/etc/chrony/sources.d/preflight.azure.sources /etc/chrony.d/preflight.azure.conf /etc/ntp.conf /etc/ntpsec/ntp.conf
/etc/systemd/timesyncd.conf /etc/systemd/timesyncd.conf.d/preflight.azure.conf'
clock_mark='# preflight.azure: clock_sync'
# What chrony and ntp need beyond what every system of the families has.
clock_owned=" chrony chrony-pool-suse chrony-pool-openSUSE chrony-pool-empty ntp ntpdate ntpsec libntp timedatex \
libopts25 autogen-libopts libedit libedit0 libedit2 libbsd0 libseccomp libseccomp2 libnettle4 libnettle6 libnettle8 \
libnettle8t64 nettle libhogweed2 libhogweed4 libhogweed6 libhogweed6t64 gnutls libgnutls30 libgnutls30t64 p11-kit \
libp11-kit0 libtasn1 libtasn1-6 libidn2 libidn2-0 libunistring libunistring0 libunistring2 libunistring5 libtomcrypt \
libtommath libcap libcap2 libgmp10 libffi7 libffi8 ucf tzdata iproute2 libmnl0 libelf1 libbpf1 python3-ntp "

# clock_names DAEMON: what services.sh needs to know of it.
clock_names() {
    clock_daemon=$1
    service_companions=
    case $1 in
    chrony)
        service_units='chrony.service chronyd.service'
        service_scripts='chronyd chrony'
        service_process=chronyd
        ;;
    ntpd)
        service_units='ntpsec.service ntp.service ntpd.service'
        service_scripts='ntpd ntp ntpsec'
        service_process=ntpd
        ;;
    timesyncd)
        service_units=systemd-timesyncd.service
        service_companions=dbus-org.freedesktop.timesync1.service
        service_scripts=
        service_process=systemd-timesyn
        ;;
    *) conclude refused "the journal names no time daemon that this fix knows, but '$1'" ;;
    esac
    owned=$clock_owned
}

clock_sync_state() {
    value=$before
    [ -z "$record" ] || field before
    clock_words=$value
    clock_names "${value%%:*}"
    service_state
    state=${clock_words%% *}
    for clock_word in $clock_words; do
        case $clock_word in
        package=*)
            clock_found=no
            command -v "$service_process" >/dev/null 2>&1 && clock_found=yes
            state="$state package=$clock_found"
            ;;
        autostart=*) state="$state autostart=$autostart" ;;
        running=*) state="$state running=$running" ;;
        lines=*)
            clock_main
            clock_found=no
            grep -q "^$clock_mark" "$clock_file" 2>/dev/null && clock_found=yes
            state="$state lines=$clock_found"
            ;;
        clock=*)
            clock_found=off
            [ -z "${clock_error-}" ] && clock_right && clock_found=right
            state="$state clock=$clock_found"
            ;;
        /*)
            # shellcheck disable=SC2086 # words are wanted
            owned_file "$clock_word" $clock_files || continue
            file_state "$clock_word"
            state="$state $file_word"
            ;;
        esac
    done
}

# clock_main: the main file that the daemon's package brings, in "clock_file".
clock_main() {
    case $clock_daemon in
    chrony) set -- /etc/chrony/chrony.conf /etc/chrony.conf ;;
    *) set -- /etc/ntpsec/ntp.conf /etc/ntp.conf ;;
    esac
    clock_file=$2
    [ ! -e "$1" ] || clock_file=$1
}

# clock_follows: whether chrony follows a source; "clock_remaining" is how far the clock is from it, in whole seconds.
clock_follows() {
    clock_remaining=$(chronyc -n tracking 2>/dev/null | awk '
        /^System time/ { seconds = int($4) }
        /^Leap status/ && !/Not synchronised/ { follows = 1 }
        END { if (follows) print seconds }')
    [ "$clock_remaining" ]
}

# clock_right: not right either is a clock of which that is not known.
clock_right() {
    clock_follows && [ "$clock_remaining" -lt 1 ]
}

# clock_sync_prepare PACKAGE MANAGER TEXT STEP [the arguments of file_prepare...]: PACKAGE and MANAGER are "-" where
# none is installed; TEXT is then added to the main file that the package brings.
clock_sync_prepare() {
    clock_package=$1
    clock_manager=$2
    clock_text=$3
    clock_step=$4
    shift 4
    if [ "$clock_package" != - ]; then
        service_prepare coming
        package_prepare "$clock_package" "$clock_manager"
    else
        service_prepare
        [ "$clock_step$clock_daemon$running" != notimesyncdno ] || clock_not_set_ahead
    fi
    while [ $# -ge 6 ]; do
        # shellcheck disable=SC2086 # words are wanted
        owned_file "$1" $clock_files || clock_refuse "$1 is no file of this fix"
        file_prepare "$1" "$2" "$3" "$4" "$5" "$6"
        clock_accepted "$1" "$fresh"
        shift 6
    done
    record_lines="${record_lines}daemon: $clock_daemon$newline"
}

# timesyncd sets the clock to when it last ran, where the clock is behind that.
clock_not_set_ahead() {
    for clock_stamp in /var/lib/systemd/timesync/clock /var/lib/systemd/clock; do
        if [ -e "$clock_stamp" ] && [ "$clock_stamp" -nt /proc/self/stat ]; then
            clock_refuse "systemd-timesyncd would step the clock to the time of $clock_stamp, which lies ahead, when it starts; allow it with step: true, or remove the file"
        fi
    done
}

# clock_accepted PATH NEW-FILE: whether chronyd can read a main file; versions before 4.0 and ntpd cannot be asked.
clock_accepted() {
    case $1 in
    /etc/chrony.conf | /etc/chrony/chrony.conf) ;;
    *) return 0 ;;
    esac
    case $(chronyd -v 2>/dev/null) in
    *' version '[4-9]* | *' version '[1-9][0-9]*) ;;
    *) return 0 ;;
    esac
    clock_said=$(chronyd -p -f "$2" 2>&1 >/dev/null) ||
        clock_refuse "chronyd does not accept its configuration with the new lines, so nothing was changed; correct $1 (chronyd -p says: $clock_said)"
}

clock_refuse() {
    rm -f "$record".*
    record=
    conclude refused "$1"
}

clock_sync_apply() {
    clock_error=
    clock_running=$running
    if [ "$clock_package" != - ]; then
        clock_hold
        package_apply
        [ "$code" = 0 ] || return 1
        clock_add_text || return 1
    fi
    file_apply || return 1
    clock_release
    if [ "$clock_running" = yes ] && grep -q '^file: ' "$record.record"; then
        clock_restart
    fi
    service_apply || return 1
    [ "$clock_step" = no ] || clock_make_step
}

# Debian's package starts the daemon at once, with a configuration that steps: it is held until that is as planned. What
# holds it is gone after a reboot, should this be the last that is done.
clock_hold() {
    [ -d /run/systemd/system ] || return 0
    for unit in $service_units; do
        mkdir -p "/run/systemd/system/$unit.d"
        printf '%s\n' '[Unit]' "ConditionPathExists=$journal/held" >"/run/systemd/system/$unit.d/preflight.azure.conf"
    done
    systemctl daemon-reload
}

clock_release() {
    clock_held=
    for unit in $service_units; do
        [ -e "/run/systemd/system/$unit.d/preflight.azure.conf" ] || continue
        rm -f "/run/systemd/system/$unit.d/preflight.azure.conf" && clock_held=yes
        rmdir "/run/systemd/system/$unit.d" 2>/dev/null
    done
    [ -z "$clock_held" ] || systemctl daemon-reload
}

# clock_add_text: the text at the end of the file that the package brought; noted in the record before it is done.
clock_add_text() {
    [ "$clock_text" != - ] || return 0
    clock_main
    checksum "$clock_file"
    from=$sum
    # shellcheck disable=SC2046 # words are wanted
    set -- $({ cat "$clock_file" && printf '%b' "$clock_text"; } 2>/dev/null | cksum)
    record_lines=
    if file_prepare "$clock_file" "$from" "$1-$2" "${from#*-}" 0 "$clock_text"; then
        append_state planned && return
        file_error="$clock_file was not changed, for the journal cannot be kept: $append_error"
    fi
    return 1
}

# clock_restart: new sources alone are read by a chronyd that goes on running; all else needs a new start.
clock_restart() {
    if ! grep '^file: ' "$record.record" | grep -qv ' /etc/chrony/sources.d/preflight.azure.sources$' &&
        chronyc reload sources >/dev/null 2>&1; then
        return
    fi
    service_do restart "$service"
    [ "$code" = 0 ] || clock_error="$service did not start again ($(tail -n 1 "$record.log"))"
}

# clock_make_step: waits until chrony follows a source, and lets it step the clock. ntpd and timesyncd do it themselves.
clock_make_step() {
    [ "$clock_daemon" = chrony ] || return 0
    tries=0
    until clock_follows; do
        tries=$((tries + 1))
        if [ "$tries" -gt 20 ] || time_is_over; then
            clock_told='no time server has answered yet, so the clock was not stepped'
            return 0
        fi
        sleep 1
    done
    [ "$clock_remaining" -ge 1 ] || return 0
    transaction chronyc -a makestep
    if [ "$code" = 0 ]; then
        clock_told='chrony stepped the clock'
    else
        # chrony then calls the clock right until it measures again.
        clock_error="chrony did not step the clock ($(tail -n 1 "$record.log"))"
    fi
}

clock_sync_settle() {
    field daemon
    [ "$value" ] || return 0
    clock_names "$value"
    clock_release
    package_settle || return 1
    file_settle
    service_settle
    for clock_word in "$clock_error" "$clock_told"; do
        case $reason in
        *"$clock_word"*) ;;
        *) reason="${reason:+$reason; }$clock_word" ;;
        esac
    done
}

clock_sync_undo() {
    field daemon
    [ "$value" ] || conclude refused "the record does not say which time daemon was changed; undo it by hand"
    clock_names "$value"
    # shellcheck disable=SC2086 # words are wanted
    file_may_undo $clock_files
    package_may_undo
    clock_release
    service_undo
    clock_undone=$undone
    undone=
    # shellcheck disable=SC2086 # words are wanted
    file_undo $clock_files
    if [ "$undone" ]; then
        service_state
        [ "$running" = no ] || clock_settle_down
    fi
    undone=$undone$clock_undone
    package_undo
}

# clock_settle_down: the files are as before; a daemon that runs learns it, unless its old configuration could step.
clock_settle_down() {
    if [ "$clock_daemon" = chrony ] && ! grep '^file: ' "$record.record" | grep -qv ' /etc/chrony/sources.d/'; then
        chronyc reload sources >/dev/null 2>&1 && return
    fi
    if [ "$clock_daemon" = chrony ] && ! clock_right; then
        reason="$reason; $service was not restarted, for the clock is not right yet and it might be stepped: restart it later"
        return
    fi
    service_do restart "$service"
    [ "$code" = 0 ] || reason="$reason; $service did not start again, look why: $(tail -n 1 "$record.log")"
}
