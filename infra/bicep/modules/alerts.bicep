// What somebody has to know without looking. Each log alert is a query that finds nothing as long as all is well: a row is trouble.
param location string
param tags object

@description('The first part of every alert\'s name.')
param namePrefix string

param workspaceId string
param serviceBusId string
param queueName string
param ingestAppName string
param retryAppName string

@description('Empty: alerts are seen in the portal only.')
param alertEmail string

@description('The names of the sources that are expected to speak.')
param sourceNames array

@description('A source from which nothing was accepted for so many hours is silent. 0: nobody minds.')
@minValue(0)
@maxValue(48)
param silentHours int

@description('How late, in seconds, the oldest unfinished delivery may be.')
param lateSeconds int

@description('How many dead letters may lie in the queue.')
param deadLetterLimit int

// The retry app's timer writes one such line per minute: the only words of the code that monitoring relies on.
var sweeps = 'AppTraces\n| where AppRoleName =~ "${retryAppName}" and Message startswith "Sweep: "\n| parse Message with "Sweep: " Rung:long " bells rung, oldest unfinished delivery " Seconds:real " s late, " DeadLetters:long " dead letters" *'

var webhooks = 'AppRequests\n| where AppRoleName =~ "${ingestAppName}" and Url contains "/api/webhooks/"'

var expectedSources = empty(sourceNames) ? '"none"' : join(map(sourceNames, name => '"${name}"'), ', ')

var logAlerts = [
  {
    name: 'dead-letters-growing'
    description: 'More deliveries are dead than a quarter of an hour ago. Read why (ops/dead-letters on the retry app), mend the destination, replay.'
    severity: 2
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    query: '${sweeps}\n| summarize arg_max(TimeGenerated, DeadLetters), Least = min(DeadLetters)\n| where DeadLetters > Least'
    dimensions: []
  }
  {
    name: 'delivery-late'
    description: 'The oldest unfinished delivery is more than ${lateSeconds} s past its due time: the process app is down, held up or too small.'
    severity: 2
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT10M'
    query: '${sweeps}\n| summarize arg_max(TimeGenerated, Seconds)\n| where Seconds > ${lateSeconds}'
    dimensions: []
  }
  {
    name: 'timer-silent'
    description: 'The retry app\'s timer has not run for a quarter of an hour: later retries wait and lost bells stay lost. Restart the app.'
    severity: 1
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    query: '${sweeps}\n| summarize Ticks = count()\n| where Ticks == 0'
    dimensions: []
  }
  {
    name: 'ingest-failing'
    description: 'Webhooks were answered 503 or another 5xx: the book and the queue could both not be reached, a source has no usable secret, or a source is paused. Senders try again for hours to days.'
    severity: 1
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    query: '${webhooks}\n| where toint(ResultCode) >= 500\n| summarize Failed = sum(ItemCount)\n| where Failed >= 5'
    dimensions: []
  }
  {
    name: 'source-silent'
    description: 'Nothing was accepted from this source for ${silentHours} hours. Look at the sender\'s page of webhook attempts: it may have switched the endpoint off, or its secret was changed.'
    severity: 3
    enabled: silentHours > 0 && !empty(sourceNames)
    evaluationFrequency: 'PT1H'
    windowSize: silentHours > 24 ? 'P2D' : 'P1D'
    query: 'let heard = ${webhooks}\n| where TimeGenerated > ago(${max(silentHours, 1)}h) and ResultCode startswith "2"\n| extend Source = tolower(extract("/api/webhooks/([^/?]+)", 1, Url))\n| distinct Source;\ndatatable(Source: string) [${expectedSources}]\n| where Source !in (heard)'
    dimensions: [
      {
        name: 'Source'
        operator: 'Include'
        values: [
          '*'
        ]
      }
    ]
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${namePrefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'sluice'
    enabled: true
    emailReceivers: empty(alertEmail) ? [] : [
      {
        name: 'operators'
        emailAddress: alertEmail
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlert 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [for alert in logAlerts: {
  name: '${namePrefix}-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${namePrefix}-${alert.name}'
    description: alert.description
    severity: alert.severity
    enabled: alert.enabled
    scopes: [
      workspaceId
    ]
    evaluationFrequency: alert.evaluationFrequency
    windowSize: alert.windowSize
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: alert.dimensions
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
    // The tables come into being with the first telemetry, after this.
    skipQueryValidation: true
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}]

// The broker's own count, for when the retry app cannot say anything any more.
resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${namePrefix}-dead-letters-many'
  location: 'global'
  tags: tags
  properties: {
    description: 'More than ${deadLetterLimit} dead letters lie in the queue.'
    severity: 2
    enabled: true
    scopes: [
      serviceBusId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead letters'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: [
                queueName
              ]
            }
          ]
          operator: 'GreaterThan'
          threshold: deadLetterLimit
          // A gauge: the service refuses Total.
          timeAggregation: 'Average'
        }
      ]
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: actionGroup.id
      }
    ]
  }
}
