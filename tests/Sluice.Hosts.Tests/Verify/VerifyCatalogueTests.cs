using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Contracts.Catalogue;
using Sluice.Delivery;
using Sluice.LocalHost.Captures;
using Sluice.LocalHost.Commands;
using Sluice.Providers;
using Spectre.Console;

namespace Sluice.Hosts.Tests.Verify;

/// <summary>Every sender's request, written into a file as it goes over the wire: it holds, a spoiled one does not, and what is printed of either holds no secret.</summary>
public sealed class VerifyCatalogueTests
{
    public static TheoryData<string> Names => [.. CatalogueTable.Names];

    [Theory, MemberData(nameof(Names))]
    public async Task A_genuine_request_holds(string name)
    {
        var (said, answer) = await VerifyAsync(name, VerifyFolder.Raw(CatalogueSource.Of(name).Send()));
        Assert.True(answer.Holds, said);
        Assert.StartsWith("The signature holds.", said, StringComparison.Ordinal);
        Assert.Empty(answer.Remarks);
        if (CatalogueTable.Of(name).Keys is not null && CatalogueSource.Of(name).Source.Verifier!.Keys == 1) Assert.EndsWith("1 of 1", answer.Key, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task One_that_was_signed_with_another_key_does_not(string name)
    {
        if (CatalogueTable.Of(name).Keys is null) return;
        var source = CatalogueSource.Of(name);
        var (said, answer) = await VerifyAsync(name, VerifyFolder.Raw(source.Send(key: 1)));
        Assert.False(answer.Holds, said);
        // Neither is the signature shown that would have held.
        foreach (var header in source.ProofHeaders.Select(header => source.Send()[header]).Where(value => value.Length >= 16 && source.Send(key: 1).Headers.All(other => other.Value != value)))
            Assert.DoesNotContain(header, said, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task One_whose_body_was_changed_does_not_where_the_proof_covers_it(string name)
    {
        if (CatalogueTable.Of(name).Covered is not null) return;
        var raw = VerifyFolder.Raw(CatalogueSource.Of(name).Send());
        raw[^2] ^= 1;
        var (said, answer) = await VerifyAsync(name, raw);
        Assert.False(answer.Holds, said);
        Assert.Equal(SignatureResult.Mismatch, answer.Result);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_body_that_holds_the_secret_itself_is_not_shown_with_it(string name)
    {
        if (CatalogueTable.Of(name) is not { Keys: { } keys, Covered: null, KeySetting: "Secrets:0" }) return;
        var source = CatalogueSource.Of(name);
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{ "secret": "{{keys(name, 0).Signs}}", "again": "{{keys(name, 0).Signs}}" }""");
        var raw = VerifyFolder.Raw(source.Sign(new() { Url = source.Settings.PublicUrl!, Body = body, ContentType = "application/json", Id = "msg_1" }));
        Assert.True((await VerifyAsync(name, raw)).Answer.Holds);
        raw[^2] ^= 1;
        Assert.False((await VerifyAsync(name, raw)).Answer.Holds);
    }

    [Fact]
    public async Task All_of_them_in_one_har_are_told_apart_by_their_path()
    {
        using var folder = new VerifyFolder();
        folder.Configure(CatalogueTable.Names.Select(name => (Named(name), CatalogueSource.SettingsOf(name))));
        var names = CatalogueTable.Names.ToList();
        var wrong = names.Where(name => CatalogueTable.Of(name).Keys is not null).ToList();
        var har = folder.Write("all.har", VerifyFolder.Har(
        [
            .. names.Select(name => VerifyFolder.Entry(ToItsPath(name, CatalogueSource.Of(name).Send()))),
            .. wrong.Select(name => VerifyFolder.Entry(ToItsPath(name, CatalogueSource.Of(name).Send(key: 1)))),
        ]));

        var ended = await folder.RunAsync("--har", har, "--json");
        Assert.Equal((1, ""), (ended.ExitCode, ended.Error));
        var answers = JsonNode.Parse(ended.Answer)!.AsArray();
        Assert.Equal(names.Count + wrong.Count, answers.Count);
        for (var i = 0; i < names.Count; i++)
        {
            Assert.Equal((i + 1, Named(names[i])), (answers[i]!["entry"]!.GetValue<int>(), answers[i]!["source"]!.GetValue<string>()));
            Assert.True(answers[i]!["holds"]!.GetValue<bool>(), answers[i]!.ToJsonString());
        }

        Assert.All(answers.Skip(names.Count), answer => Assert.False(answer!["holds"]!.GetValue<bool>(), answer.ToJsonString()));
        AssertSecretless(names, ended.Answer);

        var lines = await folder.RunAsync("--har", har);
        Assert.Contains($"{names.Count} hold, {wrong.Count} do not.", lines.Answer, StringComparison.Ordinal);
        AssertSecretless(names, lines.Answer);
    }

    private static async Task<(string Said, VerifyAnswer Answer)> VerifyAsync(string name, byte[] raw)
    {
        var settings = CatalogueTable.Names.SelectMany(one => CatalogueSource.SettingsOf(one).Select(setting => KeyValuePair.Create($"Sluice:Sources:{Named(one)}:{setting.Key}", setting.Value)));
        var configuration = SluiceConfiguration.Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(_ => null, "/"), []);
        Assert.True(configuration.TryGetSource(Named(name), out var source));
        var sources = new VerifySources(configuration, source, true, SecretMask.Of(configuration));
        var answer = await VerifyAnswer.OfAsync(sources, source, RawRequest.Read(raw), CatalogueSource.Now, CatalogueSource.Now, TestContext.Current.CancellationToken);

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 240;
        new VerifyOutput(console).Full(answer);
        new VerifyOutput(console).Line(answer);
        text.WriteLine(JsonSerializer.Serialize(answer, VerifyJson.Default.VerifyAnswer));
        AssertSecretless([name], text.ToString());
        return (text.ToString(), answer);
    }

    private static void AssertSecretless(IEnumerable<string> names, string said)
    {
        foreach (var name in names)
        {
            if (CatalogueTable.Of(name).Keys is not { } keys || CatalogueTable.Of(name).KeySetting != "Secrets:0") continue;
            foreach (var part in keys(name, 0).Signs.Split('|', ':').Where(part => part.Length > 20)) Assert.DoesNotContain(part, said, StringComparison.Ordinal);
        }
    }

    private static string Named(string provider) => provider.Replace('-', '_');

    // The catalogue's requests are for a source named it; what is behind that name, and what is signed, stays.
    private static CatalogueRequest ToItsPath(string name, CatalogueRequest request) => request with { Target = request.Target.Replace("/webhooks/it", $"/webhooks/{Named(name)}", StringComparison.Ordinal) };
}
