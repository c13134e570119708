using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;
using Sluice.Delivery;
using Sluice.Inspection;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>Every provider has its page, and what the page tells people to write is accepted. SLUICE_WRITE_DOCS=1 writes the index anew.</summary>
public sealed partial class CatalogueDocsTests
{
    private const string Index = "docs/providers/README.md";
    private const string Begin = "<!-- index: begin -->\n";
    private const string End = "<!-- index: end -->";

    public static TheoryData<string> Names => [.. ProviderCatalog.Default.Names];

    [Theory, MemberData(nameof(Names))]
    public void Its_page_begins_with_its_title_and_says_where_the_secret_goes(string name)
    {
        var page = Page(name);
        Assert.StartsWith("# ", page, StringComparison.Ordinal);
        if (name is not ("hmac" or "token" or "basic" or "none" or "jwt")) Assert.Contains(CatalogueTests.Provider(name).Facts.Title.Split(' ', '(')[0], page.Split('\n')[0], StringComparison.OrdinalIgnoreCase);
        var setting = CatalogueTable.Of(name) is { Keys: not null } entry ? entry.KeySetting.Split(':')[0] : "Provider";
        Assert.Contains(setting, page, StringComparison.Ordinal);
        Assert.Contains($"\"Provider\": \"{name}\"", page, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_settings_on_its_page_are_accepted_as_they_stand(string name)
    {
        var blocks = Blocks().Matches(Page(name)).Select(match => match.Groups[1].Value).Where(block => block.Contains("\"Provider\"", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(blocks);
        foreach (var block in blocks)
        {
            var errors = new List<ConfigurationError>();
            var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Whole(Gaps().Replace(block, "\"env:FILLED_IN\""))))).Build();
            var built = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, new HandlerCatalog(new LogHandler(Microsoft.Extensions.Logging.Abstractions.NullLogger<LogHandler>.Instance)), new SecretResolver(_ => CatalogueTable.Of(name).Keys?.Invoke(name, 0).Checks ?? "text", Checkout.Root), errors);
            Assert.True(errors.Count == 0, $"{string.Join("; ", errors)} in\n{block}");
            Assert.Contains(built.Sources, source => source.Provider.Name == name && (source.Verifier is not null || source.Learns));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Its_page_says_what_is_not_confirmed(string name)
    {
        if (CatalogueTests.Provider(name).Facts.Unconfirmed.Count > 0) Assert.Contains("confirmed", Page(name), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void There_is_no_page_of_a_provider_that_is_not_there() => Assert.Empty(
        Directory.EnumerateFiles(Checkout.PathOf("docs/providers"), "*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Where(page => page != "README").Except(ProviderCatalog.Default.Names));

    [Fact]
    public void The_index_is_what_the_catalogue_says()
    {
        var index = new StringBuilder("\n| `Provider` | sender | proof | waits | sends again for |\n|---|---|---|---|---|\n");
        foreach (var view in ProviderView.All(ProviderCatalog.Default))
            index.Append(System.Globalization.CultureInfo.InvariantCulture, $"| [`{view.Name}`]({view.Name}.md) | {view.Title} | {view.Proof} | {view.Deadline} | {view.RetryHorizon} |\n");
        var expected = index.Append('\n').ToString();
        var page = Checkout.Read(Index);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("SLUICE_WRITE_DOCS") == "1") File.WriteAllText(Checkout.PathOf(Index), page[..begin] + expected + page[end..]);
        else Assert.True(page[begin..end] == expected, $"{Index} is not what the catalogue says; SLUICE_WRITE_DOCS=1 writes it anew:\n{expected}");
    }

    private static string Page(string name)
    {
        var path = $"docs/providers/{name}.md";
        Assert.True(File.Exists(Checkout.PathOf(path)), $"{path} is missing: where is the secret found, and what is unusual?");
        return Checkout.Read(path).ReplaceLineEndings("\n");
    }

    // A whole file, the section, or one source.
    private static string Whole(string block) =>
        block.TrimStart().StartsWith('{') ? block.Contains("\"Sluice\"", StringComparison.Ordinal) ? block : $$"""{ "Sluice": { "Sources": { "it": {{block}} } } }"""
        : block.Contains("\"Sources\"", StringComparison.Ordinal) ? $$"""{ "Sluice": { {{block}} } }"""
        : $$"""{ "Sluice": { "Sources": { {{block}} } } }""";

    // What is to be filled in: read from a file, or <what the sender calls it>.
    [GeneratedRegex("\"(?:file:[^\"]*|<[^<>\"]*>)\"")]
    private static partial Regex Gaps();

    [GeneratedRegex("```jsonc?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
