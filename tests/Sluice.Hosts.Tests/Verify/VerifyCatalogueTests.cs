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
        var (said, verdict) = await VerifyAsync(name, VerifyFolder.Raw(CatalogueSource.Of(name).Send()));
        Assert.True(verdict.Holds, said);
        Assert.StartsWith("The signature holds.", said, StringComparison.Ordinal);
        Assert.Empty(verdict.Remarks);
        if (CatalogueTable.Of(name).Keys is not null && CatalogueSource.Of(name).Source.Verifier!.Keys == 1) Assert.EndsWith("1 of 1", verdict.Key, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task One_that_was_signed_with_another_key_does_not(string name)
    {
        if (CatalogueTable.Of(name).Keys is null) return;
        var source = CatalogueSource.Of(name);
        var (said, verdict) = await VerifyAsync(name, VerifyFolder.Raw(source.Send(key: 1)));
        Assert.False(verdict.Holds, said);
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
        var (said, verdict) = await VerifyAsync(name, raw);
        Assert.False(verdict.Holds, said);
        Assert.Equal(SignatureResult.Mismatch, verdict.Result);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_body_that_holds_the_secret_itself_is_not_shown_with_it(string name)
    {
        if (CatalogueTable.Of(name) is not { Keys: { } keys, Covered: null, KeySetting: "Secrets:0" }) return;
        var source = CatalogueSource.Of(name);
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{ "secret": "{{keys(name, 0).Signs}}", "again": "{{keys(name, 0).Signs}}" }""");
        var raw = VerifyFolder.Raw(source.Sign(new() { Url = source.Settings.PublicUrl!, Body = body, ContentType = "application/json", Id = "msg_1" }));
        Assert.True((await VerifyAsync(name, raw)).Verdict.Holds);
        raw[^2] ^= 1;
        Assert.False((await VerifyAsync(name, raw)).Verdict.Holds);
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
        var verdicts = JsonNode.Parse(ended.Answer)!.AsArray();
        Assert.Equal(names.Count + wrong.Count, verdicts.Count);
        for (var i = 0; i < names.Count; i++)
        {
            Assert.Equal((i + 1, Named(names[i])), (verdicts[i]!["entry"]!.GetValue<int>(), verdicts[i]!["source"]!.GetValue<string>()));
            Assert.True(verdicts[i]!["holds"]!.GetValue<bool>(), verdicts[i]!.ToJsonString());
        }

        Assert.All(verdicts.Skip(names.Count), verdict => Assert.False(verdict!["holds"]!.GetValue<bool>(), verdict.ToJsonString()));
        AssertSecretless(names, ended.Answer);

        var lines = await folder.RunAsync("--har", har);
        Assert.Contains($"{names.Count} hold, {wrong.Count} do not.", lines.Answer, StringComparison.Ordinal);
        AssertSecretless(names, lines.Answer);
    }

    private static async Task<(string Said, Verdict Verdict)> VerifyAsync(string name, byte[] raw)
    {
        var settings = CatalogueTable.Names.SelectMany(one => CatalogueSource.SettingsOf(one).Select(setting => KeyValuePair.Create($"Sluice:Sources:{Named(one)}:{setting.Key}", setting.Value)));
        var configuration = SluiceConfiguration.Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(_ => null, "/"), []);
        Assert.True(configuration.TryGetSource(Named(name), out var source));
        var sources = new VerifySources(configuration, source, true, SecretMask.Of(configuration));
        var verdict = await Verdict.OfAsync(sources, source, RawRequest.Read(raw), CatalogueSource.Now, CatalogueSource.Now, TestContext.Current.CancellationToken);

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 240;
        new VerdictOutput(console).Full(verdict);
        new VerdictOutput(console).Line(verdict);
        text.WriteLine(JsonSerializer.Serialize(verdict, VerdictJson.Default.Verdict));
        AssertSecretless([name], text.ToString());
        return (text.ToString(), verdict);
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
