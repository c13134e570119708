using Azure;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The end of a process at one of its calls to a service, counted from the first: just before the call has its effect, or just after. From then on no call of it has any.</summary>
internal sealed class Death
{
    private readonly CloudSluice sluice;
    private readonly int at;
    private readonly bool after;
    private int calls;

    public Death(CloudSluice sluice, int at, bool after)
    {
        (this.sluice, this.at, this.after) = (sluice, at, after);
        sluice.Tables.Before = _ => Begin();
        sluice.Tables.After = _ => End();
        sluice.Broker.Before = _ => Begin();
        sluice.Broker.After = _ => End();
    }

    public bool HasCome { get; private set; }

    /// <summary>Another process takes over.</summary>
    public void Over() => (sluice.Tables.Before, sluice.Tables.After, sluice.Broker.Before, sluice.Broker.After) = (null, null, null, null);

    private ValueTask Begin()
    {
        if (!HasCome && ++calls == at && !after) HasCome = true;
        return HasCome ? throw new ProcessDiedException() : default;
    }

    private ValueTask End()
    {
        if (!HasCome && calls == at && after) HasCome = true;
        return HasCome ? throw new ProcessDiedException() : default;
    }
}

/// <summary>None that anybody expects.</summary>
internal sealed class ProcessDiedException() : Exception("the process died");

/// <summary>One answer that gets lost: the request had its effect, and the client hears of a failure.</summary>
internal sealed class LostAnswer
{
    private readonly CloudSluice sluice;
    private int writes;

    public LostAnswer(CloudSluice sluice, int at)
    {
        this.sluice = sluice;
        sluice.Tables.After = request =>
        {
            if (!request.Writes || request.Try > 1 || ++writes != at) return default;
            HasCome = true;
            throw new RequestFailedException("The connection was reset");
        };
    }

    public bool HasCome { get; private set; }

    public void Over() => sluice.Tables.After = null;
}
