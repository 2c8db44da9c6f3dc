import { Stage } from 'types.bicep'

@export()
var dev Stage = {
  busSku: 'Standard'
  busUnits: 1
  exactScaling: false
  maximumInstances: 40
  instanceMemoryMB: 2048
  alwaysReady: 0
  storageSku: 'Standard_LRS'
  logDays: 30
  vaultRecoveryDays: 7
  purgeProtection: false
  siteUpdate: 'Recreate'
  deadLetterDays: 90
  network: 'none'
  backlog: 1000
}

@export()
var prod Stage = {
  busSku: 'Premium'
  busUnits: 1
  exactScaling: false
  maximumInstances: 100
  instanceMemoryMB: 2048
  alwaysReady: 1
  storageSku: 'Standard_ZRS'
  logDays: 90
  vaultRecoveryDays: 90
  purgeProtection: true
  siteUpdate: 'Recreate'
  deadLetterDays: 90
  network: 'private'
  backlog: 10000
}
