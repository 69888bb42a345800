# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The state of a certificate in a store: "absent", "present", "present with key", and "imported" or "imported with key"
# where a change put it there. A friendly name tells that, so nothing else is ever taken away. The stores of an account
# are others for everybody, so the states of their certificates end with " for SID".
#
# A private key goes into the key set of the machine, for a network logon cannot use the one of its account; what is
# secret goes to methods of .NET alone.

$libraries += {
    $imported_name = 'preflight.azure'
    $machine_keys = [Environment]::GetFolderPath('CommonApplicationData') + '\Microsoft\Crypto\RSA\MachineKeys'

    # The name of a certificate is LOCATION\STORE|THUMBPRINT.
    function Open-Store($path, $how) {
        $location, $name = $path.Split([char[]]'|')[0].Split([char[]]'\')
        $store = New-Object Security.Cryptography.X509Certificates.X509Store $name, $location
        $store.Open($how)
        $store
    }

    function Find-Certificate($store, $path) {
        $thumbprint = $path.Split([char[]]'|')[1]
        foreach ($one in $store.Certificates) {
            if ($one.Thumbprint -eq $thumbprint) { return $one }
        }
    }

    # Get-StoreOwner PATH: " for SID" of an account's store, nothing of the machine's.
    function Get-StoreOwner($path) {
        if (-not $path.StartsWith('CurrentUser\')) { return '' }
        $sid = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
        $hive = Open-Key ('HKU\' + $sid)
        if ($null -eq $hive) { throw ('the profile of ' + $sid + ' is not loaded, so it has no store of certificates; sign in once with this account') }
        $hive.Close()
        ' for ' + $sid
    }

    function Get-CertificateState($path) {
        $owner = Get-StoreOwner $path
        $store = Open-Store $path 'ReadOnly, OpenExistingOnly'
        $one = Find-Certificate $store $path
        $state = 'absent'
        if ($null -ne $one) {
            $state = 'present'
            if (([string]$one.FriendlyName).StartsWith($imported_name)) { $state = 'imported' }
            if ($one.HasPrivateKey) { $state += ' with key' }
        }
        $store.Close()
        $state + $owner
    }

    # The secrets are a certificate, or a PFX with one key and its password, as base64.
    function Set-CertificateState($path, $state) {
        $owner = Get-StoreOwner $path
        if (-not $state.EndsWith($owner)) {
            throw ('this is the store' + $owner + ', but the wanted state is "' + $state + '"; connect with the account whose store is meant')
        }
        $found = Get-CertificateState $path
        $before = $found.Substring(0, $found.Length - $owner.Length)
        $after = $state.Substring(0, $state.Length - $owner.Length)
        $way = $before + ' > ' + $after
        if (@('absent > imported with key', 'present > imported with key') -contains $way) { return Import-KeyPair $path }
        if ($way -eq 'absent > imported') { return Import-PublicPart $path }
        if (@('imported > absent', 'imported with key > absent') -contains $way) { return Undo-Import $path $false }
        if ($way -eq 'imported with key > present') { return Undo-Import $path $true }
        throw ('a certificate that is ' + $before + ' is not made ' + $after + ': only what a change of this collection imported is taken away')
    }

    function Import-PublicPart($path) {
        $bytes = [Convert]::FromBase64String($change.secrets[0])
        $one = New-Object Security.Cryptography.X509Certificates.X509Certificate2 (, $bytes)
        if (-not $path.EndsWith('|' + $one.Thumbprint)) { throw ('what arrived is another certificate: ' + $one.Thumbprint) }
        $one.FriendlyName = $imported_name
        $store = Open-Store $path 'ReadWrite'
        $store.Add($one)
        $store.Close()
    }

    # The key is used once before the certificate is added; a key that cannot be used is taken away again.
    function Import-KeyPair($path) {
        $pair = New-Object Security.Cryptography.X509Certificates.X509Certificate2Collection
        $flags = [Security.Cryptography.X509Certificates.X509KeyStorageFlags]'MachineKeySet, PersistKeySet'
        try {
            $pair.Import([Convert]::FromBase64String($change.secrets[0]), [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($change.secrets[1])), $flags)
        } catch { throw ('the private key could not be written to ' + $machine_keys + ' (' + (Get-Cause $_.Exception) + '); see who may write there') }
        foreach ($one in $pair) {
            try {
                if (-not $path.EndsWith('|' + $one.Thumbprint)) { throw ('what arrived is another certificate: ' + $one.Thumbprint) }
                Test-PrivateKey $one
                $store = Open-Store $path 'ReadWrite'
                $old = Find-Certificate $store $path
                $one.FriendlyName = $imported_name
                if ($null -ne $old -and $old.FriendlyName) { $one.FriendlyName = $imported_name + ': ' + $old.FriendlyName }
                $store.Add($one)
                $store.Close()
            } catch {
                $cause = Get-Cause $_.Exception
                try { Remove-PrivateKey $one } catch { $cause += '; its key stays in ' + $machine_keys + ' (' + (Get-Cause $_.Exception) + ')' }
                throw $cause
            }
        }
    }

    # Undo-Import PATH KEEP: takes away the key and the certificate; one that was there without a key stays.
    function Undo-Import($path, $keep) {
        $store = Open-Store $path 'ReadWrite'
        $one = Find-Certificate $store $path
        $bytes = $one.RawData
        $plain = New-Object Security.Cryptography.X509Certificates.X509Certificate2 (, $bytes)
        $name = ([string]$one.FriendlyName).Replace($imported_name + ': ', '')
        if ($name -ne $imported_name) { $plain.FriendlyName = $name }
        if ($one.HasPrivateKey) { Remove-PrivateKey $one }
        # Only a certificate that is added anew forgets that it had a key.
        $store.Remove($one)
        if ($keep) { $store.Add($plain) }
        $store.Close()
    }
}
