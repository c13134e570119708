namespace Sluice.Bench.Servers;

/// <summary>A folder on the repository's disk, and the servers that run. Disposing leaves neither.</summary>
public sealed class Workbench : IDisposable
{
    private readonly string _root;
    private readonly Lock _gate = new();
    private readonly List<ServerProcess> _servers = [];
    private int _folders;
    private bool _abandoned;

    private Workbench(string root)
    {
        _root = root;
        Directory.CreateDirectory(root);
    }

    public static Workbench Open() => new(Path.Combine(Programs.Artifacts, $"bench-{Environment.ProcessId}-{Guid.NewGuid():N}"));

    public static void Remove(string folder) => Directory.Delete(folder, recursive: true);

    public string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, $"{++_folders:000}")).FullName;

    public ServerProcess Start(ServerProgram program)
    {
        lock (_gate)
        {
            if (_abandoned) throw new BenchException("interrupted");

            var server = new ServerProcess(program);
            _servers.Add(server);
            return server;
        }
    }

    /// <summary>From any thread: no server lives on, none starts any more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            foreach (var server in _servers) server.Kill();
        }
    }

    public void Dispose()
    {
        foreach (var server in _servers) server.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
