using Sluice.Configuration;

namespace Sluice.Core.Tests.Configuration;

public sealed class SecretResolverTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-secrets-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("whsec_abc")]
    [InlineData("")]
    [InlineData("ENV:X")]
    [InlineData("environment")]
    [InlineData("a env:X")]
    public void Other_texts_stand_for_themselves(string text)
    {
        Assert.Equal(text, new SecretResolver(_ => "never", folder).Resolve(text, out var error));
        Assert.Null(error);
    }

    [Fact]
    public void A_variable_of_the_environment_is_taken_as_it_is()
    {
        Assert.Equal(" x\n", new SecretResolver(name => name == "A_B" ? " x\n" : null, folder).Resolve("env:A_B", out var error));
        Assert.Null(error);
    }

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData("secret\n\n", "secret\n")]
    [InlineData("secret\r", "secret\r")]
    [InlineData(" sec\nret \n", " sec\nret ")]
    [InlineData("\n", "")]
    [InlineData("", "")]
    [InlineData("sécret ☕", "sécret ☕")]
    public void A_files_last_line_end_is_not_part_of_its_secret(string content, string secret)
    {
        File.WriteAllText(Path.Combine(folder, "secret"), content);
        Assert.Equal(secret, new SecretResolver(_ => null, folder).Resolve("file:secret", out var error));
        Assert.Null(error);
    }

    [Fact]
    public void A_path_is_taken_from_the_folder_of_the_configuration_or_whole_and_every_file_is_remembered()
    {
        File.WriteAllText(Path.Combine(folder, "secret"), "x");
        var resolver = new SecretResolver(_ => null, folder);
        Assert.Equal("x", resolver.Resolve("file:./secret", out _));
        Assert.Equal("x", resolver.Resolve($"file:{folder}/secret", out _));
        resolver.Resolve("file:missing", out _);
        Assert.Equal([Path.Combine(folder, "secret"), Path.Combine(folder, "missing")], resolver.Files.Keys);
    }

    [Theory]
    [InlineData("file:missing")]
    [InlineData("file:no/such/folder")]
    [InlineData("file:")]
    [InlineData("file:.")]
    [InlineData("file:a\0b")]
    public void A_file_that_cannot_be_read_is_an_error_and_no_exception(string text)
    {
        Assert.Null(new SecretResolver(_ => null, folder).Resolve(text, out var error));
        Assert.StartsWith("names the file ", error, StringComparison.Ordinal);
        Assert.Contains("cannot be read", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_too_large_for_a_secret_is_an_error()
    {
        File.WriteAllBytes(Path.Combine(folder, "large"), new byte[(64 * 1024) + 1]);
        Assert.Null(new SecretResolver(_ => null, folder).Resolve("file:large", out var error));
        Assert.Equal($"names the file {folder}/large, which is larger than 64 KiB; a secret is not", error);
    }

    [Fact]
    public void A_source_reads_its_secret_from_a_file()
    {
        File.WriteAllText(Path.Combine(folder, "stripe"), "whsec_abc\n");
        var settings = (SettingsText.OfSource(""" "Provider": "stripe", "Secrets": ["file:stripe"] """) with { Folder = folder }).Settings();
        Assert.Equal("whsec_abc", settings.Sources[0].Secrets[0].Value);
    }
}
