using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>What the table service documents of keys, names and sizes.</summary>
internal static partial class EntityLimits
{
    public const int TransactionActions = 100;
    public const int TransactionBytes = 4 * 1024 * 1024;
    public const int PageEntities = 1000;
    public const int PageBytes = 4 * 1024 * 1024;
    public const int EntityBytes = 1024 * 1024;
    public const int PropertyBytes = 64 * 1024;
    public const int Properties = 252;
    public const int NameLetters = 255;

    // 1 KiB of UTF-16; newer pages say 1,024 letters, so half of it is safe with both.
    public const int KeyLetters = 512;

    private static readonly DateTimeOffset EarliestTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void CheckTableName(string name)
    {
        if (name.Length is < 3 or > 63) throw TableFailure.Of(400, "OutOfRangeInput", "The specified resource name length is not within the permissible limits.");
        if (!TableName().IsMatch(name) || name.Equals("tables", StringComparison.OrdinalIgnoreCase))
            throw TableFailure.Of(400, "InvalidResourceName", "The specified resource name contains invalid characters.");
    }

    /// <summary>In the URL a forbidden letter breaks the address, in the body it breaks the key.</summary>
    public static void CheckKeys(string partitionKey, string rowKey, bool inUrl)
    {
        foreach (var (name, key) in new[] { ("PartitionKey", partitionKey), ("RowKey", rowKey) })
        {
            if (key.Length > KeyLetters) throw TableFailure.Of(400, "KeyValueTooLarge", $"The {name} is larger than the maximum size permitted.");
            if (!key.Any(letter => letter is '/' or '\\' or '#' or '?' || char.IsControl(letter))) continue;
            throw inUrl
                ? TableFailure.InvalidInput("Bad Request - Error in query syntax.")
                : TableFailure.Of(400, "OutOfRangeInput", $"The '{name}' parameter of value '{key}' is out of range.");
        }
    }

    public static void CheckProperty(string name, object value)
    {
        if (name.Length > NameLetters) throw TableFailure.Of(400, "PropertyNameTooLong", "The property name exceeds the maximum allowed length.");
        if (!PropertyName().IsMatch(name)) throw TableFailure.Of(400, "PropertyNameInvalid", $"The property name '{name}' is invalid.");
        if (value is string text ? text.Length * 2 > PropertyBytes : value is byte[] bytes && bytes.Length > PropertyBytes)
            throw TableFailure.Of(400, "PropertyValueTooLarge", $"The property value of '{name}' exceeds the maximum allowed size (64KB).");
        if (value is DateTimeOffset time && time < EarliestTime)
            throw TableFailure.Of(400, "OutOfRangeInput", $"The '{name}' parameter of value '{time:O}' is out of range.");
    }

    /// <summary>Of the whole entity, as it will be stored.</summary>
    public static void CheckWhole(TableEntity entity)
    {
        var own = entity.Count(property => property.Key is not (TableWire.ETagKey or "PartitionKey" or "RowKey" or "Timestamp"));
        if (own > Properties) throw TableFailure.Of(400, "TooManyProperties", "The entity contains more properties than allowed.");
        if (Size(entity) > EntityBytes) throw TableFailure.Of(400, "EntityTooLarge", "The entity is larger than the maximum allowed size (1MB).");
    }

    // As the service counts: 4 bytes, the keys, and for each property 8 bytes, its name and its value.
    private static int Size(TableEntity entity) => 4 + ((entity.PartitionKey.Length + entity.RowKey.Length) * 2) + entity
        .Where(property => property.Key is not (TableWire.ETagKey or "PartitionKey" or "RowKey" or "Timestamp"))
        .Sum(property => 8 + (property.Key.Length * 2) + property.Value switch
        {
            string text => (text.Length * 2) + 4,
            byte[] bytes => bytes.Length + 4,
            Guid => 16,
            bool => 1,
            int => 4,
            _ => 8,
        });

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]*\z")]
    private static partial Regex TableName();

    // A C# identifier.
    [GeneratedRegex(@"\A[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Pc}\p{Mn}\p{Mc}\p{Cf}]*\z")]
    private static partial Regex PropertyName();
}
