# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# A host whose logins talk before the command does: banner, shell start files, odd login shells.
mkdir -p /etc/ssh/sshd_config.d
printf '%s\n' '*** Authorised use only ***' '  @ file /etc/fstab' >/etc/ssh/banner
printf '%s\n' 'PidFile none' 'Banner /etc/ssh/banner' 'PermitUserEnvironment yes' >/etc/ssh/sshd_config.d/lab.conf
echo 'Welcome to noisy; your mailbox is full' >/etc/motd
echo 'echo "profile says hello"' >/etc/profile.d/hello.sh
for home in /root /home/needspass; do
    # Debian's bash reads .bashrc when sshd starts it: these lines come before every command's own output.
    printf '%s\n' 'echo "bashrc: you have new mail"' 'echo "bashrc: on standard error" >&2' 'printf "@ end 0\n"' \
        'export PS1="noisy> "' >"$home/.bashrc"
done
printf '%s\n' 'echo "cshrc: hello"' >/home/nosudo/.cshrc
sed -i -e 's|^\(operator:.*\):/bin/bash$|\1:/bin/mksh|' -e 's|^\(nosudo:.*\):/bin/bash$|\1:/bin/tcsh|' /etc/passwd
echo 'echo "env: hello from ENV"' >/home/operator/.mkshrc
sed -i 's|^root:\(.*\):[^:]*$|root:\1:/bin/bash|' /etc/passwd
