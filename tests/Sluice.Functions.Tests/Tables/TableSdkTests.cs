using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Sluice.Functions.Tests.Tables;

/// <summary>What the reference assembly must have in common with the package: these pass with both.</summary>
public sealed class TableSdkTests
{
    [Fact]
    public void A_filter_quotes_and_escapes_what_is_put_into_it()
    {
        var (text, number, time) = ("it's", 5L, new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.FromHours(2)));
        Assert.Equal("PartitionKey eq 'it''s' and A gt 5L", TableClient.CreateQueryFilter($"PartitionKey eq {text} and A gt {number}"));
        Assert.Equal("T lt datetime'2026-11-22T05:00:00Z' and B eq true", TableClient.CreateQueryFilter($"T lt {time} and B eq {true}"));
        Assert.Equal("I eq -1 and D eq 0.5", TableServiceClient.CreateQueryFilter($"I eq {-1} and D eq {0.5}"));
        Assert.Equal("G eq guid'00000000-0000-0000-0000-000000000000' and X eq X'0102'", TableClient.CreateQueryFilter($"G eq {Guid.Empty} and X eq {new byte[] { 1, 2 }}"));
        Assert.Throws<ArgumentException>(() => TableClient.CreateQueryFilter($"A eq {TimeSpan.Zero}"));
    }

    [Fact]
    public void An_entity_is_a_dictionary_of_typed_values()
    {
        var entity = new TableEntity("p", "r") { ["Text"] = "t", ["Int"] = 1, ["Long"] = 2L, ["Bytes"] = new byte[] { 3 }, ["Time"] = DateTimeOffset.UnixEpoch };
        Assert.Equal(("p", "r", "t", 1, 2L), (entity.PartitionKey, entity.RowKey, entity.GetString("Text"), entity.GetInt32("Int"), entity.GetInt64("Long")));
        Assert.Equal([3], entity.GetBinaryData("Bytes").ToArray());
        Assert.Equal(DateTime.UnixEpoch, entity.GetDateTime("Time"));
        Assert.Null(entity.GetDouble("Missing"));
        Assert.Null(entity["Missing"]);
        Assert.Throws<InvalidOperationException>(() => entity.GetString("Int"));
        entity["Long"] = 5;
        Assert.Equal(5L, entity["Long"]);
        entity["Int"] = "now a string";
        Assert.Equal("now a string", entity.GetString("Int"));
        Assert.Equal(7, entity.Count);
    }

    [Fact]
    public void An_etag_and_a_timestamp_are_properties_like_others()
    {
        var entity = new TableEntity("p", "r");
        Assert.Equal(default, entity.ETag);
        Assert.Null(entity.Timestamp);
        entity.ETag = new ETag("W/\"1\"");
        entity.Timestamp = DateTimeOffset.UnixEpoch;
        Assert.Equal("W/\"1\"", entity["odata.etag"]);
        Assert.Equal(["PartitionKey", "RowKey", "Timestamp", "odata.etag"], entity.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(entity.ETag, new TableEntity(entity).ETag);
    }

    [Fact]
    public void An_error_code_compares_with_what_an_exception_carries()
    {
        Assert.True(TableFailure.TableNotFound().ErrorCode == TableErrorCode.TableNotFound);
        Assert.False(new RequestFailedException(409, "conflict").ErrorCode == TableErrorCode.EntityAlreadyExists);
        Assert.Equal("UpdateConditionNotSatisfied", TableErrorCode.UpdateConditionNotSatisfied.ToString());
    }

    [Fact]
    public void A_failed_transaction_names_its_action()
    {
        var failure = TableFailure.InTransaction(3, TableFailure.ResourceNotFound());
        Assert.Equal((404, "ResourceNotFound", 3), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
        Assert.Null(TableFailure.InTransaction(null, TableFailure.ResourceNotFound()).FailedTransactionActionIndex);
    }

    [Fact]
    public void A_client_knows_its_account_and_address_without_a_call()
    {
        var service = new TableServiceClient("DefaultEndpointsProtocol=https;AccountName=some;AccountKey=AAAA;EndpointSuffix=core.windows.net");
        Assert.Equal("some", service.AccountName);
        Assert.Equal("some.table.core.windows.net", service.Uri.Host);
        Assert.Equal("SluiceBook", service.GetTableClient("SluiceBook").Name);
        Assert.Equal("devstoreaccount1", new TableServiceClient("UseDevelopmentStorage=true").AccountName);
    }
}
