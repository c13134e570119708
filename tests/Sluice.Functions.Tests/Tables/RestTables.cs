using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Sluice.Functions.Tests.Tables;

/// <summary>A storage account over the service's REST interface, behind the SDK's own virtual members: it needs no package. For tests; nothing is repeated.</summary>
public sealed class RestTables : TableServiceClient
{
    private static readonly HttpClient Http = new();

    private readonly byte[] key;
    private int requests;

    /// <param name="connectionString">With AccountName, AccountKey and TableEndpoint (or EndpointSuffix).</param>
    public RestTables(string connectionString)
    {
        var settings = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        AccountName = settings["AccountName"];
        key = Convert.FromBase64String(settings["AccountKey"]);
        Uri = new Uri(settings.TryGetValue("TableEndpoint", out var endpoint)
            ? endpoint.TrimEnd('/') + "/"
            : $"https://{AccountName}.table.{settings.GetValueOrDefault("EndpointSuffix", "core.windows.net")}/");
    }

    public override string AccountName { get; }

    public override Uri Uri { get; }

    /// <summary>The REST requests so far.</summary>
    public int Requests => Volatile.Read(ref requests);

    public override TableClient GetTableClient(string tableName) => new RestTable(this, tableName);

    public override Task<Response<TableItem>> CreateTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateAsync(cancellationToken);

    public override Task<Response<TableItem>> CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateIfNotExistsAsync(cancellationToken);

    public override Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default) => GetTableClient(tableName).DeleteAsync(cancellationToken);

    /// <summary>The answer to one request; thrown as the SDK throws it where it is an error.</summary>
    internal async Task<RestAnswer> SendAsync(
        string method, string path, byte[]? body, string contentType, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        Interlocked.Increment(ref requests);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Uri.AbsoluteUri + path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        var date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-version", "2020-12-06");
        request.Headers.TryAddWithoutValidation("DataServiceVersion", "3.0");
        request.Headers.TryAddWithoutValidation("Accept", TableWire.Json);
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKeyLite {AccountName}:{Signature(date, request.RequestUri!)}");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);

        using var response = await Http.SendAsync(request, cancellationToken);
        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var answer = new RestAnswer(
            (int)response.StatusCode,
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => header.Value.First(), StringComparer.OrdinalIgnoreCase),
            content);
        return answer.Status < 400 ? answer : throw answer.Failure();
    }

    // SharedKeyLite for tables: the date, and the path with the account before it. No query here asks for a component.
    private string Signature(string date, Uri uri) =>
        Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{date}\n/{AccountName}{uri.AbsolutePath}")));
}

/// <summary>An answer over REST, alone or a part of a transaction's.</summary>
internal sealed record RestAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string? ETag => Headers.GetValueOrDefault("ETag");

    public RequestFailedException Failure()
    {
        if (!Body.AsSpan().TrimStart(" \r\n"u8).StartsWith("{"u8)) return TableFailure.Of(Status, Headers.GetValueOrDefault("x-ms-error-code") ?? "", Encoding.UTF8.GetString(Body));
        using var json = JsonDocument.Parse(Body);
        var error = json.RootElement.GetProperty("odata.error");
        return TableFailure.Of(Status, error.GetProperty("code").GetString()!, error.GetProperty("message").GetProperty("value").GetString()!);
    }
}
