# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Put before dress/common.sh for a root that is made anew: its users; nothing of the build in it.

for name in operator:1001 needspass:1002 nosudo:1003; do
    user=${name%:*} id=${name#*:}
    printf '%s:x:%s:100::/home/%s:/bin/bash\n' "$user" "$id" "$user" >>/etc/passwd
    printf '%s:*:19000:0:99999:7:::\n' "$user" >>/etc/shadow
    mkdir -p "/home/$user"
    cp /etc/skel/.[!.]* "/home/$user/" 2>/dev/null || :
    chown -R "$id:100" "/home/$user"
    chmod 0700 "/home/$user"
done
printf '%s\n' 'operator ALL=(ALL) NOPASSWD: ALL' 'needspass ALL=(ALL) ALL' >/etc/sudoers.d/lab
chmod 0440 /etc/sudoers.d/lab
rm -f /etc/ssh/ssh_host_*_key* /etc/machine-id /etc/hostname
