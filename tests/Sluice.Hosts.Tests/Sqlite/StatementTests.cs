using Microsoft.Data.Sqlite;
using Sluice.LocalHost.Sqlite;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>What is bound to a statement comes back as it was.</summary>
public sealed class StatementTests : IDisposable
{
    private readonly SqliteConnection connection = Database.OpenInMemory();

    public void Dispose() => connection.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("größe ☕ 🚰")]
    [InlineData("a\0b")]
    [InlineData("\0")]
    public void A_text(string text) => Assert.Equal(("text", text), Back(text));

    [Theory]
    [InlineData(100)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1_000_000)]
    public void A_text_of_any_length(int length) => Assert.Equal(("text", new string('ä', length)), Back(new string('ä', length)));

    [Fact]
    public void No_text_is_null()
    {
        using var statement = new Statement(connection, "SELECT typeof(?1), ?1");
        Assert.True(statement.Bind((string?)null).Step());
        Assert.Equal("null", statement.Text(0));
        Assert.True(statement.IsNull(1));
        Assert.Null(statement.TextOrNull(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Bytes_of_any_length(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        using var statement = new Statement(connection, "SELECT typeof(?1), ?1");
        Assert.True(statement.Bind(bytes).Step());
        Assert.Equal("blob", statement.Text(0));
        Assert.Equal(bytes, statement.Blob(1).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_number(long number)
    {
        using var statement = new Statement(connection, "SELECT ?1, ?2");
        Assert.True(statement.Bind(number).Bind((long?)null).Step());
        Assert.Equal(number, statement.Long(0));
        Assert.True(statement.IsNull(1));
    }

    [Fact]
    public void A_statement_is_ready_again_after_its_last_row_and_after_a_fault()
    {
        using var create = new Statement(connection, "CREATE TABLE one(a INTEGER PRIMARY KEY) STRICT");
        create.Run();
        using var insert = new Statement(connection, "INSERT INTO one VALUES(?1)");
        Assert.Equal(1, insert.Bind(1).Run());
        var fault = Assert.Throws<SqliteException>(() => insert.Bind(1).Run());
        Assert.Equal(19, fault.SqliteErrorCode);
        Assert.Equal(1, insert.Bind(2).Run());
    }

    private (string Type, string Value) Back(string text)
    {
        using var statement = new Statement(connection, "SELECT typeof(?1), ?1");
        Assert.True(statement.Bind(text).Step());
        return (statement.Text(0), statement.Text(1));
    }
}
