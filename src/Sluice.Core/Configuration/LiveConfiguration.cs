namespace Sluice.Configuration;

/// <summary>The configuration in force. Whoever needs it reads <see cref="Current"/> once per piece of work.</summary>
public sealed class LiveConfiguration(SluiceConfiguration first)
{
    private volatile SluiceConfiguration current = first;

    public SluiceConfiguration Current => current;

    /// <summary>Raised when another is in force.</summary>
    public event Action? Replaced;

    /// <summary>Puts another configuration in force, from the next piece of work on.</summary>
    public void Replace(SluiceConfiguration next)
    {
        current = next;
        Replaced?.Invoke();
    }
}
