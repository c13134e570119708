using System.Net;

namespace Sluice.Providers;

/// <summary>
/// How often requests that nobody has verified yet may make us ask a sender for something: so often from one network, so often in all, and
/// some times more where genuine requests came from, so that strangers never use up what is the sender's. Its owner sees to it that one asks at a time.
/// </summary>
internal sealed class AskBudget(KnownNetworks known)
{
    public const int MostOfOneNetwork = 10;
    public const int MostOfStrangers = 60;
    public const int MostOfKnown = 20;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Dictionary<UInt128, int> asked = [];
    private DateTimeOffset began;
    private int askedByStrangers;
    private int askedByKnown;

    /// <summary>Whether it may ask now, in its minute; if so, it has.</summary>
    public bool TryTake(IPAddress? from, DateTimeOffset now)
    {
        if ((now - began).Duration() >= Period)
        {
            (began, askedByStrangers, askedByKnown) = (now, 0, 0);
            asked.Clear();
        }

        if (askedByKnown < MostOfKnown && known.Contains(from))
        {
            askedByKnown++;
            return true;
        }

        var network = KnownNetworks.Of(from);
        var before = asked.GetValueOrDefault(network);
        if (askedByStrangers == MostOfStrangers || before == MostOfOneNetwork) return false;
        askedByStrangers++;
        asked[network] = before + 1;
        return true;
    }
}
