using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>Which events a destination takes, beyond source and type. A pure function of the event, read from its bytes as they are.</summary>
public abstract record Filter
{
    public abstract bool Takes(WebhookEvent webhook);
}

/// <summary>All of them hold.</summary>
public sealed record AllOf(IReadOnlyList<Filter> Filters) : Filter
{
    public override bool Takes(WebhookEvent webhook)
    {
        foreach (var filter in Filters)
        {
            if (!filter.Takes(webhook)) return false;
        }

        return true;
    }
}

/// <summary>At least one of them holds.</summary>
public sealed record AnyOf(IReadOnlyList<Filter> Filters) : Filter
{
    public override bool Takes(WebhookEvent webhook)
    {
        foreach (var filter in Filters)
        {
            if (filter.Takes(webhook)) return true;
        }

        return false;
    }
}

/// <summary>It does not hold.</summary>
public sealed record Not(Filter Inner) : Filter
{
    public override bool Takes(WebhookEvent webhook) => !Inner.Takes(webhook);
}

/// <summary>The type looks like this, <c>*</c> standing for any characters.</summary>
public sealed record TypeIs(string Pattern) : Filter
{
    public override bool Takes(WebhookEvent webhook) => Destination.Matches(Pattern, webhook.Type);
}

/// <summary>Something is said of a header: of the first of that name.</summary>
public sealed record HeaderIs(string Name, Condition Condition) : Filter
{
    public override bool Takes(WebhookEvent webhook) => Condition.HoldsFor(webhook.Headers.First(Name));
}

/// <summary>Something is said of a value in the body. A body that is no JSON, or has no such value, has none.</summary>
public sealed record JsonIs(JsonPath Path, Condition Condition) : Filter
{
    public override bool Takes(WebhookEvent webhook) => Path.TryFind(webhook.Body.Span, out var found) ? Condition.HoldsFor(ref found) : Condition.HoldsFor(null);
}
