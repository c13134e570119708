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

output id string = bus.id
output name string = bus.name
output queueName string = queue.name
