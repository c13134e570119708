using System.Text;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Contracts.Simulation;

/// <summary>What a simulated sender wants to get through: it signs anew each time it sends.</summary>
internal sealed record Webhook(string Source, string Key, string Type, byte[] Body)
{
    public EventId Id => EventId.Of(Source, Key);

    /// <param name="keyInBody">Some senders write the key into the body, others into a header.</param>
    /// <param name="customers">How many there are, each of whom wants its events in order.</param>
    public static Webhook Create(string source, string key, bool keyInBody, Random random, int customers = 3)
    {
        var type = random.Next(3) == 0 ? "order.created" : "invoice.paid";
        return new Webhook(source, key, type, Json(keyInBody ? key : null, type, random.Next(customers), random));
    }

    /// <summary>The same event in other words, as a sender should not send it.</summary>
    public Webhook InOtherWords() => this with { Body = [.. Body[..^1], .. ", \"again\": true}"u8] };

    public Envelope Sign(Source source, DateTimeOffset now) => new()
    {
        Method = "POST",
        Target = $"/api/webhooks/{Source}",
        Headers = new HeaderList([new("Content-Type", "application/json"), .. HmacSigner.Headers((HmacScheme)source.Scheme, ((HmacVerifier)source.Verifier!).Secrets[0], Key, now, Body)]),
        Body = Body,
        ReceivedAt = now,
    };

    // Blanks, escapes and bytes beyond ASCII in places where reading and writing it again would change them.
    private static byte[] Json(string? key, string type, int customer, Random random)
    {
        var text = new StringBuilder("{ ");
        if (key is not null) text.Append("\"id\" :\"").Append(key).Append("\",");
        text.Append("\"customer\": \"c\\u0075s_").Append(customer).Append("\",");
        text.Append("\"type\":\"").Append(type).Append("\",\t\"text\": \"\\u00e9é\\/");
        for (var i = random.Next(40); i > 0; i--) text.Append((char)('a' + random.Next(26)));
        return Encoding.UTF8.GetBytes(text.Append("\" ,\"n\":1.0}").ToString());
    }
}
