using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Sluice.Events;
using Sluice.LocalHost.Hosting;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice send PROVIDER</c>: webhooks as that sender would send them, correctly signed.</summary>
internal sealed class SendCommand : Command
{
    private const int AtOnce = 16;

    private static readonly Argument<string> Provider = new("PROVIDER") { Description = "Which sender to be, such as stripe" };
    private static readonly Option<string?> Type = new("--type") { Description = "The type of the event", HelpName = "T" };
    private static readonly Option<string?> Source = new("--source") { Description = "The source to send to; by default the one of that provider", HelpName = "NAME" };
    private static readonly Option<string?> Url = new("--url") { Description = "Where to send to; by default the running Sluice", HelpName = "U" };
    private static readonly Option<string?> Secret = new("--secret") { Description = "What to sign with; by default the source's secret", HelpName = "S" };
    private static readonly Option<string?> Body = new("--body") { Description = "A file whose exact bytes are sent", HelpName = "FILE" };
    private static readonly Option<int> Count = new("--count") { Description = "How many events", DefaultValueFactory = _ => 1 };

    public SendCommand() : base("send", "Sends signed webhooks, as their sender would")
    {
        Add(Provider);
        foreach (var option in (Option[])[Type, Source, Url, Secret, Body, Count]) Add(option);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var count = parsed.GetValue(Count);
        if (count < 1) throw new CommandException($"--count {count} makes no sense; write a number from 1");
        var (sender, url) = SendTarget.Find(parsed, parsed.GetValue(Provider)!, parsed.GetValue(Source), parsed.GetValue(Url), parsed.GetValue(Secret));
        var body = parsed.GetValue(Body) is { } file ? ReadBody(file) : null;
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

        var answers = new SendAnswers(parsed.GetValue(CommonOptions.Json), count);
        var sent = 0L;
        await Job.RunAsync("Sending", async tell => await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (_, token) =>
        {
            using var request = CreateRequest(sender, url, parsed.GetValue(Type) ?? sender.Provider.SampleType, body);
            var started = Stopwatch.GetTimestamp();
            using var response = await client.SendAsync(request, token);
            answers.Add((int)response.StatusCode, await response.Content.ReadAsStringAsync(token), Stopwatch.GetElapsedTime(started));
            tell(Interlocked.Increment(ref sent));
        }), count);
        return answers.Print();
    }

    private static HttpRequestMessage CreateRequest(SendTarget sender, Uri url, string type, byte[]? body)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var now = TimeProvider.System.GetUtcNow();
        var sample = sender.Provider.CreateSample(type, id, now);
        var bytes = body ?? sample.Body;
        var signed = Sign(sender, new SentRequest { Url = url, Body = bytes, ContentType = sample.ContentType, Headers = sample.Headers, Id = $"msg_{id}" }, now);
        var request = new HttpRequestMessage(new HttpMethod(signed.Method), signed.Url) { Content = new ReadOnlyMemoryContent(signed.Body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(signed.ContentType);
        foreach (var (name, value) in signed.Headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static SentRequest Sign(SendTarget sender, SentRequest request, DateTimeOffset now)
    {
        try
        {
            // A sender that signs its URL signs the one it was given, wherever this one is sent to.
            if (!sender.Scheme.SignsUrl || sender.Settings.PublicUrl is not { } known) return sender.Scheme.Sign(request, sender.Settings, sender.Secret, now);
            return sender.Scheme.Sign(request with { Url = known }, sender.Settings, sender.Secret, now) with { Url = request.Url };
        }
        catch (FormatException e)
        {
            throw new CommandException($"the secret {e.Message}");
        }
    }

    private static byte[] ReadBody(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read --body {SafeText.OneLine(file)} ({e.Message})");
        }
    }
}
