using System.Text.RegularExpressions;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;

namespace Sluice.Core.Tests.Attacks;

/// <summary>Some senders put an event's id where their proof does not reach. Nothing can be done about that here, but that it is said.</summary>
public sealed partial class UnsignedIdTests
{
    public static TheoryData<string> Providers => [.. CatalogueTable.Names];

    [Attack("A9")]
    [Theory, MemberData(nameof(Providers))]
    public async Task An_id_that_can_be_changed_without_the_key_is_said_to_be_not_signed(string provider)
    {
        var source = CatalogueSource.Of(provider);
        var genuine = source.Send();
        var id = source.Provider.Describe(genuine.EnvelopeFor(source.Source), source.Settings).Id;
        var moved = new List<string>();
        foreach (var (name, _) in genuine.Headers)
        {
            var changed = genuine.With(name, "another-0001");
            if (!(await source.CheckAsync(changed)).IsValid) continue;
            if (source.Provider.Describe(changed.EnvelopeFor(source.Source), source.Settings).Id != id) moved.Add(name);
        }

        // Where the secret itself is shown nothing is signed, and the page is about that.
        var page = Checkout.Read($"docs/providers/{provider}.md");
        if (moved.Count > 0 && source.Source.Scheme.HeaderNames.Count > 0) Assert.True(Said().IsMatch(page), $"{provider}: {string.Join(", ", moved)} can be changed, and its page does not say that it is not signed");
    }

    [GeneratedRegex("not signed|[Nn]either id nor type is signed")]
    private static partial Regex Said();
}
