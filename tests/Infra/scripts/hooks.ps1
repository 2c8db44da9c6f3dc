# Runs hooks one after the other, since what takes time is to start PowerShell. Reads a line of JSON for each, with
# script and environment, and answers with a line of JSON: exit code and output. It is always 1000, and nobody sleeps.
function global:Start-Sleep($Seconds) { "sleep $Seconds" >> $env:CALLS }
function global:Get-Date { '1000' }

while ($line = [Console]::In.ReadLine()) {
  $case = ConvertFrom-Json $line -AsHashtable
  $case.environment.GetEnumerator() | ForEach-Object { Set-Item "env:$($_.Key)" $_.Value }
  $errors = [IO.StringWriter]::new()
  [Console]::SetError($errors)
  $global:LASTEXITCODE = 0
  try {
    $output = & $case.script *>&1 | Out-String -Width 1000
    $code = $LASTEXITCODE
  } catch {
    $output, $code = "$_", 1
  }
  $case.environment.Keys | ForEach-Object { Remove-Item "env:$_" -ErrorAction Ignore }
  [Console]::Out.WriteLine((@{ code = $code; output = "$output$errors" } | ConvertTo-Json -Compress))
}
