using System.CommandLine;
using System.IO.Enumeration;
using Handlers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.LocalHost.Captures;
using Sluice.LocalHost.Hosting;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>The sources that a captured request may be checked for: one of the configuration, or one made up of options.</summary>
/// <param name="Named">The one that was asked for; null leaves the choice to the request.</param>
/// <param name="IsUrlKnown">False where the sender signs its URL and nobody has said it.</param>
internal sealed record VerifySources(SluiceConfiguration Configuration, Source? Named, bool IsUrlKnown, SecretMask Mask)
{
    private static readonly Uri UnknownUrl = new("https://unknown.invalid");

    /// <exception cref="CommandException">There is none; it says what to name.</exception>
    public static VerifySources Find(ParseResult parsed, VerifyOptions given)
    {
        var provider = given.Provider is null ? null : FindProvider(given.Provider);
        var isMadeUp = given.Source is null && provider is not null && (given.HasKeys || given.Settings.Count > 0);
        var file = isMadeUp ? null : ReadConfiguration(parsed);
        if (given.Source is { } name)
        {
            if (given.Settings.Count > 0) throw new CommandException("--set belongs to --provider; a source of the configuration has its settings there");
            if (file is null || !file.TryGetSource(name, out var source)) throw new CommandException($"there is no source '{SafeText.OneLine(name, 60)}'; {Known(file)}");
            if (provider is not null && provider.Name != source.Provider.Name) throw new CommandException($"source {source.Name} is of provider {source.Provider.Name}, not {provider.Name}; leave --provider away");
            return new(file, Changed(source, given), true, MaskOf(file, given));
        }

        if (provider is null)
        {
            if (file is null) throw new CommandException("there is no configuration to take the secret from; name the sender with --provider and give its secret with --secret, or name a file with --config");
            if (given.HasKeys || given.Url is not null || given.Settings.Count > 0) throw new CommandException("whose are --secret, --public-key, --url and --set? Name the source, or the sender with --provider");
            return new(file, null, true, MaskOf(file, given));
        }

        Source[] configured = [.. file?.Sources.Where(source => source.Provider.Name == provider.Name) ?? []];
        return configured switch
        {
            [] => MakeUp(provider, given),
            [var only] => new(file!, Changed(only, given), true, MaskOf(file!, given)),
            _ => throw new CommandException($"there are several sources of provider {provider.Name}; name one of {string.Join(", ", configured.Select(source => source.Name))}"),
        };
    }

    /// <summary>The source of this request; null where nothing tells.</summary>
    public Source? Of(CapturedRequest request)
    {
        if (Named is not null) return Named;
        if (request.SourceName is { } name && Configuration.TryGetSource(name, out var source)) return source;
        var sources = Configuration.Sources.ToList();
        return sources.Count == 1 ? sources[0] : sources.Where(one => HasProofOf(one, request)).ToList() is [var only] ? only : null;
    }

    /// <summary>Why <see cref="Of"/> does not know, and what to do about it.</summary>
    public string Unclear(CapturedRequest request)
    {
        var names = string.Join(", ", Configuration.Sources.Select(source => source.Name)) is { Length: > 0 } some ? some : "none";
        var path = request.SourceName is { } said && !Configuration.TryGetSource(said, out _) ? said : null;
        var sender = path is not null && ProviderCatalog.Default.TryGet(path.Replace('_', '-'), out var called) ? called : SenderOf(request);
        if (sender is not null && Configuration.Sources.Any(source => source.Provider.Name == sender.Name)) sender = null;
        var fix = sender is null ? $"name one of {names}" : $"there are {names}; or use --provider {sender.Name} --{(UsualScheme(sender).ChecksPublicKeys ? "public-key" : "secret")} ...";
        if (path is not null) return $"the path says {SafeText.OneLine(path, 60)}, and there is no such source; {fix}";
        return $"{(sender is null ? "nothing in the request says which source it is for" : $"by its headers it is a request of {sender.Facts.Title}, and there is no source for it")}; {fix}";
    }

    // The one sender that has more of its own headers there than any other.
    private static IProvider? SenderOf(CapturedRequest request)
    {
        var scores = ProviderCatalog.Default.Names.Select(FindProvider)
            .Select(provider => (Provider: provider, Score: UsualScheme(provider).HeaderNames.Concat(provider.Headers).Distinct(StringComparer.OrdinalIgnoreCase).Count(name => request.Headers.Any(header => FileSystemName.MatchesSimpleExpression(name, header.Key)))))
            .OrderByDescending(pair => pair.Score).Take(2).ToList();
        return scores[0].Score > 0 && scores[0].Score > scores[1].Score ? scores[0].Provider : null;
    }

    private static SignatureScheme UsualScheme(IProvider provider) => provider.Scheme(new SourceSettings { Name = "any", Provider = provider.Name }, []);

    /// <summary>Whether a request among many others is one for this source: by its path, or by the headers of its signature.</summary>
    public static bool IsFor(Source source, CapturedRequest request) =>
        request.Method == "POST" && (request.SourceName == source.Name || HasProofOf(source, request));

    /// <summary>The source as it is for this request: where nobody has said which URL the sender signs, it is the one that was called.</summary>
    public Source For(Source source, CapturedRequest request, ICollection<string> remarks)
    {
        if (source.Settings.AllowedIps is not null)
        {
            remarks.Add("where it came from is not known, so that AllowedIps was not looked at");
            source = source with { Settings = source.Settings with { AllowedIps = null } };
        }

        if (IsUrlKnown || !source.Scheme.SignsUrl) return source;
        var guess = request.Url ?? (request.Headers.First("Host") is { Length: > 0 } host ? $"https://{host}{request.Target}" : null);
        if (guess is null || !Uri.TryCreate(guess, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) throw new CaptureException("does not say which URL was called, which this sender signs; give the URL as the sender has it with --url");
        remarks.Add(request.Url is null ? "the URL that was signed is guessed from the Host header; --url says what the sender has" : "the URL that was signed is taken to be the captured one; --url says what the sender has");
        return source with { Settings = source.Settings with { PublicUrl = url } };
    }

    private static bool HasProofOf(Source source, CapturedRequest request)
    {
        IReadOnlyList<string> names = source.Scheme.HeaderNames is { Count: > 0 } headers ? headers : source.Scheme.CredentialNames;
        return names.Any(name => request.Headers.First(name) is not null);
    }

    private static IProvider FindProvider(string name) => ProviderCatalog.Default.TryGet(name, out var provider)
        ? provider
        : throw new CommandException($"'{SafeText.OneLine(name, 60)}' is no provider; name one of {string.Join(", ", ProviderCatalog.Default.Names)}");

    private static SluiceConfiguration? ReadConfiguration(ParseResult parsed)
    {
        var file = ConfigurationFile.Find(parsed.GetValue(CommonOptions.Config), CommonOptions.Folder(parsed));
        if (file.Path is not null && !File.Exists(file.Path)) return null;
        using var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .AddSingleton(TimeProvider.System).AddSluiceHandlers().AddUserHandlers().BuildServiceProvider();
        return file.Read(services.GetRequiredService<HandlerCatalog>(), new List<ConfigurationError>());
    }

    // The source with what was given in the place of what the configuration says.
    private static Source Changed(Source source, VerifyOptions given)
    {
        if (!given.HasKeys && given.Url is null) return source;
        var settings = source.Settings with { PublicUrl = given.Url ?? source.Settings.PublicUrl };
        if (given.Secrets.Count > 0) settings = settings with { Secrets = [.. given.Secrets.Select(text => Resolve("--secret", text))] };
        if (given.PublicKeys.Count > 0) settings = settings with { PublicKeys = [.. given.PublicKeys.Select(text => Resolve("--public-key", text))] };
        var (faults, errors) = (new List<string>(), new List<ConfigurationError>());
        var scheme = source.Provider.Scheme(settings, faults);
        if (scheme.SignsUrl && settings.PublicUrl is null) faults.Add("PublicUrl: is missing; give the URL as the sender has it with --url");
        var verifier = scheme.Prepare(settings, errors);
        var fault = faults.FirstOrDefault() ?? errors.FirstOrDefault()?.ToString();
        return source with { Settings = settings, Scheme = scheme, Verifier = fault is null ? verifier : null, Fault = fault };
    }

    private static VerifySources MakeUp(IProvider provider, VerifyOptions given)
    {
        var name = provider.Name.Replace('-', '_');
        var settings = new Dictionary<string, string?> { ["Provider"] = provider.Name, ["PublicUrl"] = (given.Url ?? UnknownUrl).OriginalString };
        for (var i = 0; i < given.Secrets.Count; i++) settings[$"Secrets:{i}"] = given.Secrets[i];
        for (var i = 0; i < given.PublicKeys.Count; i++) settings[$"PublicKeys:{i}"] = given.PublicKeys[i];
        foreach (var (key, value) in given.Settings) settings[key] = value;
        var errors = new List<ConfigurationError>();
        var built = SluiceConfiguration.Build(
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create($"Sluice:Sources:{name}:{pair.Key}", pair.Value))).Build(),
            ProviderCatalog.Default, null, Resolver(), errors);
        var source = built.Sources.Single();
        if (errors.Count > 0) throw new CommandException($"provider {provider.Name}: {errors[0].Entry.Replace($"Sluice:Sources:{name}:", "", StringComparison.Ordinal)} {errors[0].Message} (here with --secret, --public-key, --url or --set NAME=VALUE)");
        return new(built, source, given.Url is not null || given.Settings.Any(setting => setting.Key == "PublicUrl"), SecretMask.Of(built));
    }

    private static SecretSettings Resolve(string option, string text) => new(Resolver().Resolve(text, out var error) ?? throw new CommandException($"{option} {error}")) { Entry = option };

    private static SecretResolver Resolver() => new(Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory());

    private static SecretMask MaskOf(SluiceConfiguration configuration, VerifyOptions given) => SecretMask.Of(configuration, given.Secrets.Select(text => Resolver().Resolve(text, out _) ?? ""));

    private static string Known(SluiceConfiguration? configuration) => configuration?.Sources.Any() == true
        ? $"name one of {string.Join(", ", configuration.Sources.Select(source => source.Name))}"
        : "there is no configuration with one: name a file with --config, or the sender with --provider and --secret";
}
