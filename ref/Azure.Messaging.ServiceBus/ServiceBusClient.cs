#nullable disable
using Azure.Core;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusClient : IAsyncDisposable
{
    private bool isClosed;

    protected ServiceBusClient()
    {
    }

    public ServiceBusClient(string connectionString)
        : this(connectionString, new ServiceBusClientOptions())
    {
    }

    public ServiceBusClient(string connectionString, ServiceBusClientOptions options)
    {
        var properties = ServiceBusConnectionStringProperties.Parse(connectionString);
        var hasKey = properties.SharedAccessKeyName is not null && properties.SharedAccessKey is not null;
        if (properties.Endpoint is null || (!hasKey && properties.SharedAccessSignature is null))
            throw new ArgumentException("The connection string is missing the endpoint, or the shared access key or signature.", nameof(connectionString));
        if (properties.SharedAccessSignature is not null && (properties.SharedAccessKeyName is not null || properties.SharedAccessKey is not null))
            throw new ArgumentException("The connection string has a shared access signature or a shared access key, not both.", nameof(connectionString));
        Connect(properties.FullyQualifiedNamespace, options);
    }

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential)
        : this(fullyQualifiedNamespace, credential, new ServiceBusClientOptions())
    {
    }

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential, ServiceBusClientOptions options) =>
        Connect(fullyQualifiedNamespace, credential, options);

    public ServiceBusClient(string fullyQualifiedNamespace, AzureNamedKeyCredential credential, ServiceBusClientOptions options = null) =>
        Connect(fullyQualifiedNamespace, credential, options);

    public ServiceBusClient(string fullyQualifiedNamespace, AzureSasCredential credential, ServiceBusClientOptions options = null) =>
        Connect(fullyQualifiedNamespace, credential, options);

    public virtual string FullyQualifiedNamespace { get; private set; }

    public virtual string Identifier { get; private set; }

    public virtual bool IsClosed => isClosed;

    public ServiceBusTransportType TransportType { get; private set; }

    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => new LinkedSender(this, queueOrTopicName, null);

    public virtual ServiceBusSender CreateSender(string queueOrTopicName, ServiceBusSenderOptions options) => new LinkedSender(this, queueOrTopicName, options);

    public virtual ServiceBusReceiver CreateReceiver(string queueName) => new LinkedReceiver(this, queueName, null);

    public virtual ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions options) => new LinkedReceiver(this, queueName, options);

    public virtual ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName) => new LinkedReceiver(this, topicName, subscriptionName, null);

    public virtual ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName, ServiceBusReceiverOptions options) =>
        new LinkedReceiver(this, topicName, subscriptionName, options);

    public virtual ValueTask DisposeAsync()
    {
        isClosed = true;
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private void Connect(string fullyQualifiedNamespace, object credential, ServiceBusClientOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(fullyQualifiedNamespace);
        var host = Uri.TryCreate(fullyQualifiedNamespace, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : fullyQualifiedNamespace;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new ArgumentException($"'{fullyQualifiedNamespace}' is not the name of a Service Bus namespace.", nameof(fullyQualifiedNamespace));
        ArgumentNullException.ThrowIfNull(credential);
        Connect(host, options);
    }

    private void Connect(string host, ServiceBusClientOptions options)
    {
        FullyQualifiedNamespace = host;
        Identifier = string.IsNullOrEmpty(options?.Identifier) ? $"{host}-{Guid.NewGuid()}" : options.Identifier;
        TransportType = options?.TransportType ?? ServiceBusTransportType.AmqpTcp;
    }

    // The package makes them by internal constructors.
    private sealed class LinkedSender(ServiceBusClient client, string name, ServiceBusSenderOptions options) : ServiceBusSender(client, name, options);

    private sealed class LinkedReceiver : ServiceBusReceiver
    {
        public LinkedReceiver(ServiceBusClient client, string queue, ServiceBusReceiverOptions options)
            : base(client, queue, options)
        {
        }

        public LinkedReceiver(ServiceBusClient client, string topic, string subscription, ServiceBusReceiverOptions options)
            : base(client, topic, subscription, options)
        {
        }
    }
}
