namespace Sluice.Bench.Reports;

/// <summary>One line on standard error that says what is going on, for a person who waits; nothing in a log file.</summary>
public sealed class Progress
{
    private readonly bool _seen = !Console.IsErrorRedirected;

    public void Say(string what)
    {
        if (_seen) Console.Error.Write($"\r{what} ...\e[K");
    }

    public void Clear()
    {
        if (_seen) Console.Error.Write("\r\e[K");
    }
}
