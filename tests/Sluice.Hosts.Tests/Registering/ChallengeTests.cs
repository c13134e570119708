using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Hosts.Tests.Processes;
using RunningSluice = Sluice.Hosts.Tests.Fixtures.RunningSluice;

namespace Sluice.Hosts.Tests.Registering;

/// <summary>A registration with a challenge is stored only if its receiver answers it.</summary>
public sealed class ChallengeTests
{
    public static TheoryData<string, string?> Answers => new()
    {
        { "plain", null },
        { "line", null },
        { "quoted", null },
        { "json", null },
        { "json and more", null },
        { "nothing", "without the challenge" },
        { "another", "without the challenge" },
        { "within a page", "without the challenge" },
        { "echo", "was only repeated" },
        { "echo of everything", "without the challenge" },
        { "deep", "without the challenge" },
        { "endless", "without the challenge" },
        { "500", "was answered 500" },
        { "redirect", "redirects are not followed" },
        { "hang up", "was not answered" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task The_receiver_has_to_answer_with_the_challenge(string kind, string? refusal)
    {
        await using var receiver = await LoopbackDestination.StartAsync(context => AnswerAsync(context, kind));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await RegisterAsync(sluice, receiver);

        Assert.Equal(refusal is null ? 201 : 422, answer.Status);
        if (refusal is not null) Assert.Contains(refusal, answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(refusal is null ? 1 : 0, (await sluice.OpsJsonAsync("destinations")).GetArrayLength());
        var asked = JsonDocument.Parse(Assert.Single(receiver.Arrivals).Body).RootElement;
        Assert.Equal("sluice.challenge", asked.GetProperty("type").GetString());
        if (refusal is not null) Assert.DoesNotContain(asked.GetProperty("challenge").GetString()!, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_has_ten_seconds()
    {
        await using var receiver = await LoopbackDestination.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = RegisterAsync(sluice, receiver);
        await sluice.UntilAsync(() => receiver.Arrivals.Count == 1);
        await sluice.PassAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(422, (await answer).Status);
        Assert.Contains("no answer within 10 s", (await answer).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_not_public_is_not_asked_unless_private_ones_are_allowed()
    {
        await using var receiver = await LoopbackDestination.StartAsync(context => AnswerAsync(context, "plain"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.OpsAsync("destinations/crm?challenge=true", HttpMethod.Put, new JsonObject { ["Url"] = $"https://localhost:8443/" }.ToJsonString());

        Assert.Equal(422, answer.Status);
        Assert.Contains("this machine", answer.Text, StringComparison.Ordinal);
        Assert.Empty(receiver.Arrivals);
    }

    private static Task<Answered> RegisterAsync(RunningSluice sluice, LoopbackDestination receiver) =>
        sluice.OpsAsync("destinations/crm?challenge=true", HttpMethod.Put, new JsonObject { ["Url"] = receiver.Url, ["AllowPrivate"] = true }.ToJsonString());

    private static async Task AnswerAsync(HttpContext context, string kind)
    {
        var challenge = context.Request.Headers["Sluice-Challenge"].ToString();
        switch (kind)
        {
            case "500":
                context.Response.StatusCode = 500;
                break;
            case "redirect":
                context.Response.Redirect("/elsewhere");
                break;
            case "hang up":
                context.Abort();
                return;
            case "endless":
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.WriteAsync($"{challenge} ", context.RequestAborted);
                return;
        }

        await context.Response.WriteAsync(kind switch
        {
            "plain" => challenge,
            "line" => $"{challenge}\r\n",
            "quoted" => $"\"{challenge}\"",
            "json" => $$"""{"challenge":"{{challenge}}"}""",
            "json and more" => $$"""{"ok":true,"challenge":"{{challenge}}"}""",
            "another" => new string('0', 32),
            "within a page" => $"<html><body>Sluice-Challenge: {challenge}</body></html>",
            "echo" => $$"""{"type":"sluice.challenge","challenge":"{{challenge}}"}""",
            "echo of everything" => $$"""{"method":"POST","headers":{"Sluice-Challenge":"{{challenge}}" },"json":{"type":"sluice.challenge","challenge":"{{challenge}}" } }""",
            "deep" => $"{new string('[', 500)}\"{challenge}\"",
            "500" or "redirect" => challenge,
            _ => "ok",
        });
    }
}
