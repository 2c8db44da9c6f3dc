@export()
@description('What differs between development and production; stages.bicep has the values.')
@sealed()
type Stage = {
  @description('Its name, as ATRIUM_STAGE has it. A hook compares it with that of the last deployment.')
  name: 'dev' | 'prod'

  @description('Standard: 1,000 credits, which are 250 deliveries, a second. Private endpoints need Premium.')
  busSku: 'Standard' | 'Premium'

  @description('Messaging units of Premium; Standard has none.')
  busUnits: 1 | 2 | 4 | 8 | 16

  @description('Messaging units up to which Premium grows by itself while it is busy. With busUnits, it does not.')
  busMostUnits: 1 | 2 | 4 | 8 | 16

  @description('Brokers of Premium that share its queues. Fixed once the namespace is made. busUnits is a multiple.')
  busPartitions: 1 | 2 | 4

  @description('Messages at once on each queue in an instance. If not set, as many as host.json says.')
  @minValue(1)
  maxConcurrentCalls: int?

  @description('The most instances of the HTTP functions and of each queue function. docs/deploy.md says why not more.')
  @minValue(1)
  @maxValue(625)
  maximumInstances: int

  @description('Memory of an instance in MB.')
  instanceMemoryMB: 512 | 2048 | 4096

  @description('Always-on instances for HTTP, FanOut and Deliver each. With 0, a first event may wait for minutes.')
  @minValue(0)
  @maxValue(100)
  alwaysReady: int

  @description('Instances in several zones. Then two are always on for HTTP and for each other function. Needs ZRS.')
  zones: bool

  @description('Redundancy of the stores. LRS is lost with its zone, ZRS with its region. ZRS or not: fixed once made.')
  storageSku: 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GZRS' | 'Standard_RAGZRS'

  @description('Days of logs, which hold ids and no bodies. Of Application Insights Azure keeps 90 if this is less.')
  @minValue(30)
  @maxValue(730)
  logDays: int

  @description('GB of logs a day after which no more are taken until the next; 0: the 1,000 of Application Insights.')
  @minValue(0)
  logDailyGb: int

  @description('Percent of traces that host and app keep. The app\'s log lines, which the alerts read, are all kept.')
  @minValue(1)
  @maxValue(100)
  tracePercent: int

  @description('Days within which a deleted secret can be brought back. Fixed once the vault is made.')
  @minValue(7)
  @maxValue(90)
  vaultRecoveryDays: int

  @description('Whether a deleted vault can be purged by nobody before these days are over. Cannot be undone.')
  purgeProtection: bool

  @description('Whether locks keep stores and queues from being deleted. To make them takes User Access Administrator.')
  locked: bool

  @description('Recreate ends what runs at a release or a change of settings. RollingUpdate, a preview, drains it.')
  siteUpdate: 'Recreate' | 'RollingUpdate'

  @description('Days after which a dead letter or a parked delivery is discarded. Both hold visitors\' personal data.')
  @minValue(1)
  @maxValue(3650)
  deadLetterDays: int

  @description('none: the platform\'s addresses. static: one, by a NAT gateway. private: also private endpoints.')
  network: 'none' | 'static' | 'private'

  @description('How many messages may wait on a queue for a quarter of an hour before there is an alert.')
  @minValue(1)
  backlog: int

  @description('More settings of the app, by name. A deployment takes away what was set by hand.')
  moreSettings: { *: string }?
}

@export()
@description('Lets people call the admin API themselves, signed in with Entra ID, for their claim\'s tenant only.')
@sealed()
type SignIn = {
  @description('Client id of the app registration.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('Type of the claim that holds a user\'s Atrium tenant, as App Service passes it on. Empty: tenant.')
  tenantClaim: string
}

@export()
@description('Where the admin\'s page may be shown, and how it looks. docs/portal.md explains it.')
@sealed()
type Portal = {
  @description('Origins whose pages may embed it, such as https://app.example.com. With none, no page may.')
  frameAncestors: string[]

  @description('Where somebody goes who has opened it without a session; empty: nowhere.')
  returnUrl: string

  @description('Colour of buttons and links, as #rrggbb, at least 4.5 : 1 on white; empty: the page\'s own.')
  accent: string
}

@export()
@description('Who may call the app. An address range such as 203.0.113.0/24, or a service tag of Azure.')
@sealed()
type Door = {
  @description('Sources of calls to the API. With none, everybody may call, and the function key decides.')
  sources: string[]

  @description('Id of the Front Door profile that the service tag AzureFrontDoor.Backend stands for; empty: any.')
  frontDoorId: string

  @description('Sources of deployments. With none, any, and Entra ID decides.')
  deployments: string[]
}

@export()
@description('What a month may cost before people are told.')
@sealed()
type Budget = {
  @description('In the currency of the bill.')
  @minValue(1)
  amount: int

  @description('First day of the month in which the budget is made, such as 2026-12-01. Azure lets nobody change it.')
  @minLength(10)
  @maxLength(10)
  from: string
}
