using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Contracts.Catalogue;
using Sluice.Hosts.Tests.Processes;

namespace Sluice.Hosts.Tests.Verify;

/// <summary>A folder with captured requests and, where wanted, a configuration beside them.</summary>
internal sealed class VerifyFolder : IDisposable
{
    public static readonly string Samples = System.IO.Path.Combine(AppContext.BaseDirectory, "samples");

    public string Path { get; } = Directory.CreateTempSubdirectory("sluice-").FullName;

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public string Write(string name, byte[] content)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(file, content);
        return file;
    }

    /// <summary>Sources by name, as <c>sluice.json</c> in the working folder.</summary>
    public void Configure(params IEnumerable<(string Name, Dictionary<string, string?> Settings)> sources) => Write("sluice.json", JsonSerializer.Serialize(new
    {
        Sluice = new
        {
            Sources = sources.ToDictionary(source => source.Name, source => source.Settings
                .GroupBy(setting => setting.Key.Split(':')[0])
                .ToDictionary(group => group.Key, group => group.First().Key.Contains(':', StringComparison.Ordinal) ? (object?)group.Select(setting => setting.Value).ToArray() : group.Single().Value)),
        },
    }));

    public Task<Ended> RunAsync(params string[] arguments) => SluiceProgram.RunAsync(Path, ["verify", .. arguments]);

    /// <summary>The request as it goes over the wire.</summary>
    public static byte[] Raw(CatalogueRequest request) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{request.Method} {request.Target} HTTP/1.1\r\nHost: hooks.example.com\r\n{string.Concat(request.Headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}Content-Length: {request.Body.Length}\r\n\r\n")),
        .. request.Body.Span,
    ];

    /// <summary>The request as an entry of a HAR, recorded when the catalogue's clock stands.</summary>
    public static JsonObject Entry(CatalogueRequest request) => new()
    {
        ["startedDateTime"] = CatalogueSource.Now.ToString("O", CultureInfo.InvariantCulture),
        ["request"] = new JsonObject
        {
            ["method"] = request.Method,
            ["url"] = $"https://hooks.example.com{request.Target}",
            ["headers"] = new JsonArray([.. request.Headers.Select(header => (JsonNode)new JsonObject { ["name"] = header.Key, ["value"] = header.Value })]),
            ["bodySize"] = request.Body.Length,
            ["postData"] = new JsonObject { ["text"] = Convert.ToBase64String(request.Body.Span), ["encoding"] = "base64" },
        },
        ["response"] = new JsonObject { ["status"] = 200 },
    };

    public static string Har(params IEnumerable<JsonNode> entries) => new JsonObject { ["log"] = new JsonObject { ["version"] = "1.2", ["entries"] = new JsonArray([.. entries]) } }.ToJsonString();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
