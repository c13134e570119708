using Sluice.Destinations;

namespace Sluice.Core.Tests.Destinations;

/// <summary>What in a URL may be a secret is not shown.</summary>
public sealed class ShownUrlTests
{
    [Theory]
    [InlineData("https://crm.example/hooks", "https://crm.example/hooks")]
    [InlineData("https://crm.example/", "https://crm.example/")]
    [InlineData("https://crm.example", "https://crm.example")]
    [InlineData("https://crm.example/hooks/invoices-of-the-last-month/new", "https://crm.example/hooks/invoices-of-the-last-month/new")]
    [InlineData("https://a-very-long-name-of-a-host-2.crm.example/hooks", "https://a-very-long-name-of-a-host-2.crm.example/hooks")]
    [InlineData("https://crm.example/hooks?key=1", "https://crm.example/hooks?set")]
    [InlineData("https://hooks.slack.com/services/T00000000/B00000000/a1B2c3D4e5F6g7H8i9J0k1L2", "https://hooks.slack.com/services/T00000000/B00000000/set")]
    [InlineData("https://discord.com/api/webhooks/1234567890123456789/abc-DEF_ghiJKLmnoPQRstuVWXyz/slack", "https://discord.com/api/webhooks/1234567890123456789/set/slack")]
    [InlineData("https://crm.example//0123456789abcdef0123456789abcdef", "https://crm.example//set")]
    [InlineData("https://crm.example/0123456789abcdef0123456789abcdef?key=1", "https://crm.example/set?set")]
    public void A_URL_is_shown_without_its_query_and_tokens(string url, string shown)
    {
        Assert.Equal(shown, ShownUrl.Of(url));
        Assert.Equal(shown.Replace("?set", "", StringComparison.Ordinal), ShownUrl.WithoutQuery(new Uri(url)).TrimEnd('/') + (shown.EndsWith('/') ? "/" : ""));
    }
}
