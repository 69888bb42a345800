# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# An old server's cryptography: SHA-1 host key, old key exchange, old cipher.
mkdir -p /etc/ssh/sshd_config.d
printf '%s\n' 'PidFile none' 'HostKey /etc/ssh/ssh_host_rsa_key' 'HostKeyAlgorithms ssh-rsa' \
    'KexAlgorithms diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha1' 'Ciphers aes128-cbc' 'MACs hmac-sha1' \
    'PubkeyAcceptedAlgorithms ssh-rsa,ssh-ed25519' >/etc/ssh/sshd_config.d/lab.conf
