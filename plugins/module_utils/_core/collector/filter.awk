# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Between the reads and the recording: puts a space before every line of an answer, redacts secrets, cuts what is longer
# than "limit" bytes, and counts what it prints. Its first line is the word that begins every mark. For every awk: no
# intervals and no classes in regular expressions, which mawk 1.3.3 lacks, and no single quote, for the shell has it in.

function redact(text,   lower, start, out, at) {
    if (private_key) {
        if (text ~ /-----END /) private_key = 0
        return "[redacted]"
    }
    if (text ~ /-----BEGIN [A-Z ]*PRIVATE KEY-----/) {
        private_key = 1
        return "[redacted]"
    }
    lower = tolower(text)
    if (lower ~ /^[ \t]*password(_pbkdf2)?[ \t]/) {
        match(lower, /password(_pbkdf2)?/)
        return substr(text, 1, RSTART + RLENGTH - 1) " [redacted]"
    }
    if (text ~ /:\/\/[^ \t"]*:[^ \t"]*@/) gsub(/:\/\/[^ \t"]*:[^ \t"]*@/, "://[redacted]@", text)
    if (text ~ /iscsi:[^ \t"@]*@/) gsub(/iscsi:[^ \t"@]*@/, "iscsi:[redacted]@", text)
    gsub(/\$[0-9a-zA-Z]+\$[^: \t"]+/, "[redacted]", text)
    if (lower !~ /pass|secret|credentials|token/) return text
    out = ""
    lower = tolower(text)
    while (match(lower, /(password|passphrase|passwd|pass|secret|credentials|token)[a-z0-9_]*[ \t]*[=:][ \t]*/)) {
        at = RSTART + RLENGTH
        out = out substr(text, 1, at - 1) "[redacted]"
        text = substr(text, at)
        if (match(text, /^("[^"]*"|[^, \t;&]*)/)) text = substr(text, RLENGTH + 1)
        lower = tolower(text)
    }
    return out text
}
function show(line) {
    print line
    lines += 1
    bytes += length(line) + 1
}
function answer(text) {
    size += length(text) + 1
    if (size <= limit) show(" " redact(text))
    else truncated = " truncated"
}
NR == 1 {
    # Not an argument of awk: arguments can be seen by every user of the machine.
    word = $0
    next
}
index($0, word) != 1 {
    if (held) answer(last)
    held = inside
    last = $0
    next
}
{
    # The shell begins every mark with a new line, so the line held back is empty unless the answer ended without one.
    if (held && last != "") answer(last)
    held = 0
    mark = substr($0, length(word) + 2)
    if (mark ~ /^@@ finished/) {
        show(mark)
        print "@@ complete " lines " lines " bytes " bytes"
        exit
    }
    if (mark ~ /^@ end/) {
        show(mark truncated)
        inside = 0
    } else {
        show(mark)
        inside = (mark ~ /^@ /)
        size = 0
        truncated = ""
        private_key = 0
    }
}
