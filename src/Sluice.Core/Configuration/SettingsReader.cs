using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Sluice.Delivery;
using Sluice.Ingestion;
using Sluice.Retries;

namespace Sluice.Configuration;

/// <summary>Reads the section <c>Sluice</c>; everything wrong in it is in <c>errors</c> afterwards.</summary>
public static partial class SettingsReader
{
    public static SluiceSettings Read(IConfiguration configuration, Providers.ProviderCatalog providers, HandlerCatalog? handlers, SecretResolver? secrets, ICollection<ConfigurationError> errors, SecretResolver? deliverySecrets = null, SecretResolver? tokens = null)
    {
        var root = new SectionReader(configuration.GetSection("Sluice"), errors);
        var sources = new List<SourceSettings>();
        foreach (var section in root.Section("Sources").GetChildren()) sources.Add(ReadSource(section, providers, handlers?.Answers, secrets, tokens, errors));

        var retry = RetryReader.Read(root.Inside(root.Section("Retry")), new RetryOptions());
        var names = sources.Select(source => source.Name).ToHashSet(StringComparer.Ordinal);
        var destinations = new List<DestinationSettings>();
        foreach (var section in root.Section("Destinations").GetChildren()) destinations.Add(DestinationReader.Read(root.Inside(section), names, retry, handlers, deliverySecrets ?? secrets));

        var ops = root.Inside(root.Section("Ops"));
        var defaults = new SluiceSettings { Sources = sources, Destinations = destinations };
        var settings = defaults with
        {
            Retry = retry,
            Retention = root.Time("Retention", TimeSpan.FromDays(1), TimeSpan.FromDays(3650)) ?? defaults.Retention,
            RedeliveryReplays = root.Flag("RedeliveryReplays", defaults.RedeliveryReplays),
            Workers = root.Number("Workers", defaults.Workers, 0, 1024),
            OpsToken = ReadOpsToken(ops, secrets),
        };
        ops.Rest([]);
        root.Rest([]);
        return settings;
    }

    private static string? ReadOpsToken(SectionReader ops, SecretResolver? secrets)
    {
        if (ops.Text("Token") is not { } text || secrets is null) return null;
        var token = secrets.Resolve(text, out var error);
        if (error is not null) ops.Fault("Token", error);
        else if (string.IsNullOrWhiteSpace(token)) ops.Fault("Token", "is empty; set it, or remove it and a token is made");
        return token;
    }

    private static SourceSettings ReadSource(IConfigurationSection section, Providers.ProviderCatalog providers, IReadOnlyCollection<string>? answers, SecretResolver? secrets, SecretResolver? tokens, ICollection<ConfigurationError> errors)
    {
        var reader = new SectionReader(section, errors, section.Key);
        CheckName(reader);
        var source = new SourceSettings
        {
            Name = section.Key,
            Provider = reader.Required("Provider", "name the sender, such as stripe"),
            Secrets = ReadSecrets(reader, "Secrets", secrets),
            PublicKeys = ReadSecrets(reader, "PublicKeys", secrets),
            Tolerance = reader.Time("Tolerance", TimeSpan.Zero, TimeSpan.FromDays(1)),
            MaxBodyBytes = reader.Number("MaxBodyBytes", SourceSettings.DefaultMaxBodyBytes, 1, SourceSettings.LargestMaxBodyBytes),
            ExplainRejections = reader.Flag("ExplainRejections", false),
            Paused = reader.Flag("Paused", false),
            PublicUrl = ReadPublicUrl(reader),
            VerifyToken = ReadVerifyToken(reader, secrets),
            AllowedIps = ReadRanges(reader, "AllowedIps"),
            TrustedProxies = ReadRanges(reader, "TrustedProxies") ?? [],
            ContentTypes = ReadContentTypes(reader),
            AcceptLate = reader.Flag("AcceptLate", false),
            Quarantine = QuarantineSettings.Read(reader),
            AnswerTemplate = ReadAnswer(reader),
            AnswerName = ReadAnswerName(reader, answers),
            Algorithm = reader.Text("Algorithm"),
            Encoding = reader.Text("Encoding"),
            SignatureHeader = reader.Text("SignatureHeader"),
            SignaturePrefix = reader.Text("SignaturePrefix"),
            TimestampHeader = reader.Text("TimestampHeader"),
            SignedContent = reader.Text("SignedContent"),
            IdHeader = reader.Text("IdHeader"),
            TypeHeader = reader.Text("TypeHeader"),
            Reconcile = ReconcileSettings.Read(reader, section["Provider"] ?? "", tokens),
        };
        return source with { Own = reader.Rest(providers.TryGet(source.Provider, out var provider) ? provider.Settings : []) };
    }

    private static string? ReadVerifyToken(SectionReader reader, SecretResolver? secrets)
    {
        if (reader.Text("VerifyToken") is not { } text || secrets is null) return null;
        var token = secrets.Resolve(text, out var error);
        if (error is null && (string.IsNullOrWhiteSpace(token) || token != token.Trim())) error = "is empty or has white space around it; write what you typed in at the sender";
        if (error is null) return token;
        reader.Fault("VerifyToken", error);
        return null;
    }

    private static List<AddressRange>? ReadRanges(SectionReader reader, string key)
    {
        if (reader.FilledList(key) is not { } texts) return null;
        var ranges = new List<AddressRange>();
        foreach (var text in texts)
        {
            if (AddressRange.Parse(text, out var error) is { } range) ranges.Add(range);
            else reader.Fault(key, error!);
        }

        return ranges;
    }

    private static IReadOnlyList<string>? ReadContentTypes(SectionReader reader)
    {
        var types = reader.FilledList("ContentTypes");
        foreach (var type in types ?? [])
        {
            if (!ContentTypeForm().IsMatch(type)) reader.Fault("ContentTypes", $"'{type}' is no type of a body; write one such as application/json, or text/* for all of a kind");
        }

        return types;
    }

    private static AnswerTemplate? ReadAnswer(SectionReader source)
    {
        var section = source.Section("Answer");
        if (section.Value is { Length: > 0 } || !section.GetChildren().Any()) return null;
        var reader = source.Inside(section);
        var status = reader.Number("Status", 200, 200, 299);
        if (status is 204 or 205) reader.Fault("Status", $"is {status}, which has no body; write 200, or leave Answer away");
        var template = AnswerTemplate.Parse(reader.Required("Body", "write the text of the answer"), reader.Text("ContentType") ?? "application/json", status, reader.Fault);
        reader.Rest([]);
        return template;
    }

    /// <param name="answers">Null where it is not known which there are: any name will do.</param>
    private static string? ReadAnswerName(SectionReader source, IReadOnlyCollection<string>? answers)
    {
        if (source.Section("Answer").Value is not { Length: > 0 } name) return null;
        if (answers?.Contains(name) == false) source.Fault("Answer", $"is '{name}', which is not there; {(answers.Count == 0 ? "register it" : $"name one of {string.Join(", ", answers.Order(StringComparer.Ordinal))}")}, or write an answer: {{ \"Body\": \"...\" }}");
        return name;
    }

    private static Uri? ReadPublicUrl(SectionReader reader)
    {
        if (reader.Text("PublicUrl") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Fragment.Length == 0) return url;
        reader.Fault("PublicUrl", $"is no http or https address; write the whole URL as the sender has it, such as https://hooks.example.com/api/webhooks/{reader.Name}");
        return null;
    }

    internal static List<SecretSettings> ReadSecrets(SectionReader source, string key, SecretResolver? secrets)
    {
        var found = new List<SecretSettings>();
        var list = source.Section(key);
        if (secrets is null) return found;
        if (list.Value is { Length: > 0 }) source.Fault(key, "is one text; write a list: [\"...\"]");
        foreach (var child in list.GetChildren())
        {
            var reader = source.Inside(child);
            var text = child.Value ?? reader.Text("Value") ?? "";
            var value = secrets.Resolve(text, out var error);
            if (error is not null) reader.Fault(null, error);
            var secret = new SecretSettings(value ?? "", reader.Moment("NotBefore"), reader.Moment("NotAfter")) { Entry = child.Path };
            if (secret.NotBefore >= secret.NotAfter) reader.Fault("NotAfter", $"is not after NotBefore; the {(key == "Secrets" ? "secret" : "key")} would never be valid");
            if (child.Value is null) reader.Rest([]);
            // An unresolved secret stays out, but not silently: its error stands above.
            if (error is null) found.Add(secret);
        }

        return found;
    }

    internal const string NoName = "is no name; write a lower-case letter, then up to 39 lower-case letters, digits or underscores";

    /// <summary>Says so where a source or destination has no proper name.</summary>
    internal static void CheckName(SectionReader reader)
    {
        if (!IsName(reader.Name)) reader.Fault(null, NoName);
    }

    /// <summary>Whether a source or destination can be called so.</summary>
    internal static bool IsName(string text) => Names().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9!#$&^_.+-]+/(\*|[A-Za-z0-9!#$&^_.+-]+)\z")]
    private static partial Regex ContentTypeForm();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,39}\z")]
    private static partial Regex Names();
}
