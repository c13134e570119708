using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.LocalHost.Sqlite;
using Sluice.LocalHost.Workers;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>What a sender and an operator do with the running host.</summary>
internal sealed partial class RunningSluice
{
    public SqliteEventStore Store => Services.GetRequiredService<SqliteEventStore>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An event of Stripe's, signed now.</summary>
    public Webhook Stripe(string id = "evt_1", string type = "invoice.paid") => Sender.Stripe.Sign($$"""{"id":"{{id}}","type":"{{type}}"}""", Now);

    public async Task<Answered> PostAsync(Webhook webhook) => await SendAsync(webhook.ToRequest());

    /// <summary>Posts a webhook that is accepted; the answer is its event's id.</summary>
    public async Task<EventId> AcceptAsync(Webhook webhook)
    {
        var answer = await PostAsync(webhook);
        Assert.Equal((200, "accepted"), (answer.Status, answer.Json.GetProperty("status").GetString()));
        return answer.Id;
    }

    public Task<EventId> AcceptAsync(string id = "evt_1") => AcceptAsync(Stripe(id));

    public async Task<Answered> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Http.SendAsync(request, Cancellation);
            return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), response.Headers, response.Content.Headers);
        }
    }

    public Task<Answered> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    /// <summary>Asks the ops endpoint with its token.</summary>
    public Task<Answered> OpsAsync(string path, HttpMethod? method = null) =>
        SendAsync(new(method ?? HttpMethod.Get, $"/api/ops/{path}") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", OpsToken) } });

    /// <summary>Asks the ops endpoint with something to read.</summary>
    public Task<Answered> OpsAsync(string path, HttpMethod method, string body, string contentType = "application/json") => OpsAsync(path, method, System.Text.Encoding.UTF8.GetBytes(body), contentType);

    public Task<Answered> OpsAsync(string path, HttpMethod method, byte[] body, string contentType)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return SendAsync(new(method, $"/api/ops/{path}") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", OpsToken) }, Content = content });
    }

    /// <summary>Asks the ops endpoint for something that there is.</summary>
    public async Task<JsonElement> OpsJsonAsync(string path, HttpMethod? method = null)
    {
        var answer = await OpsAsync(path, method);
        Assert.True(answer.Status == 200, $"{path}: {answer.Status} {answer.Text}");
        return answer.Json;
    }

    public async Task<Stats> StatsAsync() => await Store.CountAsync(Cancellation);

    public async Task<EventRecord> EventAsync(EventId id)
    {
        var record = await Store.FindAsync(id, Cancellation);
        Assert.NotNull(record);
        return record;
    }

    public async Task<DeliveryRecord> DeliveryAsync(EventId id, string destination = "billing") =>
        Assert.Single((await EventAsync(id)).Deliveries, delivery => delivery.Destination == destination);

    /// <summary>Waits until a delivery has that status after that many attempts.</summary>
    public async Task<DeliveryRecord> UntilAsync(EventId id, DeliveryStatus status, int attempts, string destination = "billing")
    {
        await UntilAsync(
            async () => (await Store.FindAsync(id, Cancellation))?.Deliveries.SingleOrDefault(delivery => delivery.Destination == destination) is { } now && now.Status == status && now.Attempts.Count == attempts,
            $"{destination} is {status} after {attempts} attempts");
        return await DeliveryAsync(id, destination);
    }

    /// <summary>Waits until an attempt has failed, then goes to the moment of the next.</summary>
    public async Task<DeliveryRecord> ToNextAttemptAsync(EventId id, int attempts, string destination = "billing")
    {
        var delivery = await UntilAsync(id, DeliveryStatus.Retrying, attempts, destination);
        Time.AdvanceTo(delivery.NextAttemptAt!.Value);
        // Whoever has looked at the clock, and sets a timer by that when the clock has jumped, waits for a moment that no test goes to.
        Services.GetRequiredService<Wakeup>().Now();
        return delivery;
    }

    /// <summary>Lets a delivery that always fails use up its three attempts.</summary>
    public async Task<DeliveryRecord> DieAsync(EventId id, string destination = "billing", int after = 0)
    {
        await ToNextAttemptAsync(id, after + 1, destination);
        await ToNextAttemptAsync(id, after + 2, destination);
        return await UntilAsync(id, DeliveryStatus.DeadLettered, after + 3, destination);
    }
}

/// <summary>An answer of the host.</summary>
internal sealed record Answered(int Status, string Text, HttpResponseHeaders Headers, HttpContentHeaders Content)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public EventId Id => EventId.TryParse(Json.GetProperty("id").GetString(), out var id) ? id : throw new InvalidOperationException($"no id in {Text}");
}
