#nullable disable
namespace Azure.Messaging.ServiceBus;

public class ServiceBusRetryOptions
{
    public ServiceBusRetryMode Mode { get; set; } = ServiceBusRetryMode.Exponential;

    public int MaxRetries
    {
        get;
        set => field = ReferenceAssembly.InRange(value, 0, 100, nameof(MaxRetries));
    }
    = 3;

    public TimeSpan Delay
    {
        get;
        set => field = ReferenceAssembly.InRange(value, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(5), nameof(Delay));
    }
    = TimeSpan.FromSeconds(0.8);

    public TimeSpan MaxDelay
    {
        get;
        set => field = ReferenceAssembly.InRange(value, TimeSpan.Zero, TimeSpan.MaxValue, nameof(MaxDelay));
    }
    = TimeSpan.FromMinutes(1);

    public TimeSpan TryTimeout
    {
        get;
        set => field = value < TimeSpan.Zero
            ? throw new ArgumentException("The timeout must be positive.", nameof(TryTimeout))
            : ReferenceAssembly.InRange(value, TimeSpan.Zero, TimeSpan.FromHours(1), nameof(TryTimeout));
    }
    = TimeSpan.FromMinutes(1);

    public ServiceBusRetryPolicy CustomRetryPolicy { get; set; }
}

public abstract class ServiceBusRetryPolicy
{
    public abstract TimeSpan CalculateTryTimeout(int attemptCount);

    public abstract TimeSpan? CalculateRetryDelay(Exception lastException, int attemptCount);
}
