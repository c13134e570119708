using System.Globalization;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;
using Sluice.Functions.Tests.Tables;
using Sluice.Providers;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>A source without a secret learns its sender's from the first handshake, once for all instances of the ingest app.</summary>
public sealed class LearningTests : PipelineTest
{
    private const string First = "0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0";
    private const string Second = "5a1b7c8d9e0f11223344556677889900aabbccddeeff00112233445566778899";

    [Fact]
    public void The_first_handshake_is_answered_with_its_secret_and_events_signed_with_it_are_delivered()
    {
        var sluice = Asana();
        ShakesHands(sluice, First);

        Assert.Equal(200, PostBatch(sluice, First).Status);
        Hear(sluice);
        Assert.Equal("task.changed", Assert.Single(sluice.Handler.Calls).Event.Type);
        Assert.Equal(401, PostBatch(sluice, Second).Status);
        Assert.Equal(("learned", "asana"), Assert.Single(sluice.Tables.Rows("SluiceIndex"), row => row.PartitionKey == "learned") is var row ? (row.PartitionKey, row.RowKey) : default);
        NothingIsLeft(sluice);
        EverythingGoesInTheEnd(sluice);
        IsRefused(sluice, Second);
    }

    [Fact]
    public void Before_the_handshake_every_event_is_refused_and_strangers_are_not_told_that_it_is_waited_for()
    {
        var sluice = Asana();
        Assert.Equal((401, """{"error":"signature refused"}"""), PostBatch(sluice, First) is var answer ? (answer.Status, answer.Body) : default);
        Assert.DoesNotContain("asana", Ready(sluice), StringComparison.Ordinal);
        Assert.Empty(sluice.Tables.Rows("SluiceBook"));

        ShakesHands(sluice, First);
        sluice.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.DoesNotContain("asana", Ready(sluice), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_32_handshakes_at_once_at_two_instances_exactly_one_is_answered()
    {
        var sluice = Asana();
        sluice.StartIngest();
        Post(sluice);
        // Nobody is alone with the table.
        sluice.Tables.Before = async _ => await Task.Delay(TimeSpan.FromMilliseconds(5), sluice.Time);
        var secrets = Enumerable.Range(0, 32).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i:x2}{First}")).ToList();
        var answers = Run(sluice, () => Task.WhenAll(secrets.Select((secret, i) =>
        {
            sluice.GoTo(i % 2);
            return HandshakeAsync(sluice, secret);
        })));
        sluice.Tables.Before = null;

        var (winner, _) = Assert.Single(secrets.Zip(answers), pair => pair.Second.Status == 200);
        Assert.All(secrets.Zip(answers), pair => Assert.Equal(pair.First == winner ? (200, winner) : (401, ""), (pair.Second.Status, Echo(pair.Second))));
        foreach (var instance in new[] { 0, 1 })
        {
            sluice.GoTo(instance);
            Assert.Equal(200, PostBatch(sluice, winner).Status);
            Assert.Equal(401, PostBatch(sluice, secrets.First(secret => secret != winner)).Status);
        }
    }

    [Fact]
    public void What_one_instance_has_learned_the_others_know_a_second_later()
    {
        var sluice = Asana();
        var other = sluice.StartIngest();
        sluice.GoTo(other);
        Assert.Equal(401, PostBatch(sluice, First).Status);
        sluice.GoTo(0);
        ShakesHands(sluice, First);

        sluice.GoTo(other);
        sluice.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, PostBatch(sluice, First).Status);
        IsRefused(sluice, Second);
        ShakesHands(sluice, First);
    }

    [Fact]
    public void An_instance_that_starts_later_knows_it_at_once()
    {
        var sluice = Asana();
        ShakesHands(sluice, First);
        sluice.GoTo(sluice.StartIngest());
        IsRefused(sluice, Second);

        sluice.GoTo(sluice.StartIngest());
        Assert.Equal(200, PostBatch(sluice, First).Status);
    }

    [Fact]
    public void However_many_strangers_knock_the_table_is_asked_once_a_second()
    {
        var sluice = Asana();
        Ready(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(1));
        var looks = Looks(sluice);
        for (var i = 0; i < 100; i++) Assert.Equal(401, PostBatch(sluice, Second).Status);
        Assert.Single(looks);

        sluice.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 100; i++) Assert.Equal(401, PostBatch(sluice, Second).Status);
        Assert.Equal(2, looks.Count);
    }

    [Fact]
    public void Strangers_who_knock_at_once_share_one_look()
    {
        var sluice = Asana();
        Ready(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(1));
        var looks = Looks(sluice, async () => await Task.Delay(TimeSpan.FromMilliseconds(5), sluice.Time));
        Assert.All(Run(sluice, () => Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostBatchAsync(sluice, Second)))), answer => Assert.Equal(401, answer.Status));
        Assert.Single(looks);
    }

    [Fact]
    public void Once_it_is_known_neither_events_nor_handshakes_ask_for_it_again()
    {
        var sluice = Asana();
        ShakesHands(sluice, First);
        var looks = Looks(sluice);
        ShakesHands(sluice, First);
        for (var i = 0; i < 10; i++) IsRefused(sluice, Second);
        Assert.Equal(401, PostBatch(sluice, Second).Status);
        Assert.Empty(looks);
        var before = sluice.Tables.Requests;
        Assert.Equal(200, PostBatch(sluice, First).Status);
        // The index and the event, as at any other source.
        Assert.Equal(2, sluice.Tables.Requests - before);
    }

    [Fact]
    public void While_Tables_is_down_handshakes_and_events_are_503_and_nothing_is_learned_or_carried()
    {
        var sluice = Asana();
        TablesFail(sluice);
        var answer = Run(sluice, () => HandshakeAsync(sluice, First));
        Assert.Equal((503, "5", ""), (answer.Status, answer.Headers.RetryAfter.ToString(), Echo(answer)));
        Assert.Equal(503, PostBatch(sluice, First).Status);
        Assert.Equal(new BrokerCounts(0, 0, 0, 0, 0), sluice.Broker.Count(CloudSluice.Queue));

        TablesWork(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(5));
        ShakesHands(sluice, Second);
        IsRefused(sluice, First);
    }

    [Fact]
    public void An_event_that_is_known_to_be_genuine_travels_while_Tables_is_down()
    {
        var sluice = Asana();
        ShakesHands(sluice, First);
        TablesFail(sluice);
        Assert.Equal(200, PostBatch(sluice, First).Status);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Single(sluice.Handler.Calls);
    }

    [Theory]
    [InlineData(0, 503)]
    [InlineData(2, 200)]
    public void A_handshake_whose_keeping_was_not_answered_is_answered_when_it_comes_again(int sdkRetries, int status)
    {
        var sluice = Asana();
        Post(sluice);
        var isLost = false;
        sluice.Tables.SdkRetries = sdkRetries;
        sluice.Tables.After = request =>
        {
            if (isLost || request.Kind != TableRequestKind.Add || request.PartitionKey != "learned") return default;
            isLost = true;
            throw Unreachable;
        };
        Assert.Equal(status, Run(sluice, () => HandshakeAsync(sluice, First)).Status);
        Assert.True(isLost);

        ShakesHands(sluice, First);
        IsRefused(sluice, Second);
    }

    [Fact]
    public void A_source_whose_secret_could_not_be_read_is_closed_and_learns_nothing()
    {
        var sluice = Open(("Sluice:Sources:asana:Provider", "asana"), ("Sluice:Sources:asana:Secrets:0", "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/asana)"));
        Assert.Equal((503, ""), Run(sluice, () => HandshakeAsync(sluice, First)) is var answer ? (answer.Status, Echo(answer)) : default);
        Assert.Empty(sluice.Tables.Rows("SluiceIndex"));
    }

    private CloudSluice Asana() => Open(("Sluice:Sources:asana:Provider", "asana"));

    private static Task<CloudAnswer> HandshakeAsync(CloudSluice sluice, string secret) => sluice.PostAsync("asana", "{}"u8.ToArray(), [new("Content-Type", "application/json"), new("X-Hook-Secret", secret)]);

    private static CloudAnswer PostBatch(CloudSluice sluice, string secret) => Run(sluice, () => PostBatchAsync(sluice, secret));

    // Another one each time.
    private static Task<CloudAnswer> PostBatchAsync(CloudSluice sluice, string secret)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"events":[{"action":"changed","resource":{"gid":"{{Guid.NewGuid()}}","resource_type":"task"} }]}""");
        Assert.True(ProviderCatalog.Default.TryGet("asana", out var provider));
        var scheme = (HmacScheme)provider.Scheme(new SourceSettings { Name = "asana", Provider = "asana" }, []);
        return sluice.PostAsync("asana", body, [new("Content-Type", "application/json"), .. HmacSigner.Headers(scheme, HmacKey.Create(new SecretSettings(secret), scheme, out _)!, "", sluice.Now, body)]);
    }

    private static string Echo(CloudAnswer answer) => answer.Headers["X-Hook-Secret"].ToString();

    private static string Ready(CloudSluice sluice)
    {
        var ready = Run(sluice, sluice.ReadyAsync);
        Assert.Equal(200, ready.Status);
        return ready.Body;
    }

    private static void ShakesHands(CloudSluice sluice, string secret)
    {
        var answer = Run(sluice, () => HandshakeAsync(sluice, secret));
        Assert.Equal((200, "", secret), (answer.Status, answer.Body, Echo(answer)));
    }

    private static void IsRefused(CloudSluice sluice, string secret)
    {
        var answer = Run(sluice, () => HandshakeAsync(sluice, secret));
        Assert.Equal((401, """{"error":"signature refused"}""", ""), (answer.Status, answer.Body, Echo(answer)));
    }

    // The requests for what was learned; refused requests are written down elsewhere.
    private static List<TableRequest> Looks(CloudSluice sluice, Func<Task>? wait = null)
    {
        var looks = new List<TableRequest>();
        sluice.Tables.Before = async request =>
        {
            if (request.PartitionKey == "learned") looks.Add(request);
            if (wait is not null) await wait();
        };
        return looks;
    }
}
