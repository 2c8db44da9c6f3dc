import { Stage } from 'types.bicep'

@export()
var dev Stage = {
  name: 'dev'
  busSku: 'Standard'
  busUnits: 1
  busMostUnits: 1
  busPartitions: 1
  maximumInstances: 20
  instanceMemoryMB: 2048
  alwaysReady: 0
  zones: false
  storageSku: 'Standard_LRS'
  logDays: 30
  logDailyGb: 1
  tracePercent: 100
  vaultRecoveryDays: 7
  purgeProtection: false
  locked: false
  siteUpdate: 'Recreate'
  deadLetterDays: 90
  network: 'none'
  backlog: 1000
}

@export()
var prod Stage = {
  name: 'prod'
  busSku: 'Premium'
  busUnits: 1
  busMostUnits: 4
  busPartitions: 1
  maximumInstances: 39
  instanceMemoryMB: 2048
  alwaysReady: 1
  zones: false
  storageSku: 'Standard_ZRS'
  logDays: 90
  logDailyGb: 0
  tracePercent: 5
  vaultRecoveryDays: 90
  purgeProtection: true
  locked: true
  siteUpdate: 'Recreate'
  deadLetterDays: 90
  network: 'private'
  backlog: 10000
}
