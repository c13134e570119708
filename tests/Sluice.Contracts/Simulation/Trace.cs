using System.Globalization;

namespace Sluice.Contracts.Simulation;

/// <summary>What happened in a run, line by line; written only when somebody wants to read it.</summary>
internal sealed class Trace(bool isOn)
{
    public bool IsOn => isOn;

    public List<string> Lines { get; } = [];

    public TimeProvider? Time { get; set; }

    public void Add(string who, string what, object? about = null, object? detail = null)
    {
        if (!isOn) return;
        Lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Time?.GetUtcNow():MM-dd HH:mm:ss.fff} {who,-8} {what} {about} {detail}").TrimEnd());
    }

    public string Tail(int lines) => string.Join('\n', Lines.TakeLast(lines));
}
