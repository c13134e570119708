using System.Linq.Expressions;
using Azure.Core;
using Azure.Data.Tables.Models;

namespace Azure.Data.Tables;

public class TableClient
{
    private readonly AccountAddress address;
    private readonly string name;

    protected TableClient()
    {
    }

    public TableClient(string connectionString, string tableName)
        : this(connectionString, tableName, null)
    {
    }

    public TableClient(string connectionString, string tableName, TableClientOptions options = null)
        : this(AccountAddress.Of(connectionString), tableName)
    {
    }

    public TableClient(Uri endpoint, string tableName, TokenCredential tokenCredential, TableClientOptions options = null)
        : this(AccountAddress.Of(endpoint), tableName) => ArgumentNullException.ThrowIfNull(tokenCredential);

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential)
        : this(endpoint, tableName, credential, null)
    {
    }

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential, TableClientOptions options = null)
        : this(AccountAddress.Of(endpoint, credential?.AccountName), tableName) => ArgumentNullException.ThrowIfNull(credential);

    /// <param name="endpoint">With the table's name as the last part of its path.</param>
    public TableClient(Uri endpoint, AzureSasCredential credential, TableClientOptions options = null)
        : this(endpoint, options) => ArgumentNullException.ThrowIfNull(credential);

    /// <param name="endpoint">With the table's name as the last part of its path.</param>
    public TableClient(Uri endpoint, TableClientOptions options = null)
        : this(AccountAddress.Of(new Uri(endpoint, ".")), endpoint.Segments[^1].Trim('/'))
    {
    }

    internal TableClient(AccountAddress address, string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        this.address = address;
        name = tableName;
    }

    public virtual string AccountName => address?.Name;

    public virtual string Name => name;

    public virtual Uri Uri => address?.Table(name);

    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter);

    public static string CreateQueryFilter<T>(Expression<Func<T, bool>> filter) => throw ReferenceAssembly.NoService();

    public virtual Response<TableItem> Create(CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Response<TableItem> CreateIfNotExists(CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Response Delete(CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Task<Response> DeleteAsync(CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Response AddEntity<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Response UpsertEntity<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Response UpdateEntity<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Response DeleteEntity(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        throw ReferenceAssembly.NoService();

    public virtual Response DeleteEntity(ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();

    public virtual Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        throw ReferenceAssembly.NoService();

    public virtual Task<Response> DeleteEntityAsync(ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        throw ReferenceAssembly.NoService();

    public virtual Response<T> GetEntity<T>(string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Task<Response<T>> GetEntityAsync<T>(string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw ReferenceAssembly.NoService();

    public virtual NullableResponse<T> GetEntityIfExists<T>(string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Pageable<T> Query<T>(string filter = null, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Pageable<T> Query<T>(
        Expression<Func<T, bool>> filter, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw ReferenceAssembly.NoService();

    public virtual AsyncPageable<T> QueryAsync<T>(string filter = null, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw ReferenceAssembly.NoService();

    public virtual AsyncPageable<T> QueryAsync<T>(
        Expression<Func<T, bool>> filter, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw ReferenceAssembly.NoService();

    public virtual Response<IReadOnlyList<Response>> SubmitTransaction(IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default) =>
        throw ReferenceAssembly.NoService();

    public virtual Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default) => throw ReferenceAssembly.NoService();
}
