namespace Sluice.Core.Tests.Configuration;

public sealed class VerifyTokenTests
{
    private const string Meta = """ "Provider": "meta", "Secrets": ["x"], "VerifyToken":""";

    [Fact]
    public void A_verify_token_is_text_or_resolved_like_a_secret()
    {
        Assert.Equal("ours", Token(SettingsText.OfSource(Meta + "\"ours\"")));
        var text = SettingsText.OfSource(Meta + "\"env:TOKEN\"");
        text.Environment["TOKEN"] = "of the environment";
        Assert.Equal("of the environment", Token(text));
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "of the file\n");
        Assert.Equal("of the file", Token(SettingsText.OfSource($"{Meta}\"file:{file}\"")));
        File.Delete(file);
    }

    [Theory]
    [InlineData("env:MISSING", "names the environment variable MISSING, which is not set or empty; set it")]
    [InlineData(" ", "is empty or has white space around it; write what you typed in at the sender")]
    [InlineData("ours ", "is empty or has white space around it; write what you typed in at the sender")]
    public void A_verify_token_that_is_none_is_named_with_its_fix(string token, string error) =>
        SettingsText.OfSource($"{Meta}\"{token}\"").Fails($"Sluice:Sources:it:VerifyToken {error}");

    [Fact]
    public void Settings_of_a_source_never_show_their_secrets()
    {
        var settings = Assert.Single(SettingsText.OfSource(Meta + "\"canary\"").Settings().Sources);
        Assert.Equal("SourceSettings it", $"{settings}");
    }

    private static string? Token(SettingsText text) => Assert.Single(text.Settings().Sources).VerifyToken;
}
