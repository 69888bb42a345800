# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The private key of a certificate: used once, and taken away. Windows PowerShell knows it as RSACryptoServiceProvider;
# PowerShell 6 and newer may open the same key as one of CNG. "get_PrivateKey()" fails where there is no usable key;
# the property would be empty without a word.

$libraries += {
    function Test-PrivateKey($one) {
        $bytes = [Text.Encoding]::UTF8.GetBytes($one.Thumbprint)
        $good = $false
        try {
            $key = $one.get_PrivateKey()
            if ($key -is [Security.Cryptography.RSACryptoServiceProvider]) {
                $good = $key.VerifyData($bytes, 'SHA1', $key.SignData($bytes, 'SHA1'))
            } elseif ($null -ne $key) {
                $hash = [Security.Cryptography.HashAlgorithmName]::SHA256
                $padding = [Security.Cryptography.RSASignaturePadding]::Pkcs1
                $good = $key.VerifyData($bytes, $key.SignData($bytes, $hash, $padding), $hash, $padding)
            }
        } catch { throw ('the private key was written, but cannot be used: ' + (Get-Cause $_.Exception)) }
        if (-not $good) { throw 'the private key was written, but what it signs cannot be verified' }
    }

    # Remove-PrivateKey CERTIFICATE: takes the container of the key away; one that is gone already is no failure.
    function Remove-PrivateKey($one) {
        try { $key = $one.get_PrivateKey() } catch {
            $exception = $_.Exception
            while ($null -ne $exception.InnerException) { $exception = $exception.InnerException }
            # There is no such key set.
            if ([Runtime.InteropServices.Marshal]::GetHRForException($exception) -eq -2146893802) { return }
            throw ('the private key cannot be opened, so it was left: ' + $exception.Message)
        }
        if ($null -eq $key) { return }
        if (-not ($key -is [Security.Cryptography.RSACryptoServiceProvider])) { return $key.Key.Delete() }
        $file = $machine_keys + '\' + $key.CspKeyContainerInfo.UniqueKeyContainerName
        $key.PersistKeyInCsp = $false
        $key.Clear()
        if ([IO.File]::Exists($file)) { throw ('the private key was not removed, it stays in ' + $file) }
    }
}
