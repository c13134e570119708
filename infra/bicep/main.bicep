// Sluice on Azure: three function apps, the queue that rings and the tables that remember.
//   azd up
//   az deployment sub create --location LOCATION --template-file infra/bicep/main.bicep --parameters environmentName=NAME location=LOCATION
targetScope = 'subscription'

@description('A source: its name in the URL, the provider that knows its sender, how many signing secrets it has (two while one replaces the other, none for a sender that brings its own), and whether its sender is asked what it sent.')
type source = {
  name: string
  provider: string
  secrets: int?
  reconcile: bool?
}

@description('Names this installation; several may share a subscription.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('A region with Flex Consumption.')
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Names to use in place of the made-up ones: resourceGroup, hostStorage, bookStorage, serviceBus, queue, keyVault, workspace, applicationInsights, network, ingest, process, retry.')
param names object = {}

@description('Premium has no shared throttle and can be private; it costs by the hour.')
@allowed([
  'Standard'
  'Premium'
])
param serviceBusSku string = 'Standard'

@description('Premium only.')
@allowed([
  1
  2
  4
  8
  16
])
param messagingUnits int = 1

@description('Standard_ZRS keeps the book through the loss of a data centre, where the region has three.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
])
param storageSku string = 'Standard_LRS'

@description('Days that logs and telemetry are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Who is told of alerts. Empty: they are seen in the portal only.')
param alertEmail string = ''

@description('Private endpoints and network integration; makes the Service Bus namespace Premium.')
param privateNetworking bool = false

@description('With private networking: a /22 or larger.')
param networkAddressPrefix string = '10.42.0.0/22'

@description('With private networking: addresses or CIDR ranges from which secrets are written to the vault.')
param operatorIps array = []

@description('Where webhooks come from.')
param sources source[] = [
  {
    name: 'stripe'
    provider: 'stripe'
  }
]

@description('More settings for all three apps, for example { "Sluice__Destinations__billing__Handler": "http", "Sluice__Destinations__billing__Url": "https://..." }. They win over those made here.')
@secure()
param extraSettings object = {}

@description('Ingest instances that are always warm, so that no sender waits for a cold start. 0: none, and nothing to pay while nothing comes.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 1

@description('The most instances of each app.')
param scaleLimits object = {
  ingest: 100
  process: 40
  retry: 40
}

@description('When the retry app sweeps: seconds, minutes, hours, days, months, weekdays, in UTC.')
param retrySchedule string = '0 * * * * *'

@description('An alert says when nothing was accepted from a source for so many hours. 0: nobody minds.')
@minValue(0)
@maxValue(48)
param silentHours int = 24

@description('An alert says when the oldest unfinished delivery is later than so many seconds.')
param lateSeconds int = 600

@description('An alert says when more dead letters than this lie in the queue.')
param deadLetterLimit int = 100

@description('A deleted vault then keeps its name for 90 days. Cannot be taken back.')
param purgeProtection bool = false

@description('Object id of the person or pipeline that deploys, who may then write the sources\' secrets. Empty: grant Key Vault Secrets Officer yourself.')
param principalId string = ''

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
}

var resourceGroupName = names.?resourceGroup ?? 'rg-${environmentName}'
var hostStorageName = names.?hostStorage ?? 'sthosts${token}'
var bookStorageName = names.?bookStorage ?? 'stbook${token}'
var serviceBusName = names.?serviceBus ?? 'sb-sluice-${token}'
var queueName = names.?queue ?? 'events'
var keyVaultName = names.?keyVault ?? 'kv-${token}'
var workspaceName = names.?workspace ?? 'log-sluice-${token}'
var applicationInsightsName = names.?applicationInsights ?? 'appi-sluice-${token}'
var networkName = names.?network ?? 'vnet-sluice-${token}'
var ingestName = names.?ingest ?? 'func-ingest-${token}'
var processName = names.?process ?? 'func-process-${token}'
var retryName = names.?retry ?? 'func-retry-${token}'

// The hosts share two containers for locks and keys; each app's package lies in its own.
var sharedContainers = [
  'azure-webjobs-hosts'
  'azure-webjobs-secrets'
]
var ingestContainer = 'deploy-ingest'
var processContainer = 'deploy-process'
var retryContainer = 'deploy-retry'

// 16 requests at once on one instance: they wait for the network, and an instance is paid by its active time.
var httpConcurrency = 16
// The smallest: with few webhooks the bill is memory times seconds.
var instanceMemoryMB = 512

var sourceSettings = toObject(sources, item => 'Sluice__Sources__${item.name}__Provider', item => item.provider)

// Vault names have no underscore, source names no hyphen: source order_desk has its first secret in source-order-desk-0.
var secretEntries = flatten(map(sources, item => map(range(0, item.?secrets ?? 1), i => {
  setting: 'Sluice__Sources__${item.name}__Secrets__${i}'
  secret: 'source-${replace(item.name, '_', '-')}-${i}'
})))
var secretSettings = toObject(secretEntries, item => item.setting, item => '@Microsoft.KeyVault(SecretUri=https://${keyVaultName}${environment().suffixes.keyvaultDns}/secrets/${item.secret})')

// What the retry app asks a sender's own log with; the rest of the section Reconcile is for extraSettings. Source order_desk has it in source-order-desk-reconcile.
var reconciled = filter(sources, item => item.?reconcile ?? false)
var tokenSettings = toObject(reconciled, item => 'Sluice__Sources__${item.name}__Reconcile__Token', item => '@Microsoft.KeyVault(SecretUri=https://${keyVaultName}${environment().suffixes.keyvaultDns}/secrets/source-${replace(item.name, '_', '-')}-reconcile)')

var sharedSettings = {
  Tables__serviceUri: 'https://${bookStorageName}.table.${environment().suffixes.storage}'
  TablePrefix: 'Sluice'
  ServiceBus__fullyQualifiedNamespace: '${serviceBusName}.servicebus.windows.net'
  EventQueue: queueName
}
var retryOnlySettings = {
  RetrySchedule: retrySchedule
}

var ingestSettings = union(sharedSettings, sourceSettings, secretSettings, extraSettings)
var processSettings = union(sharedSettings, sourceSettings, extraSettings)
// Secrets too: it verifies refused requests again when an operator asks; alone it asks the senders' logs.
var retrySettings = union(sharedSettings, retryOnlySettings, sourceSettings, secretSettings, tokenSettings, extraSettings)

resource group 'Microsoft.Resources/resourceGroups@2021-04-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    location: location
    tags: tags
    workspaceName: workspaceName
    applicationInsightsName: applicationInsightsName
    retentionDays: logRetentionDays
  }
}

module hostStorage 'modules/storage.bicep' = {
  name: 'storage-hosts'
  scope: group
  params: {
    location: location
    tags: tags
    name: hostStorageName
    sku: storageSku
    containers: concat(sharedContainers, [
      ingestContainer
      processContainer
      retryContainer
    ])
    private: privateNetworking
  }
}

module bookStorage 'modules/storage.bicep' = {
  name: 'storage-book'
  scope: group
  params: {
    location: location
    tags: tags
    name: bookStorageName
    sku: storageSku
    tables: [
      'SluiceBook'
      'SluiceIndex'
      'SluiceQuarantine'
    ]
    private: privateNetworking
  }
}

module serviceBus 'modules/servicebus.bicep' = {
  name: 'servicebus'
  scope: group
  params: {
    location: location
    tags: tags
    name: serviceBusName
    sku: privateNetworking ? 'Premium' : serviceBusSku
    messagingUnits: messagingUnits
    queueName: queueName
    private: privateNetworking
    operatorId: principalId
  }
}

module keyVault 'modules/keyvault.bicep' = {
  name: 'keyvault'
  scope: group
  params: {
    location: location
    tags: tags
    name: keyVaultName
    workspaceId: monitoring.outputs.workspaceId
    writerId: principalId
    purgeProtection: purgeProtection
    private: privateNetworking
    operatorIps: operatorIps
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  name: 'network'
  scope: group
  params: {
    location: location
    tags: tags
    name: networkName
    addressPrefix: networkAddressPrefix
    hostStorageId: hostStorage.outputs.id
    bookStorageId: bookStorage.outputs.id
    serviceBusId: serviceBus.outputs.id
    keyVaultId: keyVault.outputs.id
  }
}

module ingestIdentity 'modules/identity.bicep' = {
  name: 'identity-ingest'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'id-${ingestName}'
  }
}

module processIdentity 'modules/identity.bicep' = {
  name: 'identity-process'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'id-${processName}'
  }
}

module retryIdentity 'modules/identity.bicep' = {
  name: 'identity-retry'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'id-${retryName}'
  }
}

// Books and rings; reads the signing secrets.
module ingestRoles 'modules/roles.bicep' = {
  name: 'roles-ingest'
  scope: group
  params: {
    principalId: ingestIdentity.outputs.principalId
    hostStorageName: hostStorage.outputs.name
    hostContainers: concat(sharedContainers, [ingestContainer])
    bookStorageName: bookStorage.outputs.name
    serviceBusName: serviceBus.outputs.name
    queueName: queueName
    sends: true
    receives: false
    keyVaultName: keyVault.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
  }
}

// Hears bells, and sends the scheduled one of the next attempt.
module processRoles 'modules/roles.bicep' = {
  name: 'roles-process'
  scope: group
  params: {
    principalId: processIdentity.outputs.principalId
    hostStorageName: hostStorage.outputs.name
    hostContainers: concat(sharedContainers, [processContainer])
    bookStorageName: bookStorage.outputs.name
    serviceBusName: serviceBus.outputs.name
    queueName: queueName
    sends: true
    receives: true
    applicationInsightsName: monitoring.outputs.applicationInsightsName
  }
}

// Rings again, walks the dead letters, verifies refused requests again and asks the senders' logs, for which it reads secrets.
module retryRoles 'modules/roles.bicep' = {
  name: 'roles-retry'
  scope: group
  params: {
    principalId: retryIdentity.outputs.principalId
    hostStorageName: hostStorage.outputs.name
    hostContainers: concat(sharedContainers, [retryContainer])
    bookStorageName: bookStorage.outputs.name
    serviceBusName: serviceBus.outputs.name
    queueName: queueName
    sends: true
    receives: true
    keyVaultName: keyVault.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
  }
}

module ingest 'modules/functionapp.bicep' = {
  name: 'app-ingest'
  scope: group
  params: {
    location: location
    tags: tags
    name: ingestName
    planName: 'plan-${ingestName}'
    serviceName: 'ingest'
    hostId: 'ingest-${token}'
    identityId: ingestIdentity.outputs.id
    clientId: ingestIdentity.outputs.clientId
    hostStorageName: hostStorage.outputs.name
    deploymentContainer: ingestContainer
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    settings: ingestSettings
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: scaleLimits.ingest
    alwaysReady: alwaysReady
    httpConcurrency: httpConcurrency
    subnetId: privateNetworking ? network!.outputs.ingestSubnetId : ''
  }
  dependsOn: [
    ingestRoles
  ]
}

module process 'modules/functionapp.bicep' = {
  name: 'app-process'
  scope: group
  params: {
    location: location
    tags: tags
    name: processName
    planName: 'plan-${processName}'
    serviceName: 'process'
    hostId: 'process-${token}'
    identityId: processIdentity.outputs.id
    clientId: processIdentity.outputs.clientId
    hostStorageName: hostStorage.outputs.name
    deploymentContainer: processContainer
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    settings: processSettings
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: scaleLimits.process
    httpConcurrency: httpConcurrency
    subnetId: privateNetworking ? network!.outputs.processSubnetId : ''
  }
  dependsOn: [
    processRoles
  ]
}

module retry 'modules/functionapp.bicep' = {
  name: 'app-retry'
  scope: group
  params: {
    location: location
    tags: tags
    name: retryName
    planName: 'plan-${retryName}'
    serviceName: 'retry'
    hostId: 'retry-${token}'
    identityId: retryIdentity.outputs.id
    clientId: retryIdentity.outputs.clientId
    hostStorageName: hostStorage.outputs.name
    deploymentContainer: retryContainer
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    settings: retrySettings
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: scaleLimits.retry
    httpConcurrency: httpConcurrency
    subnetId: privateNetworking ? network!.outputs.retrySubnetId : ''
  }
  dependsOn: [
    retryRoles
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    namePrefix: 'sluice-${environmentName}'
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    queueName: queueName
    ingestAppName: ingestName
    retryAppName: retryName
    alertEmail: alertEmail
    sourceNames: map(sources, item => item.name)
    silentHours: silentHours
    lateSeconds: lateSeconds
    deadLetterLimit: deadLetterLimit
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    queueName: queueName
    ingestAppName: ingestName
    processAppName: processName
    retryAppName: retryName
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name

output SERVICE_INGEST_NAME string = ingest.outputs.name
output SERVICE_INGEST_URI string = ingest.outputs.uri
output SERVICE_PROCESS_NAME string = process.outputs.name
output SERVICE_PROCESS_URI string = process.outputs.uri
output SERVICE_RETRY_NAME string = retry.outputs.name
output SERVICE_RETRY_URI string = retry.outputs.uri

@description('What to paste into the page of the first source\'s sender, such as Stripe; the others differ in their last part.')
output WEBHOOK_URL string = '${ingest.outputs.uri}/api/webhooks/${empty(sources) ? '' : sources[0].name}'
output WEBHOOK_URLS array = [for item in sources: '${ingest.outputs.uri}/api/webhooks/${item.name}']
output OPS_URL string = '${retry.outputs.uri}/api/ops'
output VAULT_NAME string = keyVault.outputs.name
output SERVICE_BUS_NAME string = serviceBus.outputs.name
output QUEUE_NAME string = queueName
output WORKBOOK_ID string = workbook.outputs.id
