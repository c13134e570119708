using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>The senders' own published examples (tests/vectors/public.json, with their sources).</summary>
public sealed class VectorTests
{
    public static TheoryData<string> Published => ["github", "standard-webhooks", "stripe", "slack"];

    [Theory, MemberData(nameof(Published))]
    public void A_published_vector_is_accepted(string provider)
    {
        var vector = Read(provider);
        var source = SignedSource.Of(provider, ("Secrets:0", vector.Key));
        source.Accepts(vector.Request, vector.At);
    }

    [Theory, MemberData(nameof(Published))]
    public void A_published_vector_over_another_body_is_refused(string provider)
    {
        var vector = Read(provider);
        var source = SignedSource.Of(provider, ("Secrets:0", vector.Key));
        source.Refuses(vector.Request.Carrying("x"), SignatureResult.Mismatch, vector.At);
    }

    [Fact]
    public void Each_of_circlecis_vectors_is_accepted_wherever_v1_stands_in_the_list()
    {
        var vectors = All().Where(vector => vector.GetProperty("provider").GetString() == "circleci").ToList();
        Assert.Equal(4, vectors.Count);
        foreach (var vector in vectors)
        {
            var source = SignedSource.Of("circleci", ("Secrets:0", vector.GetProperty("key").GetString()!));
            var (body, signature) = (Encoding.UTF8.GetBytes(vector.GetProperty("signed_content").GetString()!), vector.GetProperty("expected").GetString());
            foreach (var header in new[] { $"v1={signature}", $"v1={signature},v2=0123", $"v2=0123,v1={signature}" }) source.Accepts(new([new("circleci-signature", header)], body));
            foreach (var header in new[] { $"v2={signature}", $"v0={signature}", $"{signature}", $"V1={signature}", $"v1 ={signature}", $"v2={signature},v1=0123" })
                source.Refuses(new([new("circleci-signature", header)], body), header);
        }
    }

    [Fact]
    public void The_standard_webhooks_vector_is_accepted_with_its_prefix_too()
    {
        var vector = Read("standard-webhooks");
        SignedSource.Of("standard-webhooks", ("Secrets:0", "whsec_" + vector.Key)).Accepts(vector.Request, vector.At);
    }

    [Attack("A1")]
    [Theory, MemberData(nameof(SignedSource.Providers), MemberType = typeof(SignedSource))]
    public void The_empty_key_of_the_negative_vector_makes_no_key(string provider)
    {
        var scheme = SignedSource.Of(provider).Scheme;
        var key = HmacKey.Create(new SecretSettings(Find("NEGATIVE empty key").GetProperty("key").GetString()!), scheme, out var error);
        Assert.Null(key);
        Assert.Equal("is empty; set it to the secret the sender shows", error);
    }

    internal static (string Key, SignedRequest Request, DateTimeOffset At) Read(string provider)
    {
        var vector = Find(provider);
        var content = vector.GetProperty("signed_content").GetString()!;
        var (id, time, body) = provider switch
        {
            "stripe" => ("", content[..10], content[11..]),
            "slack" => ("", content[3..13], content[14..]),
            "standard-webhooks" => (content.Split('.')[0], content.Split('.')[1], content.Split('.', 3)[2]),
            _ => ("", "0", content),
        };
        var header = vector.GetProperty("header").GetString()!.Split(": ");
        var headers = new List<KeyValuePair<string, string>> { new(header[0], header[1].Replace("<sig>", vector.GetProperty("expected").GetString(), StringComparison.Ordinal)) };
        if (provider == "slack") headers.Add(new("X-Slack-Request-Timestamp", time));
        if (provider == "standard-webhooks") headers.AddRange([new("webhook-id", id), new("webhook-timestamp", time)]);
        return (vector.GetProperty("key").GetString()!, new(headers, Encoding.UTF8.GetBytes(body)), DateTimeOffset.FromUnixTimeSeconds(long.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static JsonElement Find(string provider) => All().Single(vector => vector.GetProperty("provider").GetString() == provider);

    private static List<JsonElement> All()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "public.json")));
        return [.. vectors.RootElement.EnumerateArray().Select(vector => vector.Clone())];
    }
}
