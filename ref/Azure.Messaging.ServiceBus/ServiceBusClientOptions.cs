#nullable disable
using System.Net;
using System.Net.Security;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusClientOptions
{
    public RemoteCertificateValidationCallback CertificateValidationCallback { get; set; }

    public TimeSpan ConnectionIdleTimeout
    {
        get;
        set => field = ReferenceAssembly.InRange(value, TimeSpan.Zero, TimeSpan.MaxValue, nameof(ConnectionIdleTimeout));
    }
    = TimeSpan.FromMinutes(1);

    public Uri CustomEndpointAddress { get; set; }

    public bool EnableCrossEntityTransactions { get; set; }

    public string Identifier { get; set; }

    public ServiceBusRetryOptions RetryOptions
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(RetryOptions));
    }
    = new();

    public ServiceBusTransportType TransportType { get; set; }

    public IWebProxy WebProxy { get; set; }
}
