using System.Text;
using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>A signed body is kept whatever it holds, and what could not be read of it is called unknown.</summary>
public sealed class BodyTests
{
    public static TheoryData<string> Strange => new()
    {
        "",
        "{",
        """{"id":"evt_1","type":"invoice.paid"} trailing""",
        "null",
        "[]",
        "[{\"id\":\"evt_1\",\"type\":\"a\"}]",
        "\"text\"",
        "0",
        "true",
        "{}",
        """{"id":null,"type":null}""",
        """{"id":1,"type":2}""",
        """{"id":{},"type":[]}""",
        """{"id":"","type":""}""",
        """{"id":"\ud800","type":"\ud800"}""",
        "\uFEFF{\"id\":\"evt_1\",\"type\":\"a\"}",
        "payload=%7B%22id%22%3A%22evt_1%22%7D",
        "<xml/>",
        "\0\0\0",
    };

    [Attack("A18")]
    [Theory]
    [MemberData(nameof(Strange))]
    public async Task A_signed_body_is_kept_even_if_nobody_can_read_it(string body)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var bytes = Encoding.UTF8.GetBytes(body);
        var id = await sluice.AcceptAsync(Sender.Stripe.Sign(bytes, sluice.Now));

        var record = await sluice.EventAsync(id);
        Assert.Equal(("unknown", bytes.Length), (record.Type, record.BodyBytes));
        Assert.StartsWith("sha256:", record.IdempotencyKey);
        Assert.Equal(bytes, (await sluice.Store.LoadAsync(id, TestContext.Current.CancellationToken))!.Body.ToArray());
    }

    [Attack("A18")]
    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    [InlineData(500_000, true)]
    public async Task Deep_nesting_is_kept_and_not_followed(int depth, bool tooDeep)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var body = $$"""{"id":"evt_1","type":"deep","x":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""";
        var id = await sluice.AcceptAsync(Sender.Stripe.Sign(body, sluice.Now));

        Assert.Equal(tooDeep ? "unknown" : "deep", (await sluice.EventAsync(id)).Type);
    }

    [Attack("A18")]
    [Fact]
    public async Task Bytes_that_are_no_text_are_kept_as_they_are()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        byte[] body = [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 7))];
        var id = await sluice.AcceptAsync(Sender.Stripe.Sign(body, sluice.Now));

        Assert.Equal(body, (await sluice.Store.LoadAsync(id, TestContext.Current.CancellationToken))!.Body.ToArray());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\u0001\u001b[2J\r\n\u0085")]
    [InlineData("'; DROP TABLE events; --/\\#?%00")]
    public async Task An_id_in_the_body_may_be_long_or_strange(string part)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var id = string.Concat(Enumerable.Repeat(part, 5 * 1024 / part.Length));
        var webhook = Sender.Stripe.Sign(System.Text.Json.JsonSerializer.Serialize(new { id, type = "a" }), sluice.Now);
        var accepted = await sluice.AcceptAsync(webhook);

        Assert.Equal("duplicate", (await sluice.PostAsync(webhook)).Json.GetProperty("status").GetString());
        Assert.StartsWith("id-sha256:", (await sluice.EventAsync(accepted)).IdempotencyKey);
        Assert.NotEqual(accepted, await sluice.AcceptAsync(Sender.Stripe.Sign(System.Text.Json.JsonSerializer.Serialize(new { id = id + "y", type = "a" }), sluice.Now)));
    }

    [Fact]
    public async Task A_type_that_is_too_long_or_would_command_a_terminal_is_unknown()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);

        Assert.Equal("unknown", (await sluice.EventAsync(await sluice.AcceptAsync(sluice.Stripe("evt_1", new string('t', 201))))).Type);
        Assert.Equal("unknown", (await sluice.EventAsync(await sluice.AcceptAsync(sluice.Stripe("evt_2", "\\u001b[2J")))).Type);
    }

    [Fact]
    public async Task An_id_header_may_be_long()
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("svix", "standard-webhooks"));
        var webhook = new Sender("standard-webhooks", source: "svix").Sign("{}", sluice.Now, new string('m', 5 * 1024));
        var id = await sluice.AcceptAsync(webhook);

        Assert.StartsWith("id-sha256:", (await sluice.EventAsync(id)).IdempotencyKey);
    }

    [Theory]
    [InlineData('\u0001')]
    [InlineData('\u001b')]
    [InlineData('\u007f')]
    [InlineData('\t')]
    public async Task A_control_character_in_an_id_header_neither_harms_nor_shows(char control)
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("svix", "standard-webhooks"));
        var webhook = new Sender("standard-webhooks", source: "svix").Sign("{}", sluice.Now, $"msg{control}1");
        using var connection = await RawConnection.OpenAsync(sluice);
        var answer = await connection.AskAsync(webhook.Head() + "{}");

        Assert.Contains(answer.Status, new[] { 200, 400 });
        Assert.DoesNotContain(control, string.Concat((await sluice.OpsAsync("events?limit=10")).Text.Where(c => c is not '\n')));
        await sluice.AcceptAsync(new Sender("standard-webhooks", source: "svix").Sign("{}", sluice.Now));
    }
}
