using System.CommandLine;
using System.Globalization;
using Sluice.Events;
using Sluice.LocalHost.Captures;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary>What <c>sluice verify</c> was asked.</summary>
internal sealed record VerifyOptions
{
    private static readonly Argument<string?> SourceName = new("SOURCE") { Description = "The source whose secret is tried; by default the request tells", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> RequestFile = new("--request") { Description = "A raw HTTP request: request line, headers, blank line, body", HelpName = "FILE" };
    private static readonly Option<string?> HarFile = new("--har") { Description = "A HAR; all its requests for the source are verified", HelpName = "FILE" };
    private static readonly Option<int?> EntryNumber = new("--entry") { Description = "Only this entry of the HAR, counted from 1", HelpName = "N" };
    private static readonly Option<string?> HeadersFile = new("--headers") { Description = "The headers alone: lines Name: value, or one JSON object", HelpName = "FILE" };
    private static readonly Option<string?> BodyFile = new("--body") { Description = "The body alone, its exact bytes", HelpName = "FILE" };
    private static readonly Option<string?> MethodName = new("--method") { Description = "The method, beside --headers [default: POST]", HelpName = "M" };
    private static readonly Option<string?> ProviderName = new("--provider") { Description = "The sender, where no configuration has a source for it", HelpName = "P" };
    private static readonly Option<string[]> SecretTexts = new("--secret") { Description = "Its secret, or env:NAME or file:PATH", HelpName = "S" };
    private static readonly Option<string[]> PublicKeyTexts = new("--public-key") { Description = "Its public key, or env:NAME or file:PATH", HelpName = "K" };
    private static readonly Option<string[]> OwnSettings = new("--set") { Description = "Another setting of a source, such as WebhookId=5A8", HelpName = "NAME=VALUE" };
    private static readonly Option<string?> UrlText = new("--url") { Description = "The URL as the sender has it, for senders that sign it", HelpName = "U" };
    private static readonly Option<string?> AtText = new("--at") { Description = "When it arrived, such as 2026-11-22T12:00:00Z or seconds since 1970", HelpName = "TIME" };

    public required string? Source { get; init; }

    public required string? Request { get; init; }

    public required string? Har { get; init; }

    public required int? Entry { get; init; }

    public required string? Headers { get; init; }

    public required string? Body { get; init; }

    public required string? Method { get; init; }

    public required string? Provider { get; init; }

    public required IReadOnlyList<string> Secrets { get; init; }

    public required IReadOnlyList<string> PublicKeys { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; }

    public required Uri? Url { get; init; }

    public required DateTimeOffset? At { get; init; }

    public bool HasKeys => Secrets.Count + PublicKeys.Count > 0;

    public static void AddTo(Command command)
    {
        command.Add(SourceName);
        foreach (var option in (Option[])[RequestFile, HarFile, EntryNumber, HeadersFile, BodyFile, MethodName, ProviderName, SecretTexts, PublicKeyTexts, OwnSettings, UrlText, AtText]) command.Add(option);
    }

    /// <exception cref="CommandException">They do not fit together.</exception>
    public static VerifyOptions Read(ParseResult parsed)
    {
        var options = new VerifyOptions
        {
            Source = parsed.GetValue(SourceName),
            Request = parsed.GetValue(RequestFile),
            Har = parsed.GetValue(HarFile),
            Entry = parsed.GetValue(EntryNumber),
            Headers = parsed.GetValue(HeadersFile),
            Body = parsed.GetValue(BodyFile),
            Method = parsed.GetValue(MethodName),
            Provider = parsed.GetValue(ProviderName),
            Secrets = parsed.GetValue(SecretTexts) ?? [],
            PublicKeys = parsed.GetValue(PublicKeyTexts) ?? [],
            Settings = [.. (parsed.GetValue(OwnSettings) ?? []).Select(ReadSetting)],
            Url = parsed.GetValue(UrlText) is { } url ? ReadUrl(url) : null,
            At = parsed.GetValue(AtText) is { } at ? ReadMoment(at) : null,
        };
        var captures = new[] { options.Request, options.Har, options.Headers }.Count(file => file is not null);
        if (captures == 0 && options.Body is null) throw new CommandException("what is to be verified? Name a raw request with --request, a HAR with --har, or --headers and --body");
        if (captures > 1 || (options.Body is not null && options.Headers is null && captures > 0)) throw new CommandException("--request, --har and --headers with --body are three ways to give one request; use one of them");
        if (options.Headers is null != options.Body is null) throw new CommandException("--headers and --body belong together: one file with the headers, one with the exact bytes of the body");
        if (options.Headers == CaptureFile.StandardInput && options.Body == CaptureFile.StandardInput) throw new CommandException("--headers and --body cannot both be standard input; name a file for one");
        if (options.Entry is not null && options.Har is null) throw new CommandException("--entry belongs to --har");
        if (options.Entry < 1) throw new CommandException("--entry counts from 1");
        if (options.Method is not null && options.Headers is null) throw new CommandException("--method belongs to --headers; a whole request says its own");
        return options;
    }

    private static KeyValuePair<string, string> ReadSetting(string text) => text.Split('=', 2) is [{ Length: > 0 } name, var value]
        ? new(name, value)
        : throw new CommandException("--set is written as NAME=VALUE, such as --set WebhookId=5A8");

    private static Uri ReadUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? url
        : throw new CommandException($"--url {SafeText.OneLine(text)} is no http or https address; write the whole URL as the sender has it");

    private static DateTimeOffset ReadMoment(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return DateTimeOffset.FromUnixTimeSeconds(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : throw new CommandException($"--at {SafeText.OneLine(text, 60)} is no moment; write one such as 2026-11-22T12:00:00Z, or seconds since 1970");
    }

    /// <summary>Never what it holds: some of it is secret.</summary>
    public override string ToString() => nameof(VerifyOptions);
}
