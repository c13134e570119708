using Microsoft.Data.Sqlite;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>Plain SQL over a connection.</summary>
internal static class Sql
{
    public static void Run(this SqliteConnection connection, string sql) => Rows(connection, sql);

    public static long Number(this SqliteConnection connection, string sql) => Convert.ToInt64(Assert.Single(Rows(connection, sql))[0], System.Globalization.CultureInfo.InvariantCulture);

    public static string Text(this SqliteConnection connection, string sql) => (string)Assert.Single(Rows(connection, sql))[0];

    public static List<object[]> Rows(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        var rows = new List<object[]>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
