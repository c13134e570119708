using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>What the service refuses, as the client throws it.</summary>
internal static class TableFailure
{
    public static RequestFailedException Of(int status, string code, string message) => new(status, message, code, null);

    /// <summary>As the client throws it for a transaction; without an index where the service names no action.</summary>
    public static TableTransactionFailedException InTransaction(int? index, RequestFailedException failure)
    {
        if (index is { } at) failure.Data["FailedEntity"] = at.ToString(CultureInfo.InvariantCulture);
        return new TableTransactionFailedException(failure);
    }

    public static RequestFailedException TableNotFound() => Of(404, "TableNotFound", "The table specified does not exist.");

    public static RequestFailedException ResourceNotFound() => Of(404, "ResourceNotFound", "The specified resource does not exist.");

    public static RequestFailedException InvalidInput(string message) => Of(400, "InvalidInput", message);

    public static RequestFailedException RequestBodyTooLarge() =>
        Of(413, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.");
}
