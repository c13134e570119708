using Sluice.Reconciliation;

namespace Sluice.Configuration;

/// <summary>How a source is compared with its sender's own log: section <c>Reconcile</c> of the source.</summary>
public sealed record ReconcileSettings
{
    /// <summary>3 days: what most senders that can be asked again still have.</summary>
    public static readonly TimeSpan DefaultLookback = TimeSpan.FromDays(3);

    /// <summary>What the sender's API is asked with. A secret: resolved as secrets are.</summary>
    public string Token { get; init; } = "";

    /// <summary>The webhook whose log it is, as the sender's API calls it, such as <c>repos/OWNER/REPO/hooks/123</c>; null where the sender needs none.</summary>
    public string? Hook { get; init; }

    /// <summary>Who asks, where the token alone does not say it.</summary>
    public string? ClientId { get; init; }

    /// <summary>Where the API is; null means the sender's own.</summary>
    public Uri? ApiUrl { get; init; }

    /// <summary>How often it is done without being asked for; null means only by command.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>How far back it looks when nothing else is said.</summary>
    public TimeSpan Lookback { get; init; } = DefaultLookback;

    /// <summary>The types that are looked at, <c>*</c> standing for any characters; null means all that are listed.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Why it cannot be done, where the configuration has a fault; null where it has none.</summary>
    public string? Fault { get; init; }

    /// <summary>Never what it holds.</summary>
    public override string ToString() => nameof(ReconcileSettings);

    /// <summary>Reads the section, or null where there is none, or where this app asks no sender.</summary>
    /// <param name="tokens">Null in an app that asks no sender's log: the section is then not looked at.</param>
    internal static ReconcileSettings? Read(SectionReader source, string provider, SecretResolver? tokens)
    {
        var section = source.Section("Reconcile");
        if (tokens is null || !(section.Value is { Length: > 0 } || section.GetChildren().Any())) return null;
        var faults = new List<ConfigurationError>();
        var reader = source.Inside(section, faults);
        if (section.Value is { Length: > 0 }) reader.Fault(null, "is one text; write an object: { \"Token\": \"env:NAME\" }");
        var read = new ReconcileSettings
        {
            Token = ReadToken(reader, tokens),
            Hook = reader.Text("Hook"),
            ClientId = reader.Text("ClientId"),
            ApiUrl = ReadUrl(reader),
            Every = reader.Time("Every", TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)),
            Lookback = reader.Time("Lookback", TimeSpan.FromMinutes(10), TimeSpan.FromDays(90)) ?? DefaultLookback,
            Types = reader.FilledList("Types"),
        };
        reader.Rest([]);
        if (!SenderLogs.Default.TryGet(provider, out var log)) reader.Fault(null, $"is set, and provider {provider} has no log that can be asked; those that have one are {string.Join(", ", SenderLogs.Default.Names)}; remove it");
        else foreach (var fault in log.Check(read)) reader.Fault(fault.Split(':', 2)[0], fault.Split(": ", 2)[1]);
        foreach (var fault in faults) source.Fault(fault);
        return read with { Fault = faults.FirstOrDefault()?.ToString() };
    }

    private static string ReadToken(SectionReader reader, SecretResolver tokens)
    {
        var text = reader.Required("Token", "write what the sender's API is asked with, such as env:NAME");
        if (text.Length == 0) return "";
        var token = tokens.Resolve(text, out var error)?.Trim();
        if (error is null && string.IsNullOrEmpty(token)) error = "is empty; write what the sender's API is asked with, such as env:NAME";
        if (error is not null) reader.Fault("Token", error);
        return token ?? "";
    }

    // A token goes there: only over TLS, or to this machine.
    private static Uri? ReadUrl(SectionReader reader)
    {
        if (reader.Text("ApiUrl") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) && url is { UserInfo: "", Query: "", Fragment: "" }) return url;
        reader.Fault("ApiUrl", "is no https address without user name and query; write where the API is, such as https://github.example.com/api/v3");
        return null;
    }
}
