using System.Text.Json.Nodes;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>Tries a destination out: what it answers to a test event, and which kept events it would take.</summary>
public sealed class DestinationTest(IEventStore store, LiveConfiguration configuration, GuardedExchange exchange, OwnEvents own, TimeProvider time)
{
    /// <summary>In what is sent as a test.</summary>
    public const string Header = "Sluice-Test";

    private const string Type = "sluice.test";

    /// <summary>Sends one event.</summary>
    /// <param name="kept">Null for one that is made up.</param>
    public async ValueTask<SentView> SendAsync(DestinationSettings settings, WebhookEvent? kept, CancellationToken cancellationToken)
    {
        var webhook = kept ?? own.Create(Type, new JsonObject
        {
            ["type"] = Type, ["text"] = $"This is a test of destination {settings.Name}.", ["at"] = time.GetUtcNow(), ["data"] = new JsonObject { ["destination"] = settings.Name },
        });
        configuration.Current.TryGetSource(webhook.Source, out var source);
        var context = OwnEvents.Delivery(webhook, settings with { Headers = [.. settings.Headers, new(Header, "true")] }) with
        {
            SenderHeaders = source?.SenderHeaders ?? [], ProofHeaders = source?.Scheme.HeaderNames ?? [],
        };
        var answer = await exchange.SendAsync(webhook, context, settings.Timeout, cancellationToken);
        var delivered = answer.Status is { } status && settings.Statuses.Of(status) == StatusMeaning.Delivered;
        return new(webhook.Id.ToString(), webhook.Type, delivered, answer.Status, answer.Took.TotalMilliseconds, answer.FirstLine(settings), delivered ? null : answer.Error ?? $"a delivery that is answered {answer.Status} is {Words(settings.Statuses.Of(answer.Status!.Value))}");
    }

    /// <summary>Which of the newest kept events it takes.</summary>
    public async ValueTask<IReadOnlyList<TriedView>> TryAsync(Destination destination, int last, CancellationToken cancellationToken)
    {
        var tried = new List<TriedView>();
        for (var filter = new EventFilter { Limit = last }; ;)
        {
            var page = await store.ListAsync(filter, cancellationToken);
            foreach (var record in page.Items) tried.Add(await TryAsync(destination, record, cancellationToken));
            if (page.Next is null || tried.Count >= last) return tried;
            filter = filter with { Before = page.Next, Limit = last - tried.Count };
        }
    }

    /// <summary>Whether it takes one kept event.</summary>
    public async ValueTask<TriedView> TryAsync(Destination destination, EventRecord record, CancellationToken cancellationToken)
    {
        var why = await WhyNotAsync(destination, record, cancellationToken);
        return new(record.Id.ToString(), record.Source, record.Type, record.ReceivedAt, why is null, why);
    }

    private async ValueTask<string?> WhyNotAsync(Destination destination, EventRecord record, CancellationToken cancellationToken)
    {
        if (!destination.Takes(record.Source)) return "source: it is none of Sources";
        if (!destination.TakesType(record.Type)) return "type: it is like none of Types";
        if (destination.Settings.Filter is not { } filter) return null;
        // The bytes are read only where they matter.
        if (await store.LoadAsync(record.Id, cancellationToken) is not { } webhook) return "it was let go meanwhile";
        if (filter.Takes(webhook)) return null;
        return filter is AllOf all && all.Filters.TakeWhile(one => one.Takes(webhook)).Count() is var first ? $"filter: all[{first}] does not hold" : "filter: it does not hold";
    }

    private static string Words(StatusMeaning meaning) => meaning switch
    {
        StatusMeaning.Retry => "tried again",
        StatusMeaning.Disable => "a dead letter, and the destination is disabled",
        _ => "a dead letter",
    };
}
