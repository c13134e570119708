using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>The webhooks in <c>samples/</c>: made by the senders' libraries, once.</summary>
public sealed class SampleFileTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "samples");

    public static TheoryData<string, string, string, DateTimeOffset, string> Samples { get; } = new(JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "samples.json"))).RootElement.EnumerateArray()
        .Select(item => (Text(item, "file"), Text(item, "provider"), Text(item, "secret"), item.GetProperty("signedAt").GetDateTimeOffset(), Text(item, "type"))));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_holds_when_it_was_signed_and_says_its_type(string file, string provider, string secret, DateTimeOffset signedAt, string type)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Sluice:Sources:sample:Provider"] = provider, ["Sluice:Sources:sample:Secrets:0"] = secret }).Build();
        var configuration = SluiceConfiguration.Build(settings, ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(_ => null, "."), []);
        Assert.True(configuration.TryGetSource("sample", out var source));
        var envelope = Read(Path.Combine(Folder, file));

        Assert.Equal(SignatureResult.Valid, source.Verifier!.Verify(envelope, signedAt).Result);
        Assert.Equal(type, source.Provider.Describe(envelope, source.Settings).Type);
    }

    private static Envelope Read(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        return new Envelope
        {
            Method = lines[0].Split(' ')[0],
            Target = lines[0].Split(' ')[1],
            Headers = new HeaderList([.. lines.Skip(1).Select(line => line.Split(": ", 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]))]),
            Body = bytes.AsMemory(end + 4),
            ReceivedAt = DateTimeOffset.UnixEpoch,
        };
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
