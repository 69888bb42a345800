# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The collector's library for Windows, in PowerShell 2.0 and with types of .NET 2.0, unchanged up to PowerShell 7. The
# composer sends it in one block, followed by one line per read and the call of "Start-Collection"; it only reads and
# prints nothing but the recording.
#
# How it works: every read runs in a child runspace with a time limit, for a hanging WMI provider or a dead share would
# hold this one for ever; a child that hangs is left behind and another one is made. What a read returns is lines: the
# first is its exit code, or why there is none; rows are words with tabs between them. No name that Windows translates
# is used, nothing is formatted by the culture of the machine.

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'

# Seconds for all reads, characters for one answer; the composer sets its own behind the library.
$time_limit = 60
$size_limit = 1048576

$answers = {
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    $WarningPreference = 'SilentlyContinue'
    $invariant = [Globalization.CultureInfo]::InvariantCulture

    # Invoke-Read KIND WORDS: the lines of one answer, whatever happens.
    function Invoke-Read($kind, $words) {
        $global:exit_code = 0
        try {
            $lines = @(& ('Read-' + $kind.Replace('_', '')) @words)
            [string]$global:exit_code
            $lines
        } catch {
            $word = '1'
            $exception = $_.Exception
            $said = $exception.Message
            # What a cmdlet or its module does not find says nothing of the module itself.
            $may_be_absent = $kind -ne 'objects'
            while ($null -ne $exception) {
                if ($exception.Message -like 'preflight *') { $word = $exception.Message.Substring(10) }
                if ($exception -is [UnauthorizedAccessException] -or $exception -is [Security.SecurityException]) { $word = 'unreadable' }
                $missing = $exception -is [IO.FileNotFoundException] -or $exception -is [IO.DirectoryNotFoundException]
                if ($may_be_absent -and $missing) { $word = 'absent' }
                # No such file, no such class, no such namespace, no driver that provides the class; then access denied
                # by Windows and by WMI.
                $number = [Runtime.InteropServices.Marshal]::GetHRForException($exception)
                if ($may_be_absent -and @(-2147024894, -2147217392, -2147217394, -2147217396) -contains $number) { $word = 'absent' }
                if (@(-2147024891, -2147217405) -contains $number) { $word = 'unreadable' }
                $exception = $exception.InnerException
            }
            $word
            $said
        }
    }

    # Stop-Read WORD: ends a read as absent, unreadable or timed_out.
    function Stop-Read($word) { throw ('preflight ' + $word) }

    # Join-Row WORD...: the words with tabs between them; a tab, a line break and a backslash in them are escaped.
    function Join-Row {
        $row = @()
        foreach ($word in $args) {
            $row += ([string]$word).Replace('\', '\\').Replace("`t", '\t').Replace("`r", '\r').Replace("`n", '\n')
        }
        [string]::Join("`t", [string[]]$row)
    }

    function Format-Time($time) { $time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', $invariant) }

    # Read-Environment: what the answers of this process are worth.
    function Read-Environment {
        Join-Row 'powershell' $PSVersionTable.PSVersion
        Join-Row 'clr' ([Environment]::Version)
        Join-Row 'process_bits' (8 * [IntPtr]::Size)
        Join-Row 'machine' ([Environment]::MachineName)
        $native = $env:PROCESSOR_ARCHITEW6432
        if (-not $native) { $native = $env:PROCESSOR_ARCHITECTURE }
        Join-Row 'architecture' $native
        $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
        Join-Row 'user' $identity.User
        Join-Row 'culture' ([Globalization.CultureInfo]::CurrentCulture.Name) ([Globalization.CultureInfo]::InstalledUICulture.Name)
        Join-Row 'time_zone_minutes' ([TimeZone]::CurrentTimeZone.GetUtcOffset([DateTime]::Now).TotalMinutes.ToString($invariant))
    }

    function Open-Key($path) {
        $hive, $rest = $path.Split([char[]]'\', 2)
        $root = switch ($hive) {
            'HKLM' { [Microsoft.Win32.Registry]::LocalMachine }
            'HKU' { [Microsoft.Win32.Registry]::Users }
            'HKCU' { [Microsoft.Win32.Registry]::CurrentUser }
        }
        $root.OpenSubKey($rest)
    }

    # Get-ValueRows KEY NAME: name, type and data as they are stored; one row per entry of a list.
    function Get-ValueRows($key, $name) {
        $kind = [string]$key.GetValueKind($name)
        $value = $key.GetValue($name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        if ($value -is [byte[]]) { return Join-Row $name $kind ([BitConverter]::ToString($value).Replace('-', '')) }
        if ($kind -eq 'DWord' -and $value -lt 0) { $value = [long]$value + 4294967296 }
        if ($kind -ne 'MultiString') { return Join-Row $name $kind $value }
        if (@($value).Length -eq 0) { return Join-Row $name $kind }
        foreach ($entry in @($value)) { Join-Row $name $kind $entry }
    }

    # Read-Registry KEY NAME...: rows of those values that exist; * stands for all.
    function Read-Registry($path) {
        $key = Open-Key $path
        if ($null -eq $key) { Stop-Read 'absent' }
        $existing = @($key.GetValueNames())
        $wanted = $args
        if ($args -contains '*') { $wanted = $existing }
        foreach ($name in $wanted) {
            if ($existing -contains $name) { Get-ValueRows $key $name }
        }
        $key.Close()
    }

    # Read-RegistryKeys KEY PATTERN...: the names of the keys below that match a pattern. The case is ignored here, for
    # -like ignores it by the culture, and "I" is not "i" in Turkish.
    function Read-RegistryKeys($path) {
        $key = Open-Key $path
        if ($null -eq $key) { Stop-Read 'absent' }
        foreach ($name in $key.GetSubKeyNames()) {
            foreach ($pattern in $args) {
                if ($name.ToUpperInvariant() -clike $pattern.ToUpperInvariant()) { Join-Row $name; break }
            }
        }
        $key.Close()
    }

    # Read-RegistryTree KEY NAME...: for every key below, its name before the rows of those values that exist.
    function Read-RegistryTree($path) {
        $key = Open-Key $path
        if ($null -eq $key) { Stop-Read 'absent' }
        foreach ($below in $key.GetSubKeyNames()) {
            try { $child = $key.OpenSubKey($below) } catch { Join-Row $below '' 'unreadable'; continue }
            if ($null -eq $child) { continue }
            $existing = @($child.GetValueNames())
            foreach ($name in $args) {
                if ($existing -contains $name) {
                    foreach ($row in @(Get-ValueRows $child $name)) { (Join-Row $below) + "`t" + $row }
                }
            }
            $child.Close()
        }
        $key.Close()
    }

    # Read-Wmi NAMESPACE CLASS CONDITION PROPERTY...: "-" before every object, then property and value of each that has
    # one, one row per entry of a list. The query is a synchronous one (0), and the objects are counted, for an error
    # while PowerShell enumerates a COM collection looks like its end: a failure would be an empty answer.
    function Read-Wmi($namespace, $class, $condition) {
        $query = 'select ' + [string]::Join(',', [string[]]$args) + ' from ' + $class
        if ($condition) { $query += ' where ' + $condition }
        $locator = New-Object -ComObject WbemScripting.SWbemLocator
        $service = $locator.ConnectServer('.', $namespace)
        $objects = $service.ExecQuery($query, 'WQL', 0)
        $seen = 0
        foreach ($object in $objects) {
            $seen += 1
            '-'
            foreach ($name in $args) {
                $value = $object.Properties_.Item($name).Value
                if ($null -eq $value) { continue }
                foreach ($entry in @($value)) { Join-Row $name $entry }
            }
        }
        Test-Count $objects $seen
    }

    # Test-Count COLLECTION NUMBER: fails where not every object of a COM collection was seen.
    function Test-Count($collection, $seen) {
        $count = $collection.Count
        if ($null -eq $count -or $count -ne $seen) { throw ('saw ' + $seen + ' objects of a collection of "' + $count + '"') }
    }

    # Read-Services NAME...: name, state, start mode as a number, whether delayed, account; or name and "absent".
    function Read-Services {
        foreach ($name in $args) {
            $key = Open-Key ('HKLM\SYSTEM\CurrentControlSet\Services\' + $name)
            if ($null -eq $key) { Join-Row $name 'absent'; continue }
            $state = ''
            foreach ($found in @(Get-Service -Name $name -ErrorAction SilentlyContinue)) { $state = $found.Status }
            Join-Row $name $state ($key.GetValue('Start')) ($key.GetValue('DelayedAutostart')) ($key.GetValue('ObjectName'))
            $key.Close()
        }
    }

    function Get-ExistingFile($path) {
        $file = New-Object IO.FileInfo ([Environment]::ExpandEnvironmentVariables($path))
        # "Exists" is false as well where we may not look; this fails with the reason.
        [void][IO.File]::GetAttributes($file.FullName)
        if (-not $file.Exists) { Stop-Read 'absent' }
        $file
    }

    # Read-File PATH: size in bytes, time of change, version.
    function Read-File($path) {
        $file = Get-ExistingFile $path
        $version = [Diagnostics.FileVersionInfo]::GetVersionInfo($file.FullName)
        $numbers = $version.FileMajorPart, $version.FileMinorPart, $version.FileBuildPart, $version.FilePrivatePart
        Join-Row 'size_bytes' $file.Length
        Join-Row 'modified' (Format-Time $file.LastWriteTimeUtc)
        Join-Row 'version' ([string]::Join('.', [string[]]$numbers))
    }

    # Read-Text PATH: what stands in a text file; one of more than 256 Ki characters is refused.
    function Read-Text($path) {
        $file = Get-ExistingFile $path
        $reader = New-Object IO.StreamReader ($file.Open('Open', 'Read', 'ReadWrite')), $true
        $buffer = New-Object char[] 262144
        $length = $reader.ReadBlock($buffer, 0, $buffer.Length)
        $more = $reader.Peek() -ge 0
        $reader.Close()
        if ($more) { throw ('longer than ' + $buffer.Length + ' characters') }
        New-Object string $buffer, 0, $length
    }

    # Read-Journal: the lines of all records of the changes that this collection made, each behind the name of its file.
    function Read-Journal {
        $path = [Environment]::GetFolderPath('CommonApplicationData') + '\preflight.azure\journal'
        [void][IO.File]::GetAttributes($path)
        foreach ($file in (New-Object IO.DirectoryInfo $path).GetFiles('*.record')) {
            foreach ($line in [IO.File]::ReadAllLines($file.FullName)) { Join-Row $file.Name $line }
        }
    }

    # Read-Certificates LOCATION STORE: thumbprint, subject, issuer, from, until, private key, algorithm of the signature.
    function Read-Certificates($location, $name) {
        $store = New-Object Security.Cryptography.X509Certificates.X509Store $name, $location
        $store.Open('ReadOnly, OpenExistingOnly')
        foreach ($one in $store.Certificates) {
            Join-Row $one.Thumbprint $one.Subject $one.Issuer (Format-Time $one.NotBefore) (Format-Time $one.NotAfter) $one.HasPrivateKey $one.SignatureAlgorithm.Value
        }
        $store.Close()
    }

    function Get-SocketError($exception) {
        while ($null -ne $exception) {
            if ($exception -is [Net.Sockets.SocketException]) { return [string]$exception.SocketErrorCode }
            $exception = $exception.InnerException
        }
        'Error'
    }

    # Read-Tcp MILLISECONDS NAME:PORT...: all at once; each with "open" and the address, the name of the error, or
    # "TimedOut".
    function Read-Tcp($milliseconds) {
        $tries = @()
        foreach ($target in $args) {
            $at = $target.LastIndexOf(':')
            $try = @{ target = $target; client = New-Object Net.Sockets.TcpClient; said = '' }
            try {
                $try.handle = $try.client.BeginConnect($target.Substring(0, $at), [int]$target.Substring($at + 1), $null, $null)
            } catch { $try.said = Get-SocketError $_.Exception }
            $tries += $try
        }
        $until = [DateTime]::UtcNow.AddMilliseconds([int]$milliseconds)
        foreach ($try in $tries) {
            $address = ''
            if (-not $try.said) {
                $left = [Math]::Max(0, [int]($until - [DateTime]::UtcNow).TotalMilliseconds)
                $try.said = 'TimedOut'
                if ($try.handle.AsyncWaitHandle.WaitOne($left, $false)) {
                    try {
                        $try.client.EndConnect($try.handle)
                        $address = $try.client.Client.RemoteEndPoint.Address
                        $try.said = 'open'
                    } catch { $try.said = Get-SocketError $_.Exception }
                }
            }
            Join-Row $try.target $try.said $address
            $try.client.Close()
        }
    }

    # Read-Tls MILLISECONDS NAME:PORT...: who answers with which certificate; nothing is sent but the handshake.
    function Read-Tls($milliseconds) {
        foreach ($target in $args) {
            $at = $target.LastIndexOf(':')
            $client = New-Object Net.Sockets.TcpClient
            try {
                $handle = $client.BeginConnect($target.Substring(0, $at), [int]$target.Substring($at + 1), $null, $null)
                if (-not $handle.AsyncWaitHandle.WaitOne([int]$milliseconds, $false)) {
                    Join-Row $target 'TimedOut'
                    $client.Close()
                    continue
                }
                $client.EndConnect($handle)
                $client.ReceiveTimeout = [int]$milliseconds
                $client.SendTimeout = [int]$milliseconds
                $any = [Net.Security.RemoteCertificateValidationCallback] { $true }
                $stream = New-Object Net.Security.SslStream ($client.GetStream()), $false, $any
                $stream.AuthenticateAsClient($target.Substring(0, $at))
                $seen = New-Object Security.Cryptography.X509Certificates.X509Certificate2 $stream.RemoteCertificate
                Join-Row $target 'open' $stream.SslProtocol $seen.Subject $seen.Issuer $seen.Thumbprint (Format-Time $seen.NotAfter)
            } catch { Join-Row $target (Get-SocketError $_.Exception) $_.Exception.Message }
            $client.Close()
        }
    }

    # Read-Https MILLISECONDS NAME:PORT...: what WinHTTP gets through its proxy, which services use: each with the status of
    # the answer, the number of the error, or "NotTried" after the proxy itself gave none; nothing where there is no proxy.
    function Read-Https($milliseconds) {
        $key = Open-Key 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections'
        $settings = $null
        if ($null -ne $key) { $settings = $key.GetValue('WinHttpSettings') }
        if ($null -eq $settings -or $settings.Length -lt 12 -or ($settings[8] -band 2) -eq 0) { return }
        $dead = $false
        foreach ($target in $args) {
            $said = 'NotTried'
            if (-not $dead) {
                try {
                    $request = New-Object -ComObject WinHttp.WinHttpRequest.5.1
                    $limit = [int]$milliseconds
                    [void]$request.SetTimeouts($limit, $limit, $limit, $limit)
                    [void]$request.Open('HEAD', 'https://' + $target + '/robots.txt', $false)
                    [void]$request.Send()
                    $said = $request.Status
                } catch {
                    $exception = $_.Exception
                    while ($null -ne $exception) {
                        $number = [Runtime.InteropServices.Marshal]::GetHRForException($exception)
                        $exception = $exception.InnerException
                    }
                    $said = '0x' + $number.ToString('X8')
                    # Nobody answered within the limit, or no connection was possible.
                    $dead = @(-2147012894, -2147012867) -contains $number
                }
            }
            Join-Row $target $said
        }
    }

    # Read-Names NAME...: each with one of its addresses per row, or with the name of the error.
    function Read-Names {
        foreach ($name in $args) {
            try {
                foreach ($address in [Net.Dns]::GetHostAddresses($name)) { Join-Row $name 'address' $address }
            } catch { Join-Row $name (Get-SocketError $_.Exception) }
        }
    }

    # Read-Program LINE SECONDS: what a program prints; its exit code ends the answer. A program that takes too long is
    # ended with all that it started.
    function Read-Program($line, $seconds) {
        $start = New-Object Diagnostics.ProcessStartInfo
        $start.FileName = $env:ComSpec
        $start.Arguments = '/d /s /c "' + $line + ' 2>&1"'
        $start.UseShellExecute = $false
        $start.CreateNoWindow = $true
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        $stream = $process.StandardOutput.BaseStream
        $buffer = New-Object byte[] 65536
        $whole = New-Object IO.MemoryStream
        $until = [DateTime]::UtcNow.AddSeconds([int]$seconds)
        while ($true) {
            $left = [Math]::Max(0, [int]($until - [DateTime]::UtcNow).TotalMilliseconds)
            $handle = $stream.BeginRead($buffer, 0, $buffer.Length, $null, $null)
            if (-not $handle.AsyncWaitHandle.WaitOne($left, $false)) {
                [void][Diagnostics.Process]::Start($env:SystemRoot + '\System32\taskkill.exe', '/f /t /pid ' + $process.Id)
                Stop-Read 'timed_out'
            }
            $length = $stream.EndRead($handle)
            if ($length -le 0) { break }
            if ($whole.Length -lt 2097152) { $whole.Write($buffer, 0, $length) }
        }
        $process.WaitForExit()
        $global:exit_code = $process.ExitCode
        $page = (Open-Key 'HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage').GetValue('OEMCP')
        [Text.Encoding]::GetEncoding([int]$page).GetString($whole.ToArray())
    }

    # Read-Firewall GROUP...: profiles, what group policy does, and inbound rules that are enabled or of these groups.
    function Read-Firewall {
        $policy = New-Object -ComObject HNetCfg.FwPolicy2
        foreach ($type in 1, 2, 4) {
            Join-Row 'profile' $type ($policy.FirewallEnabled($type)) ($policy.BlockAllInboundTraffic($type)) ($policy.DefaultInboundAction($type))
        }
        Join-Row 'policy' $policy.LocalPolicyModifyState $policy.CurrentProfileTypes
        $rules = $policy.Rules
        $seen = 0
        foreach ($rule in $rules) {
            $seen += 1
            if ($rule.Direction -ne 1) { continue }
            if (-not $rule.Enabled -and $args -notcontains $rule.Grouping) { continue }
            Join-Row 'rule' $rule.Name $rule.Grouping $rule.Enabled $rule.Action $rule.Protocol $rule.LocalPorts $rule.RemoteAddresses $rule.Profiles $rule.ApplicationName $rule.ServiceName
        }
        Test-Count $rules $seen
    }

    # Read-GroupMembers SID: the identity and the name of every member of a local group.
    function Read-GroupMembers($sid) {
        $identity = New-Object Security.Principal.SecurityIdentifier $sid
        $name = $identity.Translate([Security.Principal.NTAccount]).Value
        $group = [ADSI]('WinNT://./' + $name.Substring($name.IndexOf('\') + 1) + ',group')
        foreach ($member in @($group.psbase.Invoke('Members'))) {
            $bytes = $member.GetType().InvokeMember('objectSid', 'GetProperty', $null, $member, $null)
            $path = $member.GetType().InvokeMember('ADsPath', 'GetProperty', $null, $member, $null)
            $who = New-Object Security.Principal.SecurityIdentifier ([byte[]]$bytes), 0
            Join-Row $who $path
        }
    }

    # Read-Objects MODULE LINE PROPERTY...: "-" before every object that the cmdlets of a module return, then property and
    # value as in Read-Wmi; "A.B" is the property B of what stands in A.
    function Read-Objects($module, $line) {
        if (-not (Get-Module -Name $module)) {
            if (-not (Get-Module -ListAvailable -Name $module)) { Stop-Read 'absent' }
            Import-Module -Name $module
        }
        foreach ($object in @(& ([ScriptBlock]::Create($line)))) {
            if ($null -eq $object) { continue }
            '-'
            foreach ($name in $args) {
                $value = $object
                foreach ($part in $name.Split([char[]]'.')) {
                    if ($null -ne $value) { $value = $value.$part }
                }
                if ($null -eq $value) { continue }
                foreach ($entry in @($value)) { Join-Row $name $entry }
            }
        }
    }
}

# What a child runs first; a script that changes the machine adds its own functions.
$libraries = @($answers)
$state = @{ lines = 0; bytes = 0; out = $null; child = $null; until = [DateTime]::UtcNow; input = $args[0] }

# Send-Line TEXT: bytes to a console, whose code page would destroy what is not English; a string to any other host.
function Send-Line($text) {
    $bytes = [Text.Encoding]::UTF8.GetBytes($text)
    $state.lines += 1
    $state.bytes += $bytes.Length + 1
    if ($null -eq $state.out) { return [Text.Encoding]::UTF8.GetString($bytes) }
    $state.out.Write($bytes, 0, $bytes.Length)
    $state.out.WriteByte(10)
    $state.out.Flush()
}

function Get-Seconds {
    $epoch = New-Object DateTime 1970, 1, 1, 0, 0, 0, ([DateTimeKind]::Utc)
    ([DateTime]::UtcNow - $epoch).TotalSeconds.ToString('F3', [Globalization.CultureInfo]::InvariantCulture)
}

function Get-Child {
    if ($null -eq $state.child) {
        $state.child = [Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace()
        $state.child.Open()
        $shell = [Management.Automation.PowerShell]::Create()
        $shell.Runspace = $state.child
        $text = ''
        foreach ($library in $libraries) { $text += $library.ToString() + "`n" }
        [void]$shell.AddScript($text, $false)
        [void]$shell.Invoke()
        $shell.Dispose()
        # What is secret is never an argument of a command, for these may be logged.
        $state.child.SessionStateProxy.SetVariable('data', $state.input)
    }
    $state.child
}

function Hide-Secrets($text) {
    $text = [regex]::Replace($text, '://[^\s/:@]*:[^\s/@]*@', '://[redacted]@')
    [regex]::Replace($text, '((?:[Pp]assword|[Pp]asswd|PASSWORD|[Pp]wd|[Ss]ecret|[Tt]oken)\s*[=:]\s*)[^\s;,]+', '$1[redacted]')
}

# Read-Answer SECONDS KIND WORD...: one read and its answer.
function Read-Answer($seconds, $kind) { Send-Answer $seconds $kind $args }

function Send-Answer($seconds, $kind, $words) {
    Send-Line ('@ ' + [string]::Join(' ', [string[]](@($kind) + $words)))
    $left = [Math]::Min([double]$seconds, ($state.until - [DateTime]::UtcNow).TotalSeconds)
    if ($left -le 0) { return Send-Line '@ end - not_run' }
    $shell = [Management.Automation.PowerShell]::Create()
    $shell.Runspace = Get-Child
    [void]$shell.AddCommand('Invoke-Read').AddArgument($kind).AddArgument([object[]]$words)
    $handle = $shell.BeginInvoke()
    if (-not $handle.AsyncWaitHandle.WaitOne([int](1000 * $left), $false)) {
        [void]$shell.BeginStop($null, $null)
        $state.child = $null
        return Send-Line '@ end - timed_out'
    }
    try { $lines = @($shell.EndInvoke($handle)) } catch { $lines = '1', $_.Exception.Message }
    $shell.Dispose()
    $size = 0
    $truncated = ''
    for ($number = 1; $number -lt $lines.Length; $number++) {
        foreach ($line in (Hide-Secrets ([string]$lines[$number])).Replace("`r`n", "`n").Replace("`r", "`n").Split([char[]]"`n")) {
            $size += $line.Length + 1
            if ($size -gt $size_limit) { $truncated = ' truncated' } else { Send-Line (' ' + $line) }
        }
    }
    $code = [string]$lines[0]
    if ($code -notmatch '^[0-9]+$') {
        if (@('absent', 'unreadable', 'timed_out') -contains $code) { $code = '- ' + $code } else { $code = '1' }
    }
    Send-Line ('@ end ' + $code + $truncated)
}

function Start-Collection {
    if ($Host.Name -eq 'ConsoleHost') { $state.out = [Console]::OpenStandardOutput() }
    $state.until = [DateTime]::UtcNow.AddSeconds($time_limit)
    $principal = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
    $user = 1
    if ($principal.IsInRole([Security.Principal.SecurityIdentifier]'S-1-5-32-544')) { $user = 0 }
    Send-Line '@@ preflight-recording 1'
    Send-Line '@@ platform windows'
    Send-Line ('@@ user ' + $user)
    Send-Line ('@@ started ' + (Get-Seconds))
    Invoke-Reads
    Send-Line ('@@ finished ' + (Get-Seconds))
    Send-Line ('@@ complete ' + $state.lines + ' lines ' + $state.bytes + ' bytes')
    # A read that hangs must not hold the process.
    if ($null -ne $state.out) { [Environment]::Exit(0) }
}
