using System.Globalization;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Providers;

namespace Sluice.Core.Tests.Simulation;

/// <summary>The configuration of one run: two sources, three destinations, delays and patience drawn from its seed.</summary>
internal sealed class Setting
{
    public const string Stripe = "stripe";
    public const string Standard = "standard";

    /// <summary>The destination that wants the events of one customer in the order of keeping.</summary>
    public const string Ordered = "ordered";

    private readonly Dictionary<string, string?> values = new()
    {
        ["Sluice:Sources:stripe:Provider"] = "stripe",
        ["Sluice:Sources:stripe:Secrets:0"] = "whsec_simulated",
        ["Sluice:Sources:standard:Provider"] = "standard-webhooks",
        ["Sluice:Sources:standard:Secrets:0"] = "whsec_c2ltdWxhdGVkIHNlY3JldCBvZiAzMiBieXRlcyEh",
        ["Sluice:Destinations:all:Handler"] = SimulatedHandler.HandlerName,
        ["Sluice:Destinations:invoices:Handler"] = SimulatedHandler.HandlerName,
        ["Sluice:Destinations:invoices:Types:0"] = "invoice.*",
        ["Sluice:Destinations:orders:Handler"] = SimulatedHandler.HandlerName,
        ["Sluice:Destinations:orders:Sources:0"] = "stripe",
        ["Sluice:Destinations:orders:Types:0"] = "order.*",
        [$"Sluice:Destinations:{Ordered}:Handler"] = SimulatedHandler.HandlerName,
        [$"Sluice:Destinations:{Ordered}:Order:Key"] = "json:customer",
    };

    /// <param name="isOrderedOnly">Without the destinations that want no order.</param>
    public Setting(Random random, bool isOrderedOnly = false)
    {
        if (isOrderedOnly) foreach (var key in values.Keys.Where(key => key.Contains(":Destinations:", StringComparison.Ordinal) && !key.Contains($":{Ordered}:", StringComparison.Ordinal)).ToList()) values.Remove(key);
        IsAging = random.Next(8) == 0 && !isOrderedOnly;
        MaxAttempts = random.Next(1, 7);
        Retention = IsAging ? TimeSpan.FromDays(1) : TimeSpan.FromDays(30);
        values["Sluice:Retention"] = Text(Retention);
        if (IsAging) foreach (var source in new[] { Stripe, Standard }) UseSenderWithoutHorizon(source);
        values["Sluice:RedeliveryReplays"] = random.Next(4) == 0 ? "false" : "true";
        values["Sluice:Retry:MaxAttempts"] = MaxAttempts.ToString(CultureInfo.InvariantCulture);
        values["Sluice:Retry:BaseDelay"] = Text(IsAging && random.Next(4) > 0 ? TimeSpan.FromHours(9) : TimeSpan.FromSeconds(random.Next(3) * 20));
        values["Sluice:Retry:Factor"] = random.Next(1, 5).ToString(CultureInfo.InvariantCulture);
        values["Sluice:Retry:MaxDelay"] = Text(IsAging ? TimeSpan.FromHours(12) : TimeSpan.FromMinutes(15));
        if (!isOrderedOnly)
        {
            Pace(random, "all", "Limits:Rate", "Limits:Concurrency");
            Pace(random, "invoices", "Breaker:Failures");
            Pace(random, "orders", "Limits:Rate", "Limits:Concurrency", "Breaker:Failures");
            Pace(random, Ordered, "Limits:Rate", "Breaker:Failures");
            if (random.Next(3) == 0) Gather("all", random.Next(2, 4), TimeSpan.FromSeconds(random.Next(1, 60)));
        }

        foreach (var destination in new[] { "all", "invoices", "orders", Ordered }.Where(name => values.ContainsKey($"Sluice:Destinations:{name}:Handler"))) values[$"Sluice:Destinations:{destination}:Timeout"] = Text(TimeSpan.FromSeconds(random.Next(1, 40)));
    }

    /// <summary>Whether this run goes on until its events are older than their retention.</summary>
    public bool IsAging { get; }

    public int MaxAttempts { get; }

    public TimeSpan Retention { get; }

    public SluiceConfiguration Build(IHandler handler)
    {
        var errors = new List<ConfigurationError>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var built = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, new HandlerCatalog(handler), new SecretResolver(_ => null, "/"), errors);
        return errors.Count == 0 ? built : throw new InvalidOperationException(string.Join('\n', errors));
    }

    // Some of the destinations of some runs are given only so much.
    private void Pace(Random random, string destination, params string[] settings)
    {
        foreach (var setting in settings)
        {
            if (random.Next(2) == 0) values[$"Sluice:Destinations:{destination}:{setting}"] = random.Next(1, 4).ToString(CultureInfo.InvariantCulture);
        }
    }

    // Stripe would have its events kept for four days whatever the retention says: these senders do not say for how long they repeat.
    private void UseSenderWithoutHorizon(string source)
    {
        values[$"Sluice:Sources:{source}:Provider"] = "hmac";
        values[$"Sluice:Sources:{source}:SignedContent"] = "{id}.{timestamp}.{body}";
        foreach (var header in new[] { "SignatureHeader", "TimestampHeader", "IdHeader" }) values[$"Sluice:Sources:{source}:{header}"] = "X-" + header;
    }

    private void Gather(string destination, int events, TimeSpan wait)
    {
        values[$"Sluice:Destinations:{destination}:Format"] = nameof(DeliveryFormat.CloudEvents);
        values[$"Sluice:Destinations:{destination}:Batch:Events"] = events.ToString(CultureInfo.InvariantCulture);
        values[$"Sluice:Destinations:{destination}:Batch:Wait"] = Text(wait);
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
