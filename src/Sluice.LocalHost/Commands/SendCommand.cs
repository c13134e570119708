using System.CommandLine;
using System.Diagnostics;
using Sluice.Configuration;
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
    private static readonly Option<string?> Secret = new("--secret") { Description = "What to sign with, or env:NAME or file:PATH; a private key for senders that have one. By default the source's secret", HelpName = "S" };
    private static readonly Option<bool> Handshake = new("--handshake") { Description = "Ask the question that this sender asks its receiver, and print the answer" };
    private static readonly Option<string?> Body = new("--body") { Description = "A file whose exact bytes are sent", HelpName = "FILE" };
    private static readonly Option<int> Count = new("--count") { Description = "How many events", DefaultValueFactory = _ => 1 };

    public SendCommand() : base("send", "Sends signed webhooks, as their sender would")
    {
        Add(Provider);
        foreach (var option in (Option[])[Type, Source, Url, Secret, Body, Count, Handshake, .. SendMisbehaviour.Options]) Add(option);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var count = parsed.GetValue(Count);
        if (count < 1) throw new CommandException($"--count {count} makes no sense; write a number from 1");
        var isMisbehaving = parsed.GetValue(SendMisbehaviour.Misbehave);
        if (!isMisbehaving) SendMisbehaviour.RequireNone(parsed);
        else if (((Option[])[Body, Count, Handshake]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } other) throw new CommandException($"{other.Name} means nothing beside --misbehave; leave it out");
        var (sender, url) = SendTarget.Find(parsed, parsed.GetValue(Provider)!, parsed.GetValue(Source), parsed.GetValue(Url) ?? parsed.GetValue(CommonOptions.Remote), parsed.GetValue(Secret));
        if (isMisbehaving) return await SendMisbehaviour.RunAsync(parsed, sender, url, parsed.GetValue(Type) ?? sender.Provider.SampleType, cancellationToken);
        var body = parsed.GetValue(Body) is { } file ? ReadBody(file) : null;
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
        if (parsed.GetValue(Handshake)) return await AskAsync(parsed, sender, url, client, cancellationToken);

        var answers = new SendAnswers(parsed.GetValue(CommonOptions.Json), count);
        var sent = 0L;
        await Job.RunAsync("Sending", async tell => await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (_, token) =>
        {
            using var request = SendRequest.Event(sender, url, parsed.GetValue(Type) ?? sender.Provider.SampleType, body);
            var started = Stopwatch.GetTimestamp();
            using var response = await client.SendAsync(request, token);
            answers.Add((int)response.StatusCode, await response.Content.ReadAsStringAsync(token), Stopwatch.GetElapsedTime(started));
            tell(Interlocked.Increment(ref sent));
        }), count);
        return answers.Print();
    }

    private static async Task<int> AskAsync(ParseResult parsed, SendTarget sender, Uri url, HttpClient client, CancellationToken cancellationToken)
    {
        using var request = SendRequest.Question(sender, url) ?? throw new CommandException($"{sender.Provider.Name} asks no question; those that do are {string.Join(", ", Asking(url))}");
        var started = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, cancellationToken);
        var answer = await QuestionAnswer.ReadAsync(response, Stopwatch.GetElapsedTime(started), sender.Secret.Value, cancellationToken);
        answer.Print(parsed.GetValue(CommonOptions.Json));
        return response.IsSuccessStatusCode ? 0 : 1;
    }

    private static IEnumerable<string> Asking(Uri url) => ProviderCatalog.Default.Names.Where(name =>
        ProviderCatalog.Default.TryGet(name, out var provider) && provider.CreateHandshake(url, new SourceSettings { Name = "any", Provider = name }) is not null);

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
