using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>One table over REST.</summary>
internal sealed partial class RestTable(RestTables account, string name) : SdkTable(name)
{
    private const string NextPartition = "x-ms-continuation-NextPartitionKey";
    private const string NextRow = "x-ms-continuation-NextRowKey";

    public override string AccountName => account.AccountName;

    public override Uri Uri => new(account.Uri, Name);

    protected override Task RequestTableAsync(bool create, CancellationToken cancellationToken) => create
        ? account.SendAsync("POST", "Tables", JsonSerializer.SerializeToUtf8Bytes(new { TableName = Name }), "application/json", cancellationToken, ("Prefer", "return-no-content"))
        : account.SendAsync("DELETE", $"Tables('{Name}')", null, "", cancellationToken);

    protected override async Task<Response> RequestWriteAsync(TableWrite write, CancellationToken cancellationToken)
    {
        var (method, path) = TableWire.Line(Name, write);
        var body = write.Type == TableTransactionActionType.Delete ? null : TableWire.Body(write.Entity);
        (string, string)[] headers = write.Conditional ? [("If-Match", write.IfMatch.ToString())] : [("Prefer", "return-no-content")];
        var answer = await account.SendAsync(method, path, body, "application/json", cancellationToken, headers);
        return new TableResponse(answer.Status, answer.ETag);
    }

    protected override async Task<TableEntity> RequestEntityAsync(string partitionKey, string rowKey, string[]? select, CancellationToken cancellationToken)
    {
        var path = TableWire.EntityPath(Name, partitionKey, rowKey) + Query(("$select", select is null ? null : string.Join(',', select)));
        var answer = await account.SendAsync("GET", path, null, "", cancellationToken);
        return TableWire.Entity(answer.Body);
    }

    protected override async Task<(IReadOnlyList<TableEntity> Entities, string? Continuation)> RequestPageAsync(
        string? filter, int? size, string[]? select, string? continuation, CancellationToken cancellationToken)
    {
        var keys = continuation?.Split(' ', 2);
        var path = $"{Name}()" + Query(
            ("$filter", filter),
            ("$top", size?.ToString(CultureInfo.InvariantCulture)),
            ("$select", select is null ? null : string.Join(',', select)),
            ("NextPartitionKey", keys?[0]),
            ("NextRowKey", keys?[1] is { Length: > 0 } row ? row : null));
        var answer = await account.SendAsync("GET", path, null, "", cancellationToken);
        using var json = JsonDocument.Parse(answer.Body);
        var next = answer.Headers.GetValueOrDefault(NextPartition);
        return ([.. json.RootElement.GetProperty("value").EnumerateArray().Select(TableWire.Entity)], next is null ? null : $"{next} {answer.Headers.GetValueOrDefault(NextRow)}");
    }

    protected override async Task<Response<IReadOnlyList<Response>>> RequestTransactionAsync(TableWrite[] writes, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var body = TableWire.Transaction(account.Uri.AbsoluteUri, Name, writes.Select(write => (write, TableWire.Body(write.Entity))), id);
        var answer = await account.SendAsync("POST", "$batch", body, $"multipart/mixed; boundary=batch_{id}", cancellationToken);
        RestAnswer[] parts = [.. Parts(Encoding.UTF8.GetString(answer.Body))];
        if (parts.FirstOrDefault(part => part.Status >= 400) is not { } failed)
            return Response.FromValue<IReadOnlyList<Response>>([.. parts.Select(part => new TableResponse(part.Status, part.ETag))], new TableResponse(answer.Status));

        // The service writes the action's index before its message.
        var failure = failed.Failure();
        var index = FailedIndex().Match(failure.Message);
        throw TableFailure.InTransaction(index.Success ? int.Parse(index.ValueSpan, CultureInfo.InvariantCulture) : null, failure);
    }

    private static IEnumerable<RestAnswer> Parts(string body)
    {
        foreach (var part in Part().Matches(body).Select(match => match.Value))
        {
            var end = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var lines = (end < 0 ? part : part[..end]).Split("\r\n");
            var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Where(header => header.Length == 2).ToDictionary(header => header[0], header => header[1]);
            var content = end < 0 ? "" : part[end..].Trim();
            var close = content.LastIndexOf('}');
            yield return new(int.Parse(part.AsSpan(9, 3), CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetBytes(close < 0 ? "" : content[..(close + 1)]));
        }
    }

    private static string Query(params (string Name, string? Value)[] values)
    {
        var given = values.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}");
        return string.Join('&', given) is { Length: > 0 } query ? "?" + query : "";
    }

    [GeneratedRegex(@"HTTP/1\.1 \d{3}.*?(?=\r\n--|--changesetresponse|\z)", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex(@"\A\d+(?=:)")]
    private static partial Regex FailedIndex();
}
