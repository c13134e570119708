using Sluice.Delivery;
using Sluice.Events;
using Sluice.Notices;
using Sluice.Retries;

namespace Sluice.Configuration;

/// <summary>Reads a section of <c>Destinations</c>, or one that was registered while running.</summary>
internal static class DestinationReader
{
    private const int LongestOwner = 200;

    private static readonly TimeSpan LongestDisableAfter = TimeSpan.FromDays(365);

    /// <param name="sources">Those that it may name; null where it may name any.</param>
    /// <param name="secrets">Null in an app that has none: what is secret of a destination is then not known there.</param>
    /// <param name="isRegistered">Whether somebody registered it who may not be the operator: then it may do less.</param>
    public static DestinationSettings Read(SectionReader reader, HashSet<string>? sources, RetryOptions retry, HandlerCatalog? handlers, SecretResolver? secrets, bool isRegistered = false)
    {
        SettingsReader.CheckName(reader);
        if (reader.Name == SplitHandler.DestinationName) reader.Fault(null, "is the name of the place where batches are taken apart; choose another");
        var handler = isRegistered ? ReadRegisteredHandler(reader) : reader.Required("Handler", handlers is null ? "name the handler that delivers to it, such as http" : $"name one of {string.Join(", ", handlers.Names)}");
        var own = Array.Empty<string>() as IReadOnlyCollection<string>;
        IHandler? known = null;
        if (handlers?.TryGet(handler, out known) == true && known is not SplitHandler) own = known!.Settings;
        else if (handlers is not null && handler.Length > 0) reader.Fault("Handler", $"is '{handler}', which is not there; name one of {string.Join(", ", handlers.Names)}");

        var (isStrict, allowsPrivate) = ReadReach(reader, isRegistered);
        var format = ReadFormat(reader);
        var settings = new DestinationSettings
        {
            Name = reader.Name,
            Handler = handler,
            Url = ReadUrl(reader, isRegistered),
            Sources = ReadSources(reader, sources),
            Types = reader.List("Types"),
            Filter = ReadFilter(reader),
            Format = format,
            Strict = isStrict,
            AllowPrivate = allowsPrivate,
            IsRegistered = isRegistered,
            Owner = ReadOwner(reader),
            Timeout = reader.Time("Timeout", TimeSpan.FromMilliseconds(100), DestinationSettings.LongestTimeout) ?? DestinationSettings.DefaultTimeout,
            Retry = RetryReader.Read(reader.Inside(reader.Section("Retry")), retry),
            Statuses = StatusRulesReader.Read(reader),
            Limits = LimitsReader.Read(reader),
            Breaker = BreakerReader.Read(reader, isHttp: handler == "http"),
            DisableAfter = ReadDisableAfter(reader),
            Batch = BatchReader.Read(reader, goTogether: known is null or IBatchHandler, format),
            Order = OrderReader.Read(reader),
        };
        if (settings is { Batch: not null, Order: not null }) reader.Fault("Order", "is set beside Batch, and what goes in one request is not held for one another; remove one of the two");
        // Only the app that has the handler knows its settings, and only it signs.
        if (handlers is null) return settings;
        if (secrets is not null) settings = settings with { Signer = ReadSigner(reader, secrets), Headers = CredentialReader.Read(reader, secrets, HeaderReader.Read(reader, secrets)) };
        if (known is LogHandler) CheckSending(reader, settings);
        settings = settings with { Settings = reader.Rest(own) };
        foreach (var fault in known?.Check(settings) ?? []) reader.Fault(null, fault);
        return settings;
    }

    private static string ReadRegisteredHandler(SectionReader reader)
    {
        if (reader.Text("Handler") is { } text && text != "http") reader.Fault("Handler", "is not http; the operator's own code serves only destinations of the configuration, so remove it");
        return "http";
    }

    private static (bool IsStrict, bool AllowsPrivate) ReadReach(SectionReader reader, bool isRegistered)
    {
        var isStrict = reader.Flag("Strict", isRegistered);
        var allowsPrivate = (isRegistered || reader.Has("AllowPrivate")) && reader.Flag("AllowPrivate", false);
        if (!isRegistered)
        {
            if (allowsPrivate) reader.Fault("AllowPrivate", "is for destinations that are registered; one of the configuration is your own and may be anywhere unless Strict, so remove it");
            return (isStrict, false);
        }

        if (allowsPrivate && isStrict && reader.Text("Strict") is not null) reader.Fault("Strict", "is set beside AllowPrivate and says the contrary; remove one of the two");
        else if (!isStrict && !allowsPrivate) reader.Fault("Strict", "is false, and a registered destination is strict; remove it, or set AllowPrivate where an operator allows http and private addresses");
        return (!allowsPrivate, allowsPrivate);
    }

    private static Uri? ReadUrl(SectionReader reader, bool isRegistered)
    {
        if (reader.Text("Url") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0) return url;
        // The address of somebody else's hook is often itself the secret.
        var what = text.Contains('@', StringComparison.Ordinal) ? "has a user name" : isRegistered ? "is no address" : $"is '{text.Split('?', 2)[0]}'";
        reader.Fault("Url", $"{what}; write an absolute http or https address without user name");
        return url;
    }

    private static IReadOnlyList<string>? ReadSources(SectionReader reader, HashSet<string>? sources)
    {
        var wanted = reader.List("Sources");
        foreach (var name in wanted ?? [])
        {
            if (sources?.Contains(name) == false && name != Notice.Source) reader.Fault("Sources", $"names '{name}', which is no source; there are {string.Join(", ", sources.Order(StringComparer.Ordinal))}");
        }

        return wanted;
    }

    private static string? ReadOwner(SectionReader reader)
    {
        if (reader.Text("Owner") is not { } text) return null;
        if (text.Length <= LongestOwner && SafeText.IsPlain(text)) return text;
        reader.Fault("Owner", $"is of several lines or longer than {LongestOwner} characters; write whom to ask, such as a name and an address");
        return null;
    }

    private static TimeSpan? ReadDisableAfter(SectionReader reader)
    {
        if (reader.Text("DisableAfter") is not { } text) return DestinationSettings.DefaultDisableAfter;
        if (text.Equals("never", StringComparison.OrdinalIgnoreCase)) return null;
        if (SectionReader.ReadTime(text) is { } time && time >= TimeSpan.FromSeconds(1) && time <= LongestDisableAfter) return time;
        reader.Fault("DisableAfter", $"is '{text}'; write never, or a time from 00:00:01 to {LongestDisableAfter:c}, such as 5.00:00:00 (days.hours:minutes:seconds)");
        return null;
    }

    // Whoever sets these believes that something is sent.
    private static void CheckSending(SectionReader reader, DestinationSettings settings)
    {
        foreach (var (name, isSet) in new[]
        {
            ("Format", settings.Format != DeliveryFormat.Exact), ("SignSecrets", settings.Signer is not null), ("Headers", reader.Section("Headers").GetChildren().Any()),
            ("Bearer", reader.Text("Bearer") is not null), ("Basic", reader.Section("Basic").GetChildren().Any()), ("Statuses", settings.Statuses != StatusRules.Default),
        })
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
