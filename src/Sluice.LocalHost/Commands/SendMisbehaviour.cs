using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.LocalHost.Conformance;
using Sluice.LocalHost.Conformance.Scenarios;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice send PROVIDER --misbehave</c>: all that the sender does besides sending an event once, and a verdict on the receiver.</summary>
internal static class SendMisbehaviour
{
    public static readonly Option<bool> Misbehave = new("--misbehave") { Description = "Do what this sender does on bad days (repeats, forgeries, bursts, broken connections) and judge the receiver" };

    private static readonly Option<double?> Scale = new("--scale") { Description = "With --misbehave: which part of the time between the sender's repeats is waited for, from 0 to 1 [default: two seconds in all]", HelpName = "N" };
    private static readonly Option<string?> Only = new("--only") { Description = $"With --misbehave: only these scenarios, by commas: {string.Join(", ", ConformanceRun.Scenarios.Select(scenario => scenario.Name))}", HelpName = "NAMES" };
    private static readonly Option<string?> Observe = new("--observe") { Description = "With --misbehave: a URL that answers a JSON array of the ids the receiver has kept, each as often as it kept it", HelpName = "URL" };
    private static readonly Option<string?> NextSecret = new("--next-secret") { Description = "With --misbehave: another secret that the receiver takes, or env:NAME or file:PATH", HelpName = "S" };
    private static readonly Option<string?> RetiredSecret = new("--retired-secret") { Description = "With --misbehave: a secret that the receiver takes no more, or env:NAME or file:PATH", HelpName = "S" };
    private static readonly Option<int?> Seed = new("--seed") { Description = "With --misbehave: the seed of an earlier run, to make the same choices", HelpName = "N" };

    /// <summary>The longest that a sender's schedule may be played.</summary>
    private static readonly TimeSpan LongestSchedule = TimeSpan.FromMinutes(10);

    /// <summary>The longest that all the rest may take.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan UsualSchedule = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<Option> Options { get; } = [Misbehave, Scale, Only, Observe, NextSecret, RetiredSecret, Seed, CommonOptions.Remote, CommonOptions.Token];

    /// <exception cref="CommandException">Something is asked for that only means something with <c>--misbehave</c>.</exception>
    public static void RequireNone(ParseResult parsed)
    {
        if (Options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given) throw new CommandException($"{given.Name} is about --misbehave; add that, or leave it out");
    }

    public static async Task<int> RunAsync(ParseResult parsed, SendTarget sender, SendReceiver receiver, string type, bool isSecretNamed, CancellationToken cancellationToken)
    {
        var url = receiver.Url;
        // The other secrets of a source belong to the Sluice that has it. Beside a secret that was named they may be somebody else's altogether.
        var usesOthers = receiver.IsOwn && !isSecretNamed;
        var scale = ReadScale(parsed, sender);
        var only = ReadOnly(parsed);
        var seed = parsed.GetValue(Seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        var time = TimeProvider.System;
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = 1024 * 1024 };
        using var ops = FindOps(parsed, url);
        // Without a configuration at hand the URL says what the source is called there.
        if (NameIn(url) is { } name) sender = sender with { Settings = sender.Settings with { Name = name } };
        var played = new PlayedSender(sender, url, type, client, time, new Random(seed), FindObserver(parsed, client, ops))
        {
            Scale = scale,
            Fix = receiver.Fix,
            NextSecrets = [.. usesOthers ? Others(sender, time.GetUtcNow(), isValid: true) : [], .. Resolve(parsed, NextSecret)],
            RetiredSecrets = [.. usesOthers ? Others(sender, time.GetUtcNow(), isValid: false) : [], .. Resolve(parsed, RetiredSecret)],
        };

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestRun + (Schedule(sender) * scale));
        ConformanceReport report = null!;
        try
        {
            await Job.RunAsync("Misbehaving", async tell => report = await ConformanceRun.PlayAsync(played, only, tell, limit.Token), only?.Length ?? ConformanceRun.Scenarios.Count);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"the receiver is too slow: the run was not at its end after {LongestRun.TotalMinutes:0} minutes; --only plays a part of it");
        }

        var view = new ReportView(sender.Provider.Name, sender.Settings.Name, Shown(sender, url), seed, scale, report.IsGood ? "good" : "bad", report.Scenarios, report.Faults, report.Notes);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(view, ReportJson.Default.ReportView);
        else ReportTable.Print(view);
        return report.IsGood ? 0 : 1;
    }

    private static double ReadScale(ParseResult parsed, SendTarget sender)
    {
        var schedule = Schedule(sender);
        if (parsed.GetValue(Scale) is not { } scale) return schedule > UsualSchedule ? UsualSchedule / schedule : 1;
        if (scale is not (>= 0 and <= 1)) throw new CommandException("--scale is a number from 0 to 1; 0.001 makes a second of a thousand");
        return schedule * scale <= LongestSchedule
            ? scale
            : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--scale {scale} makes {(schedule * scale).TotalMinutes:0} minutes of {sender.Provider.Facts.Title}'s schedule; write {LongestSchedule / schedule:0.#####} at most, which is {LongestSchedule.TotalMinutes:0}"));
    }

    private static TimeSpan Schedule(SendTarget sender) => ScheduleScenario.DelaysOf(sender.Provider.Facts).Aggregate(TimeSpan.Zero, (sum, delay) => sum + delay);

    private static string[]? ReadOnly(ParseResult parsed)
    {
        if (parsed.GetValue(Only) is not { } text) return null;
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var known = ConformanceRun.Scenarios.Select(scenario => scenario.Name).ToList();
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown) throw new CommandException($"--only '{SafeText.OneLine(unknown, 60)}' is no scenario; there are {string.Join(", ", known)}");
        return [.. names.Append(known[0]).Distinct()];
    }

    private static IKeptObserver? FindObserver(ParseResult parsed, HttpClient client, OpsClient? ops)
    {
        if (parsed.GetValue(Observe) is not { } text) return ops is null ? null : new OpsObserver(new RemoteOperations(ops));
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? new UrlObserver(client, url) : throw new CommandException($"--observe {SafeText.OneLine(text)} is no http or https address");
    }

    // The Sluice that was named, or the running one if that is where everything goes.
    private static OpsClient? FindOps(ParseResult parsed, Uri url)
    {
        if (parsed.GetValue(CommonOptions.Remote) is { } remote)
        {
            if (!Uri.TryCreate(remote, UriKind.Absolute, out var host)) throw new CommandException($"--remote {SafeText.OneLine(remote)} is no address; write it as http://host:port");
            return new(host, parsed.GetValue(CommonOptions.Token) ?? throw new CommandException("--remote needs --token: the host's ops token"));
        }

        return CommonOptions.Folder(parsed).ReadHost() is { } running && Uri.TryCreate(running.Url, UriKind.Absolute, out var own) && own.Authority == url.Authority ? new(own, running.Token) : null;
    }

    private static IEnumerable<string> Others(SendTarget sender, DateTimeOffset now, bool isValid) => sender.Settings.Secrets
        .Where(secret => secret.Value != sender.Secret.Value && (isValid ? !(now < secret.NotBefore) && !(now >= secret.NotAfter) : now >= secret.NotAfter))
        .Select(secret => secret.Value);

    private static IEnumerable<string> Resolve(ParseResult parsed, Option<string?> option) => SendSecret.Resolve(parsed, option) is { } secret ? [secret] : [];

    private static string? NameIn(Uri url) => url.AbsolutePath.Split('/') is ["", "api", "webhooks", { Length: > 0 } name, ..] ? name : null;

    // A secret may be a part of the path, or stand in the query.
    private static string Shown(SendTarget sender, Uri url)
    {
        var shown = url.GetLeftPart(UriPartial.Path);
        return sender.Scheme.IsInPath && sender.Secret.Value is { Length: > 0 } secret ? shown.Replace(secret, "...", StringComparison.Ordinal) : shown;
    }
}
