@export()
@description('What differs between development and production; stages.bicep has the values.')
@sealed()
type Stage = {
  @description('Standard is throttled at about 1,000 operations a second, which is some 200 to 300 deliveries; Premium is not, and alone takes a private endpoint.')
  busSku: 'Standard' | 'Premium'

  @description('Messaging units of Premium; Standard has none.')
  busUnits: 1 | 2 | 4 | 8 | 16

  @description('Whether the platform scales on exact queue lengths. That takes the data-owner role on the queues; without it, lengths are estimated by peeking.')
  exactScaling: bool

  @description('The most instances of each group that scales by itself: the HTTP functions, and each function on a queue. Some regions take no less than 40.')
  @minValue(1)
  @maxValue(1000)
  maximumInstances: int

  @description('Memory of an instance in MB.')
  instanceMemoryMB: 512 | 2048 | 4096

  @description('Instances of the function that delivers which are kept warm. With none, the first event after a quiet time may wait for minutes.')
  @minValue(0)
  @maxValue(100)
  alwaysReady: int

  @description('Redundancy of the storage account, which holds subscriptions and the attempt log. LRS is lost with its zone, ZRS with its region.')
  storageSku: 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GZRS' | 'Standard_RAGZRS'

  @description('Days for which logs are kept. They hold ids and error classes, no bodies.')
  @minValue(30)
  @maxValue(730)
  logDays: int

  @description('Days within which a deleted secret can be brought back. Fixed once the vault is made.')
  @minValue(7)
  @maxValue(90)
  vaultRecoveryDays: int

  @description('Days after which a dead letter, which holds a visitor\'s personal data, is discarded.')
  @minValue(1)
  @maxValue(3650)
  deadLetterDays: int

  @description('none: addresses of the platform. static: one outbound address, by a virtual network with a NAT gateway. private: that, and the stores behind private endpoints.')
  network: 'none' | 'static' | 'private'

  @description('How many messages may wait on a queue for a quarter of an hour before it is an alert.')
  @minValue(1)
  backlog: int
}

@export()
@description('Lets people call the admin API themselves, signed in with Entra ID and held to the tenant of their claim.')
@sealed()
type SignIn = {
  @description('Client id of the app registration.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('Type of the claim that holds a user\'s Atrium tenant, as App Service passes it on.')
  @minLength(1)
  tenantClaim: string
}
