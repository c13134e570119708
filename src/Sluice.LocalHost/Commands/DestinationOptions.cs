using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary>The options that say how a destination is, each one a setting of the configuration.</summary>
internal static class DestinationOptions
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static readonly Option<string[]> SignSecrets = new("--sign-secret") { Description = "Signs by Standard Webhooks: whsec_... or whsk_..., - for standard input, env:NAME or file:PATH; made and shown once where none is given", HelpName = "W" };
    public static readonly Option<string[]> Sources = new("--source") { Description = "Only events of this source; several options mean any of them", HelpName = "S" };
    public static readonly Option<string[]> Types = new("--type") { Description = "Only events of this type, * standing for any characters", HelpName = "T" };
    public static readonly Option<string?> Filter = new("--filter") { Description = "Only events for which this holds, such as '{\"json\":\"data.amount\",\"atLeast\":1000}'", HelpName = "JSON" };
    public static readonly Option<FileInfo?> Settings = new("--settings") { Description = "All settings as in the configuration; options stand before them", HelpName = "FILE" };

    private static readonly Option<string?> Url = new("--url") { Description = "Where to post to: https, in the public internet", HelpName = "U" };
    private static readonly Option<string?> Format = new("--format") { Description = "Exact (as it came), CloudEvents, CloudEventsBinary or Slack", HelpName = "F" };
    private static readonly Option<string[]> Headers = new("--header") { Description = "A header of every request; its value is a secret, and may be - or env:NAME", HelpName = "'N: V'" };
    private static readonly Option<string?> Bearer = new("--bearer") { Description = "A token that it asks for; may be - or env:NAME", HelpName = "T" };
    private static readonly Option<string?> Basic = new("--basic") { Description = "The name and password that it asks for; the password may be - or env:NAME", HelpName = "U:P" };
    private static readonly Option<string?> Rate = new("--rate") { Description = "At most so many attempts, such as 10/s or 600/m", HelpName = "R" };
    private static readonly Option<int?> Concurrency = new("--concurrency") { Description = "At most so many attempts at once", HelpName = "N" };
    private static readonly Option<string?> Timeout = new("--timeout") { Description = "How long an attempt may take, such as 00:00:10", HelpName = "T" };
    private static readonly Option<int?> RetryAttempts = new("--retry-attempts") { Description = "How many attempts in all", HelpName = "N" };
    private static readonly Option<string[]> RetryDelays = new("--retry-delay") { Description = "The delay before the next attempt, one option for each", HelpName = "T" };
    private static readonly Option<string?> MaxAge = new("--max-age") { Description = "How old a delivery may grow before it is a dead letter", HelpName = "T" };
    private static readonly Option<string?> DisableAfter = new("--disable-after") { Description = "After how long without one success it is disabled", HelpName = "T" };
    private static readonly Option<string?> OrderKey = new("--order-key") { Description = "Events with the same key go one after another: header:NAME, or the way in the JSON such as data.id", HelpName = "K" };
    private static readonly Option<int?> BatchEvents = new("--batch-events") { Description = "Several events in one request: at most so many", HelpName = "N" };
    private static readonly Option<int?> BatchBytes = new("--batch-bytes") { Description = "Several events in one request: at most so many bytes", HelpName = "N" };
    private static readonly Option<string?> BatchWait = new("--batch-wait") { Description = "Several events in one request: how long the first waits for others", HelpName = "T" };
    private static readonly Option<string?> Owner = new("--owner") { Description = "Whom to ask about it", HelpName = "O" };
    private static readonly Option<bool> AllowPrivate = new("--allow-private") { Description = "http, this machine and private networks too" };

    public static void AddTo(Command command)
    {
        foreach (var option in (Option[])[Url, Sources, Types, Filter, Format, SignSecrets, Headers, Bearer, Basic, Rate, Concurrency, Timeout, RetryAttempts, RetryDelays, MaxAge, DisableAfter, OrderKey, BatchEvents, BatchBytes, BatchWait, Owner, AllowPrivate, Settings]) command.Add(option);
    }

    /// <summary>The settings in JSON, secrets resolved.</summary>
    /// <exception cref="CommandException">An option makes no sense, or a secret cannot be read.</exception>
    public static JsonObject Read(ParseResult parsed, GivenSecrets secrets)
    {
        var settings = Choice(parsed);
        Put("Url", Text(parsed, Url));
        Put("Format", Text(parsed, Format));
        Put("Timeout", Text(parsed, Timeout));
        Put("DisableAfter", Text(parsed, DisableAfter));
        Put("Owner", Text(parsed, Owner));
        Put("SignSecrets", List(parsed, SignSecrets));
        Put("Limits:Rate", Text(parsed, Rate));
        Put("Limits:Concurrency", Number(parsed, Concurrency));
        Put("Retry:MaxAttempts", Number(parsed, RetryAttempts));
        Put("Retry:Delays", List(parsed, RetryDelays));
        Put("Retry:MaxAge", Text(parsed, MaxAge));
        Put("Batch:Events", Number(parsed, BatchEvents));
        Put("Batch:Bytes", Number(parsed, BatchBytes));
        Put("Batch:Wait", Text(parsed, BatchWait));
        Put("Bearer", Text(parsed, Bearer));
        if (parsed.GetValue(Basic) is { } basic)
        {
            if (basic.Split(':', 2) is not [{ Length: > 0 } user, { Length: > 0 } password]) throw new CommandException("--basic has no name or no password; write it as name:password");
            Put("Basic:User", user);
            Put("Basic:Password", password);
        }

        if (parsed.GetValue(OrderKey) is { } key) Put("Order:Key", key.StartsWith("header:", StringComparison.Ordinal) || key.StartsWith("json:", StringComparison.Ordinal) ? key : $"json:{key}");
        if (parsed.GetValue(AllowPrivate)) Put("AllowPrivate", true);
        foreach (var header in parsed.GetValue(Headers) ?? [])
        {
            if (header.Split(':', 2) is not [{ Length: > 0 } name, var value]) throw new CommandException($"--header '{SafeText.OneLine(header.Split(' ')[0], 40)}' has no value; write it as 'Name: value'");
            Put($"Headers:{name.Trim()}", value.Trim());
        }

        secrets.ReadAll(settings);
        return settings;

        void Put(string path, JsonNode? value)
        {
            if (value is null) return;
            var (into, name) = (settings, path);
            if (path.Split(':', 2) is [var section, var inside])
            {
                if (into[section] is not JsonObject there) into[section] = there = [];
                (into, name) = (there, inside);
            }

            into[name] = value;
        }
    }

    /// <summary>Only what says which events: the settings of the file, sources, types and filter.</summary>
    /// <exception cref="CommandException">The file cannot be read, or the filter is no JSON.</exception>
    public static JsonObject Choice(ParseResult parsed)
    {
        var settings = parsed.GetValue(Settings) is { } file ? OfFile(file) : [];
        if (List(parsed, Sources) is { } sources) settings["Sources"] = sources;
        if (List(parsed, Types) is { } types) settings["Types"] = types;
        if (parsed.GetValue(Filter) is { } filter) settings["Filter"] = Parse(filter, "--filter");
        return settings;
    }

    private static JsonObject OfFile(FileInfo file)
    {
        try
        {
            return Parse(File.ReadAllText(file.FullName), $"--settings {file.Name}") as JsonObject ?? throw new CommandException($"--settings {file.Name} is no object; write {{ \"Url\": \"https://...\" }}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--settings {file.FullName} cannot be read ({e.Message})");
        }
    }

    private static JsonNode? Parse(string text, string what)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Lenient);
        }
        catch (JsonException e)
        {
            throw new CommandException($"{what} is no JSON: {SafeText.OneLine(e.Message)}");
        }
    }

    private static JsonValue? Text(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text ? JsonValue.Create(text) : null;

    private static JsonValue? Number(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) is { } number ? JsonValue.Create(number) : null;

    private static JsonArray? List(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) is { Length: > 0 } texts ? new([.. texts.Select(text => (JsonNode)text)]) : null;
}
