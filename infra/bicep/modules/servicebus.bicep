// The bell: one namespace, one queue.
param location string
param tags object

@minLength(6)
@maxLength(50)
param name string

@allowed([
  'Standard'
  'Premium'
])
param sku string

@description('Premium only.')
@allowed([
  1
  2
  4
  8
  16
])
param messagingUnits int

param queueName string

@description('Reached over a private endpoint only; needs Premium.')
param private bool

@description('Who may look at the queue in the portal and send a dead letter again: the object id of the person or pipeline that deploys. Empty: nobody yet.')
param operatorId string

// Azure Service Bus Data Receiver
var serviceBusDataReceiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
// Azure Service Bus Data Sender
var serviceBusDataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'

resource bus 'Microsoft.ServiceBus/namespaces@2022-10-01-preview' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    capacity: sku == 'Premium' ? messagingUnits : null
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
  }
}

resource queue 'Microsoft.ServiceBus/namespaces/queues@2022-10-01-preview' = {
  parent: bus
  name: queueName
  properties: {
    // Absorbs the second sending of one bell after an ambiguous answer. Shorter than the two minutes after which the sweeper rings again:
    // a longer window would swallow the very bell that is meant to mend a lost one. Cannot be changed once the queue exists.
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT30S'
    // Long enough that a slow renewal does not lose the lock (the host renews it for up to ten minutes, host.json), short enough that
    // the bells of a processor that died are heard elsewhere a minute later.
    lockDuration: 'PT1M'
    // Counts processors that died over a bell, not attempts of a delivery: those are in the book, and every heard bell is settled.
    // Ten of them are no coincidence: the bell goes to the dead letters, where it is seen, and the delivery's due row rings a new one.
    maxDeliveryCount: 10
    // Bells do not expire by themselves; should one be sent with a time to live, it is not to vanish.
    deadLetteringOnMessageExpiration: true
    requiresSession: false
    enablePartitioning: false
    maxSizeInMegabytes: 5120
  }
}

// Without principalType: the deployer is a person at a desk and a service principal in a pipeline, and both exist already.
resource operator 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in [serviceBusDataReceiver, serviceBusDataSender]: if (!empty(operatorId)) {
  name: guid(queue.id, operatorId, role)
  scope: queue
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: operatorId
  }
}]

output id string = bus.id
output name string = bus.name
output queueName string = queue.name
