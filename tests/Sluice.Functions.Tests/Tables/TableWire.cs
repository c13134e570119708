using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>Entities and transactions in the bytes in which the client sends them: what is measured against the service's limits.</summary>
internal static class TableWire
{
    public const string Json = "application/json;odata=minimalmetadata";
    public const string ETagKey = "odata.etag";

    private const string TypeSuffix = "@odata.type";

    /// <summary>The entity's properties as JSON. Text is escaped as the client escapes it: a quote or a letter beyond ASCII is six bytes.</summary>
    public static byte[] Body(TableEntity entity)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in entity)
            {
                if (name == ETagKey) continue;
                writer.WritePropertyName(name);
                if (WriteValue(writer, value) is { } type) writer.WriteString(name + TypeSuffix, type);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static TableEntity Entity(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        return Entity(document.RootElement);
    }

    public static TableEntity Entity(JsonElement json)
    {
        var entity = new TableEntity();
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name == "odata.metadata" || property.Name.EndsWith(TypeSuffix, StringComparison.Ordinal)) continue;
            var type = json.TryGetProperty(property.Name + TypeSuffix, out var annotation) ? annotation.GetString() : null;
            if (property.Name == nameof(TableEntity.Timestamp)) type = "Edm.DateTime";
            entity[property.Name] = Value(property.Value, type);
        }

        return entity;
    }

    public static TableEntity Copy(TableEntity entity)
    {
        var copy = new TableEntity(entity);
        foreach (var name in copy.Keys.Where(name => copy[name] is byte[]).ToArray()) copy[name] = copy.GetBinary(name).Clone();
        return copy;
    }

    /// <summary>A time as the service writes it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    public static string EntityPath(string table, string partitionKey, string rowKey) => $"{table}(PartitionKey='{Quoted(partitionKey)}',RowKey='{Quoted(rowKey)}')";

    /// <summary>A transaction's multipart body. <paramref name="account"/> ends with a slash.</summary>
    public static byte[] Transaction(string account, string table, IEnumerable<(TableWrite Write, byte[] Body)> writes, Guid id)
    {
        using var stream = new MemoryStream();
        Text($"--batch_{id}\r\nContent-Type: multipart/mixed; boundary=changeset_{id}\r\n\r\n");
        foreach (var (write, body) in writes)
        {
            Text($"--changeset_{id}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            var (method, path) = Line(table, write);
            Text($"{method} {account}{path} HTTP/1.1\r\nAccept: {Json}\r\nDataServiceVersion: 3.0\r\n");
            if (write.Conditional) Text($"If-Match: {write.IfMatch}\r\n");
            if (write.Type == TableTransactionActionType.Add) Text("Prefer: return-no-content\r\n");
            if (write.Type == TableTransactionActionType.Delete)
            {
                Text("\r\n");
                continue;
            }

            Text("Content-Type: application/json\r\n\r\n");
            stream.Write(body);
            Text("\r\n");
        }

        Text($"--changeset_{id}--\r\n--batch_{id}--\r\n");
        return stream.ToArray();

        void Text(string text) => stream.Write(Encoding.UTF8.GetBytes(text));
    }

    public static (string Method, string Path) Line(string table, TableWrite write)
    {
        var path = EntityPath(table, write.Entity.PartitionKey, write.Entity.RowKey);
        return write.Type switch
        {
            TableTransactionActionType.Add => ("POST", table),
            TableTransactionActionType.Delete => ("DELETE", path),
            _ => (write.Replaces ? "PUT" : "PATCH", path),
        };
    }

    private static string Quoted(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));

    private static string? WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                return null;
            case string text:
                writer.WriteStringValue(text);
                return null;
            case bool truth:
                writer.WriteBooleanValue(truth);
                return null;
            case int number:
                writer.WriteNumberValue(number);
                return null;
            case long number:
                writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                return "Edm.Int64";
            case double number when double.IsNaN(number):
                writer.WriteStringValue("NaN");
                return "Edm.Double";
            case double number:
                writer.WriteNumberValue(number);
                return "Edm.Double";
            case Guid id:
                writer.WriteStringValue(id);
                return "Edm.Guid";
            case DateTimeOffset time:
                writer.WriteStringValue(Time(time));
                return "Edm.DateTime";
            case DateTime { Kind: DateTimeKind.Utc } time:
                writer.WriteStringValue(Time(time));
                return "Edm.DateTime";
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                return "Edm.Binary";
            case BinaryData bytes:
                writer.WriteBase64StringValue(bytes);
                return "Edm.Binary";
            default:
                throw new NotSupportedException($"Not supported type {value.GetType()}, or a time that is not UTC.");
        }
    }

    private static object? Value(JsonElement json, string? type) => (type, json.ValueKind) switch
    {
        (_, JsonValueKind.Null) => null,
        ("Edm.Int64", _) => long.Parse(json.GetString()!, CultureInfo.InvariantCulture),
        ("Edm.Double", JsonValueKind.String) => double.Parse(json.GetString()!, CultureInfo.InvariantCulture),
        ("Edm.Double", _) => json.GetDouble(),
        ("Edm.Guid", _) => json.GetGuid(),
        ("Edm.DateTime", _) => DateTimeOffset.Parse(json.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        ("Edm.Binary", _) => json.GetBytesFromBase64(),
        (_, JsonValueKind.String) => json.GetString(),
        (_, JsonValueKind.True or JsonValueKind.False) => json.GetBoolean(),
        _ when json.TryGetInt32(out var number) => number,
        _ => json.GetDouble(),
    };
}
