targetScope = 'subscription'

import { check } from 'door.bicep'
import { Budget, Door, Portal, SignIn, Stage } from 'types.bicep'

@description('Name of the environment in azd. The name of the resource group contains it.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything. It must offer Flex Consumption: az functionapp list-flexconsumption-locations.')
@minLength(1)
param location string

@description('What differs between development and production.')
param stage Stage

@description('Who gets the alerts. With nobody, they show in the portal only.')
@maxLength(20)
param alertEmails string[] = []

@description('Object ids of the groups of those who run the app. Without them nobody can recover or look at data.')
@maxLength(10)
param operators string[] = []

@description('Object ids of the identities that put events on the queue. Without them, events come over HTTP only.')
@maxLength(10)
param publishers string[] = []

@description('Another value gives the vault another name, while a deleted one holds the first. Empty at first.')
@maxLength(10)
param vaultGeneration string = ''

@description('Sign-in of people to the admin API; without it, only function keys open it.')
param signIn SignIn?

@description('From where the app may be called. Without it, from everywhere.')
param door Door = { sources: [], frontDoorId: '', deployments: [] }

@description('Addresses of the virtual network: a /24 or more. Empty: 10.90.0.0/24. Fixed once the network is made.')
param networkPrefix string = ''

@description('Where the admin\'s page may be shown, and how it looks.')
param portal Portal = { frameAncestors: [], returnUrl: '', accent: '' }

@description('What a month may cost before people are told. Without it, nobody is.')
param budget Budget?

@description('The commit that is deployed. The resource group notes it, and the workflow refuses an older one.')
param commit string = ''

var tags = { 'azd-env-name': environmentName }

// The stage, and which variables of docs/deploy.md are set. The hook preprovision refuses to leave one out.
var deployed = join(
  concat(
    [stage.name],
    map(
      filter(
        [
          { name: 'ALERT_EMAILS', isSet: !empty(alertEmails) }
          { name: 'OPERATORS', isSet: !empty(operators) }
          { name: 'PUBLISHERS', isSet: !empty(publishers) }
          { name: 'VAULT_GENERATION', isSet: !empty(vaultGeneration) }
          { name: 'NETWORK_PREFIX', isSet: !empty(networkPrefix) }
          { name: 'SIGN_IN_CLIENT_ID', isSet: signIn != null }
          { name: 'TENANT_CLAIM', isSet: !contains(['', 'tenant'], signIn.?tenantClaim ?? '') }
          { name: 'ALLOWED_SOURCES', isSet: !empty(door.sources) }
          { name: 'FRONT_DOOR_ID', isSet: !empty(door.frontDoorId) }
          { name: 'DEPLOYMENT_SOURCES', isSet: !empty(door.deployments) }
          { name: 'FRAME_ANCESTORS', isSet: !empty(portal.frameAncestors) }
          { name: 'RETURN_URL', isSet: !empty(portal.returnUrl) }
          { name: 'ACCENT', isSet: !empty(portal.accent) }
          { name: 'BUDGET', isSet: budget != null }
        ],
        variable => variable.isSet
      ),
      variable => variable.name
    )
  ),
  ' '
)

// The same file that the emulator reads: a queue is declared once.
var queues = loadJsonContent('../src/Local/Emulators/config.json', '$.UserConfig.Namespaces[0].Queues')
var deliveries = filter(queues, queue => queue.Name == 'deliveries')[0].Properties

// Azure takes Prod for prod, and West Europe for westeurope. What is hashed has to as well, and each id has the group's
// name in it.
var environmentKey = toLower(environmentName)

// Globally unique, and the same at every deployment of this environment.
var suffix = uniqueString(subscription().id, environmentKey, toLower(replace(location, ' ', '')))

// Named here, so that roles, alerts and workbook know before the deployment what they refer to.
var workspaceName = 'log-atrium-${suffix}'
var insightsName = 'appi-atrium-${suffix}'
var busName = 'sb-atrium-${suffix}'
var storageName = 'statrium${suffix}'
var hostStorageName = 'sthost${suffix}'
var vaultName = 'kv-atrium-${empty(vaultGeneration) ? suffix : uniqueString(suffix, vaultGeneration)}'

// The most that an unpartitioned queue takes. Dead letters and parked messages count.
var queueMegabytes = stage.busSku == 'Premium' ? 81920 : 5120

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-atrium-${environmentKey}'
  location: location
  tags: union(tags, { atrium_deployed: deployed }, empty(commit) ? {} : { atrium_commit: commit })
}

module identity 'identity.bicep' = {
  scope: group
  params: { suffix: suffix, location: location, tags: tags }
}

module logs 'logs.bicep' = {
  scope: group
  params: {
    workspaceName: workspaceName
    insightsName: insightsName
    location: location
    tags: tags
    retentionDays: stage.logDays
    dailyGb: stage.logDailyGb
  }
}

module network 'network.bicep' = if (stage.network != 'none') {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    endpoints: stage.network == 'private'
    prefix: empty(networkPrefix) ? '10.90.0.0/24' : networkPrefix
  }
}

module bus 'bus.bicep' = {
  scope: group
  params: {
    name: busName
    location: location
    tags: tags
    sku: stage.busSku
    units: stage.busUnits
    mostUnits: stage.busMostUnits
    partitions: stage.busPartitions
    queues: queues
    queueMegabytes: queueMegabytes
    public: stage.network != 'private'
    workspaceId: logs.outputs.workspaceId
  }
}

module hostStorage 'storage.bicep' = {
  scope: group
  params: {
    name: hostStorageName
    holds: 'blobs'
    location: location
    tags: tags
    sku: stage.storageSku
    public: stage.network != 'private'
  }
}

module storage 'storage.bicep' = {
  scope: group
  params: {
    name: storageName
    holds: 'tables'
    location: location
    tags: tags
    sku: stage.storageSku
    public: stage.network != 'private'
  }
}

module vault 'vault.bicep' = {
  scope: group
  params: {
    name: vaultName
    location: location
    tags: tags
    recoveryDays: stage.vaultRecoveryDays
    purgeProtection: stage.purgeProtection
    public: stage.network != 'private'
    workspaceId: logs.outputs.workspaceId
  }
}

module grants 'grants.bicep' = {
  scope: group
  params: {
    // What-if cannot predict a new identity's roles. They are in a module of their own, so it predicts all the rest.
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    busName: busName
    queueNames: map(queues, queue => queue.Name)
    hostStorageName: hostStorageName
    storageName: storageName
    vaultName: vaultName
    insightsName: insightsName
  }
  dependsOn: [bus, hostStorage, storage, vault, logs]
}

module senders 'publishers.bicep' = if (!empty(publishers)) {
  scope: group
  params: { publishers: publishers, busName: busName }
  dependsOn: [bus]
}

module people 'operators.bicep' = if (!empty(operators)) {
  scope: group
  params: {
    groups: operators
    busName: busName
    hostStorageName: hostStorageName
    storageName: storageName
    vaultName: vaultName
  }
  dependsOn: [bus, hostStorage, storage, vault]
}

module locks 'locks.bicep' = if (stage.locked) {
  scope: group
  params: { hostStorageName: hostStorageName, storageName: storageName, busName: busName, vaultName: vaultName }
  dependsOn: [bus, hostStorage, storage, vault]
}

module endpoints 'endpoints.bicep' = if (stage.network == 'private') {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    networkId: network!.outputs.networkId
    subnetId: network!.outputs.endpointSubnetId
    hostStorageId: hostStorage.outputs.id
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    busId: bus.outputs.id
    bus: stage.busSku == 'Premium'
  }
}

module app 'app.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    stage: stage
    signIn: signIn
    door: check(door)
    portal: portal
    identityId: identity.outputs.id
    clientId: identity.outputs.clientId
    subnetId: network.?outputs.deliverySubnetId
    busHost: bus.outputs.host
    lockDuration: deliveries.LockDuration
    hostStorageName: hostStorageName
    blobUri: hostStorage.outputs.blobUri
    tableUri: storage.outputs.tableUri
    deploymentContainer: hostStorage.outputs.deploymentContainer
    backupContainer: hostStorage.outputs.backupContainer
    vaultUri: vault.outputs.uri
    insightsConnectionString: logs.outputs.insightsConnectionString
    workspaceId: logs.outputs.workspaceId
  }
  dependsOn: [grants]
}

module alerts 'alerts.bicep' = {
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    emails: alertEmails
    backlog: stage.backlog
    queueMegabytes: queueMegabytes
    busName: busName
    busSku: stage.busSku
    storageName: storageName
    vaultName: vaultName
    gateway: stage.network != 'none'
    workspaceName: workspaceName
    logDailyGb: stage.logDailyGb
    insightsName: insightsName
    appUri: app.outputs.uri
  }
}

module spending 'budget.bicep' = if (budget != null) {
  scope: group
  params: { budget: budget!, peopleId: alerts.outputs.peopleId }
}

module workbook 'workbook.bicep' = {
  scope: group
  params: { location: location, tags: tags, workspaceName: workspaceName, busName: busName }
  dependsOn: [bus, logs]
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_FUNCTIONS_NAME string = app.outputs.name
output SERVICE_FUNCTIONS_URI string = app.outputs.uri

@description('Where publishers send events: the queue visitor-events of this namespace.')
output SERVICE_BUS_HOST string = bus.outputs.host

@description('The address that receivers may put on their allow list; empty when the platform chooses.')
output OUTBOUND_ADDRESS string = network.?outputs.?address ?? ''
