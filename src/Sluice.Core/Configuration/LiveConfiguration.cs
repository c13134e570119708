namespace Sluice.Configuration;

/// <summary>The configuration in force: what was written down, with what was said while running. Whoever needs it reads <see cref="Current"/> once per piece of work.</summary>
public sealed class LiveConfiguration(SluiceConfiguration first)
{
    private readonly Lock gate = new();
    private volatile SluiceConfiguration current = first;
    private SluiceConfiguration written = first;
    private Func<SluiceConfiguration, SluiceConfiguration> compose = static written => written;

    public SluiceConfiguration Current => current;

    /// <summary>Raised when another is in force.</summary>
    public event Action? Replaced;

    /// <summary>Puts another configuration in force, from the next piece of work on. What was said while running stays.</summary>
    public void Replace(SluiceConfiguration next)
    {
        lock (gate) current = compose(written = next);
        Replaced?.Invoke();
    }

    /// <summary>Puts in force what was said while running, over this configuration and over each that replaces it.</summary>
    /// <param name="next">Makes of what was written down what is in force; it must not throw.</param>
    public void Compose(Func<SluiceConfiguration, SluiceConfiguration> next)
    {
        lock (gate) current = (compose = next)(written);
        Replaced?.Invoke();
    }
}
