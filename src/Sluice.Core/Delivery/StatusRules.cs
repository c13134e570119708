namespace Sluice.Delivery;

/// <summary>What the status of a destination's answer means for a delivery: an exact status stands before its class.</summary>
public sealed class StatusRules
{
    private readonly StatusMeaning[] meanings = new StatusMeaning[600];

    private StatusRules()
    {
    }

    /// <summary>2xx is delivered; 408, 425, 429, 3xx and 5xx are tried again; 410 disables the destination; every other is a dead letter.</summary>
    public static StatusRules Default { get; } = With([]);

    /// <summary>The default with changes, in their order.</summary>
    /// <param name="changes">Statuses from 100 to 599, first and last.</param>
    public static StatusRules With(IEnumerable<(int First, int Last, StatusMeaning Meaning)> changes)
    {
        var rules = new StatusRules();
        rules.Set(100, 599, StatusMeaning.DeadLetter);
        rules.Set(200, 299, StatusMeaning.Delivered);
        rules.Set(300, 399, StatusMeaning.Retry);
        rules.Set(500, 599, StatusMeaning.Retry);
        foreach (var status in new[] { 408, 425, 429 }) rules.Set(status, status, StatusMeaning.Retry);
        rules.Set(410, 410, StatusMeaning.Disable);
        foreach (var (first, last, meaning) in changes) rules.Set(first, last, meaning);
        return rules;
    }

    /// <summary>A status that is none of HTTP's is tried again: nobody knows what it means.</summary>
    public StatusMeaning Of(int status) => status is >= 100 and < 600 ? meanings[status] : StatusMeaning.Retry;

    private void Set(int first, int last, StatusMeaning meaning) => Array.Fill(meanings, meaning, first, last - first + 1);
}

/// <summary>What a status means.</summary>
public enum StatusMeaning
{
    Delivered = 0,

    /// <summary>Tried again: it may heal.</summary>
    Retry,

    /// <summary>Not tried again.</summary>
    DeadLetter,

    /// <summary>Not tried again, and the destination gets nothing more until a person has resumed it.</summary>
    Disable,
}
