using System.Linq.Expressions;
using Azure.Core;
using Azure.Data.Tables.Models;

namespace Azure.Data.Tables;

public class TableServiceClient
{
    private readonly AccountAddress address;

    protected TableServiceClient()
    {
    }

    public TableServiceClient(string connectionString)
        : this(connectionString, null)
    {
    }

    public TableServiceClient(string connectionString, TableClientOptions options = null) => address = AccountAddress.Of(connectionString);

    public TableServiceClient(Uri endpoint, AzureSasCredential credential)
        : this(endpoint, credential, null)
    {
    }

    public TableServiceClient(Uri endpoint, AzureSasCredential credential, TableClientOptions options = null) => address = Checked(endpoint, credential);

    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions options = null) => address = Checked(endpoint, tokenCredential);

    public TableServiceClient(Uri endpoint, TableClientOptions options = null) => address = AccountAddress.Of(endpoint);

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential)
        : this(endpoint, credential, null)
    {
    }

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions options) => address = Checked(endpoint, credential);

    public virtual string AccountName => address?.Name;

    public virtual Uri Uri => address?.Endpoint;

    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter);

    public static string CreateQueryFilter(Expression<Func<TableItem, bool>> filter) => throw ReferenceAssembly.NoService();

    public virtual TableClient GetTableClient(string tableName) => address is null
        ? throw ReferenceAssembly.NoService()
        : new TableClient(address, tableName);

    public virtual Response<TableItem> CreateTable(string tableName, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Task<Response<TableItem>> CreateTableAsync(string tableName, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Response<TableItem> CreateTableIfNotExists(string tableName, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Task<Response<TableItem>> CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Response DeleteTable(string tableName, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Pageable<TableItem> Query(string filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual AsyncPageable<TableItem> QueryAsync(string filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        throw ReferenceAssembly.NoService();

    public virtual AsyncPageable<TableItem> QueryAsync(FormattableString filter, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        throw ReferenceAssembly.NoService();

    public virtual AsyncPageable<TableItem> QueryAsync(Expression<Func<TableItem, bool>> filter, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        throw ReferenceAssembly.NoService();

    private static AccountAddress Checked<T>(Uri endpoint, T credential)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(credential);
        return AccountAddress.Of(endpoint, (credential as TableSharedKeyCredential)?.AccountName);
    }
}
