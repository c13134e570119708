using Sluice.Delivery;
using Sluice.Retries;

namespace Sluice.Configuration;

/// <summary>Reads a section of <c>Destinations</c>.</summary>
internal static class DestinationReader
{
    /// <param name="secrets">Null in an app that has none: what is secret of a destination is then not known there.</param>
    public static DestinationSettings Read(SectionReader reader, HashSet<string> sources, RetryOptions retry, HandlerCatalog? handlers, SecretResolver? secrets)
    {
        SettingsReader.CheckName(reader);
        if (reader.Name == SplitHandler.DestinationName) reader.Fault(null, "is the name of the place where batches are taken apart; choose another");
        var handler = reader.Required("Handler", handlers is null ? "name the handler that delivers to it, such as http" : $"name one of {string.Join(", ", handlers.Names)}");
        var own = Array.Empty<string>() as IReadOnlyCollection<string>;
        IHandler? known = null;
        if (handlers?.TryGet(handler, out known) == true && known is not SplitHandler) own = known!.Settings;
        else if (handlers is not null && handler.Length > 0) reader.Fault("Handler", $"is '{handler}', which is not there; name one of {string.Join(", ", handlers.Names)}");

        Uri? url = null;
        if (reader.Text("Url") is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0))
            reader.Fault("Url", $"{(text.Contains('@', StringComparison.Ordinal) ? "has a user name" : $"is '{text.Split('?', 2)[0]}'")}; write an absolute http or https address without user name");

        var wanted = reader.List("Sources");
        foreach (var name in wanted ?? [])
        {
            if (!sources.Contains(name)) reader.Fault("Sources", $"names '{name}', which is no source; there are {string.Join(", ", sources.Order(StringComparer.Ordinal))}");
        }

        var settings = new DestinationSettings
        {
            Name = reader.Name,
            Handler = handler,
            Url = url,
            Sources = wanted,
            Types = reader.List("Types"),
            Filter = ReadFilter(reader),
            Format = ReadFormat(reader),
            Batch = BatchReader.Read(reader),
            Strict = reader.Flag("Strict", false),
            Timeout = reader.Time("Timeout", TimeSpan.FromMilliseconds(100), DestinationSettings.LongestTimeout) ?? DestinationSettings.DefaultTimeout,
            Retry = RetryReader.Read(reader.Inside(reader.Section("Retry")), retry),
        };
        if (settings.Batch is not null && settings.Format != DeliveryFormat.CloudEvents) reader.Fault("Batch", "is set, and only cloud events can be sent several at once; write \"Format\": \"CloudEvents\" beside it, or remove it");
        if (settings.Batch is not null && known is not null and not IBatchHandler) reader.Fault("Batch", $"is set, and handler {handler} takes one event at a time; remove it, or deliver with handler http");
        // Only the app that has the handler knows its settings, and only it signs.
        if (handlers is null) return settings;
        if (secrets is not null) settings = settings with { Signer = ReadSigner(reader, secrets), Headers = HeaderReader.Read(reader, secrets) };
        if (known is LogHandler) CheckSending(reader, settings);
        settings = settings with { Settings = reader.Rest(own) };
        foreach (var fault in known?.Check(settings) ?? []) reader.Fault(null, fault);
        return settings;
    }

    // Whoever sets these believes that something is sent.
    private static void CheckSending(SectionReader reader, DestinationSettings settings)
    {
        foreach (var (name, isSet) in new[] { ("Format", settings.Format != DeliveryFormat.Exact), ("SignSecrets", settings.Signer is not null), ("Headers", settings.Headers.Count > 0) })
        {
            if (isSet) reader.Fault(name, "is set, and handler log sends nothing; remove it, or deliver with handler http");
        }
    }

    private static Filter? ReadFilter(SectionReader reader)
    {
        var section = reader.Section("Filter");
        if (section.Value is null && !section.GetChildren().Any()) return null;
        using var json = System.Text.Json.JsonDocument.Parse(SectionJson.Write(section));
        var filter = FilterReader.Read(json.RootElement, out var error);
        if (error is not null) reader.Fault("Filter", error);
        return filter;
    }

    private static DeliveryFormat ReadFormat(SectionReader reader)
    {
        if (reader.Text("Format") is not { } text) return DeliveryFormat.Exact;
        if (Enum.TryParse<DeliveryFormat>(text, ignoreCase: true, out var format) && Enum.IsDefined(format) && !char.IsAsciiDigit(text[0])) return format;
        reader.Fault("Format", $"is '{text}'; write one of {string.Join(", ", Enum.GetNames<DeliveryFormat>())}");
        return DeliveryFormat.Exact;
    }

    private static DeliverySigner? ReadSigner(SectionReader reader, SecretResolver secrets)
    {
        var errors = new List<ConfigurationError>();
        var signer = DeliverySigner.Create(SettingsReader.ReadSecrets(reader, "SignSecrets", secrets), errors);
        foreach (var error in errors) reader.Fault($"SignSecrets:{error.Entry[(error.Entry.LastIndexOf(':') + 1)..]}", error.Message);
        return signer;
    }
}
