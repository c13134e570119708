namespace Sluice.Diagnosis;

/// <summary>The sender signs the URL that it has, and <c>PublicUrl</c> says another.</summary>
internal static class UrlMistakes
{
    private static readonly string[] OriginalUrls = ["X-Original-URL", "X-Original-Uri", "X-Rewrite-URL"];
    private static readonly string[] Hosts = ["X-Forwarded-Host", "X-Original-Host", "Host"];

    public static IReadOnlyList<Mistake> All { get; } = [new(Scheme), new(Host), new(Port), new(TrailingSlash), new(Query), new(Path), new(AsItArrived), new(SecretInPath)];

    private static IEnumerable<Trial> Scheme(Trial trial) => Change(
        trial, url => [url with { Scheme = url.Scheme == "https" ? "http" : "https" }], url => Said(CauseKind.UrlScheme, $"the sender signs {(url.Scheme == "https" ? "http" : "https")}, and PublicUrl says {url.Scheme}"));

    private static IEnumerable<Trial> Host(Trial trial) => Change(
        trial,
        url => [.. Arrived(trial).Select(host => url with { Host = host.Host }), url with { Host = url.Host.StartsWith("www.", StringComparison.Ordinal) ? url.Host[4..] : "www." + url.Host }, url with { Host = url.Host.ToLowerInvariant() }],
        _ => Said(CauseKind.UrlHost, "the sender signs another host than that of PublicUrl"));

    private static IEnumerable<Trial> Port(Trial trial) => Change(
        trial,
        url =>
        [
            url with { Port = "" }, url with { Port = url.Scheme == "https" ? ":443" : ":80" }, .. Arrived(trial).Select(arrived => url with { Port = arrived.Port }),
            .. UrlText.First(trial.Envelope.Headers, "X-Forwarded-Port") is { } port ? [url with { Port = ":" + port }] : Array.Empty<UrlText>(),
        ],
        url => Said(CauseKind.UrlPort, url.Port.Length > 0 ? "the sender signs no port or another one than PublicUrl says" : "the sender signs a port, and PublicUrl has none"));

    private static IEnumerable<Trial> TrailingSlash(Trial trial) => Change(
        trial,
        url => [url with { Path = url.Path.EndsWith('/') ? url.Path[..^1] : url.Path + "/" }, url with { Path = url.Path.TrimEnd('/') }],
        url => Said(CauseKind.UrlTrailingSlash, url.Path.EndsWith('/') ? "the sender signs no slash at the end of the path, and PublicUrl has one" : "the sender signs a slash at the end of the path, and PublicUrl has none"));

    private static IEnumerable<Trial> Query(Trial trial) => Change(
        trial,
        url =>
        {
            var sent = trial.Envelope.Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? trial.Envelope.Target[(at + 1)..] : null;
            var query = url.Query ?? sent;
            if (query is null) return [url with { Query = "" }];
            var fields = query.Split('&', 200);
            return
            [
                url with { Query = null }, url with { Query = sent }, url with { Query = url.Query is null ? sent : $"{url.Query}&{sent}" }, url with { Query = string.Join('&', fields.Order(StringComparer.Ordinal)) },
                url with { Query = string.Join('&', fields.Reverse()) }, url with { Query = Uri.UnescapeDataString(query) }, url with { Query = query.Replace("+", "%20", StringComparison.Ordinal) },
                url with { Query = query.Replace("%20", "+", StringComparison.Ordinal) },
            ];
        },
        _ => Said(CauseKind.UrlQuery, "the sender signs another query: one with other parameters, in another order or otherwise escaped"));

    private static IEnumerable<Trial> Path(Trial trial) => Change(
        trial,
        url =>
        {
            var headers = trial.Envelope.Headers;
            var original = OriginalUrls.Select(name => UrlText.First(headers, name)).FirstOrDefault(found => found is not null);
            var target = UrlText.Before(trial.Envelope.Target, '?');
            return
            [
                url with { Path = target }, url with { Path = (UrlText.First(headers, "X-Forwarded-Prefix") ?? "").TrimEnd('/') + target }, url with { Path = original is null ? url.Path : UrlText.Before(original, '?') },
                url with { Path = Uri.UnescapeDataString(url.Path) }, url with { Path = url.Path.ToLowerInvariant() },
            ];
        },
        _ => Said(CauseKind.UrlPath, "the sender signs another path than that of PublicUrl"));

    // Everything at once, each difference named; and where the source says nothing of its URL.
    private static IEnumerable<Trial> AsItArrived(Trial trial)
    {
        if (!trial.Scheme.SignsUrl || UrlText.Of(trial.Envelope) is not { } arrived) yield break;
        var missing = new Cause(CauseKind.UrlHost, "the source has no PublicUrl, and the sender signs the URL that it has", "set PublicUrl to the URL exactly as the sender has it");
        foreach (var seen in new[] { arrived, arrived with { Scheme = arrived.Scheme == "https" ? "http" : "https" } })
        {
            if (trial.Envelope.Url is null) yield return trial.With(seen.ToString(), missing);
            else if (UrlText.Parse(trial.Envelope.Url) is { } url && seen != url) yield return trial.With(seen.ToString(), Differences(url, seen));
        }
    }

    // Where the URL ends with the secret.
    private static IEnumerable<Trial> SecretInPath(Trial trial)
    {
        if (!trial.Scheme.IsInPath || trial.Envelope.PathSecret is not { Length: > 0 and < 4096 } secret) yield break;
        var cause = new Cause(CauseKind.UrlPath, "the end of the URL, which is the secret, has more than the secret or was escaped", "give the sender the URL to the letter, ending with the secret");
        foreach (var changed in new[] { secret.Trim('/'), Uri.UnescapeDataString(secret).Trim(' ', '/'), UrlText.Before(secret, '/') }.Distinct(StringComparer.Ordinal))
        {
            if (changed != secret) yield return trial with { Envelope = trial.Envelope with { PathSecret = changed }, Causes = [.. trial.Causes, cause] };
        }
    }

    private static IEnumerable<Cause> Differences(UrlText url, UrlText seen)
    {
        if (seen.Scheme != url.Scheme) yield return Said(CauseKind.UrlScheme, $"the sender signs {seen.Scheme}, and PublicUrl says {url.Scheme}");
        if (seen.Host != url.Host) yield return Said(CauseKind.UrlHost, "the sender signs another host than that of PublicUrl");
        if (seen.Port != url.Port) yield return Said(CauseKind.UrlPort, "the sender signs another port than that of PublicUrl");
        if (seen.Path != url.Path && seen.Path.TrimEnd('/') == url.Path.TrimEnd('/')) yield return Said(CauseKind.UrlTrailingSlash, "the sender's path and that of PublicUrl differ in a slash at the end");
        else if (seen.Path != url.Path) yield return Said(CauseKind.UrlPath, "the sender signs another path than that of PublicUrl");
        if (seen.Query != url.Query) yield return Said(CauseKind.UrlQuery, "the sender signs another query");
    }

    private static IEnumerable<Trial> Change(Trial trial, Func<UrlText, IEnumerable<UrlText>> change, Func<UrlText, Cause> cause)
    {
        if (!trial.Scheme.SignsUrl || UrlText.Parse(trial.Envelope.Url) is not { } url) yield break;
        foreach (var changed in change(url).Distinct())
        {
            if (changed != url) yield return trial.With(changed.ToString(), cause(url));
        }
    }

    // Where the request says it went, each host by itself.
    private static IEnumerable<UrlText> Arrived(Trial trial) => Hosts
        .Select(name => UrlText.First(trial.Envelope.Headers, name)).OfType<string>().Distinct(StringComparer.Ordinal)
        .Select(host => UrlText.Parse($"https://{host}/")).OfType<UrlText>();

    private static Cause Said(CauseKind kind, string text) => new(kind, text, "set PublicUrl to the URL exactly as the sender has it, to the letter");
}
