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
    private static readonly Option<string?> VerifyToken = new("--verify-token") { Description = "With --handshake: the verify token that the question shows, or env:NAME or file:PATH. By default the source's", HelpName = "T" };
    private static readonly Option<string?> Body = new("--body") { Description = "A file whose exact bytes are sent", HelpName = "FILE" };
    private static readonly Option<int> Count = new("--count") { Description = "How many events", DefaultValueFactory = _ => 1 };

    public SendCommand() : base("send", "Sends signed webhooks, as their sender would")
    {
        Add(Provider);
        foreach (var option in (Option[])[Type, Source, Url, Secret, Body, Count, Handshake, VerifyToken, .. SendMisbehaviour.Options]) Add(option);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var count = parsed.GetValue(Count);
        if (count < 1) throw new CommandException($"--count {count} makes no sense; write a number from 1");
        var isMisbehaving = parsed.GetValue(SendMisbehaviour.Misbehave);
        if (!isMisbehaving) SendMisbehaviour.RequireNone(parsed);
        else RequireNone(parsed, SendMisbehaviour.Misbehave, Body, Count, Handshake, VerifyToken);
        if (parsed.GetValue(Handshake)) RequireNone(parsed, Handshake, Body, Count, Type);
        else if (IsGiven(parsed, VerifyToken)) throw new CommandException($"{VerifyToken.Name} is about {Handshake.Name}; add that, or leave it out");

        var (sender, receiver) = SendTarget.Find(parsed, parsed.GetValue(Provider)!, parsed.GetValue(Source), parsed.GetValue(Url), parsed.GetValue(Secret));
        var type = parsed.GetValue(Type) ?? sender.Provider.SampleType;
        if (isMisbehaving) return await SendMisbehaviour.RunAsync(parsed, sender, receiver, type, isSecretNamed: parsed.GetValue(Secret) is not null, cancellationToken);
        if (IsGiven(parsed, Type) && IsGiven(parsed, Body) && !SendRequest.HasTypeInHeaders(sender.Provider, type))
            throw new CommandException($"{Type.Name} means nothing beside {Body.Name}: the type of {sender.Provider.Name}'s events stands in their body; leave one of them out");

        var body = parsed.GetValue(Body) is { } file ? ReadBody(file) : null;
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = 1024 * 1024 };
        if (parsed.GetValue(Handshake)) return await AskAsync(parsed, sender, receiver, client, cancellationToken);

        var answers = new SendAnswers(parsed.GetValue(CommonOptions.Json), count, sender);
        var sent = 0L;
        await Job.RunAsync("Sending", async tell => await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (_, token) =>
        {
            using var request = SendRequest.Event(sender, receiver.Url, type, body);
            var started = Stopwatch.GetTimestamp();
            using var response = await receiver.AskAsync(client, request, token);
            answers.Add((int)response.StatusCode, await response.Content.ReadAsStringAsync(token), Stopwatch.GetElapsedTime(started));
            tell(Interlocked.Increment(ref sent));
        }), count);
        return answers.Print();
    }

    private static async Task<int> AskAsync(ParseResult parsed, SendTarget sender, SendReceiver receiver, HttpClient client, CancellationToken cancellationToken)
    {
        var token = SendSecret.Resolve(parsed, VerifyToken);
        var question = SendQuestion.Of(sender, receiver, token) ?? throw new CommandException($"{sender.Provider.Name} asks no question; those that do are {string.Join(", ", Asking(receiver.Url))}");
        using var request = SendRequest.Create(question.Request);
        var started = Stopwatch.GetTimestamp();
        using var response = await receiver.AskAsync(client, request, cancellationToken);
        var answer = await QuestionAnswer.ReadAsync(sender, question, response, Stopwatch.GetElapsedTime(started), token ?? sender.Settings.VerifyToken, cancellationToken);
        answer.Print(parsed.GetValue(CommonOptions.Json), sender.Provider.Facts.Title);
        return answer.IsGood ? 0 : 1;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static void RequireNone(ParseResult parsed, Option beside, params Option[] options)
    {
        if (options.FirstOrDefault(option => IsGiven(parsed, option)) is { } other) throw new CommandException($"{other.Name} means nothing beside {beside.Name}; leave it out");
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
