using System.CommandLine;
using Sluice.Inspection;
using Sluice.Providers;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice providers</c>: the senders that are known, and what is known of each.</summary>
internal sealed class ProvidersCommand : Command
{
    public ProvidersCommand() : base("providers", "Lists the senders that are known")
    {
        SetAction(Run);
    }

    private static int Run(ParseResult parsed)
    {
        var providers = ProviderView.All(ProviderCatalog.Default);
        if (parsed.GetValue(CommonOptions.Json))
        {
            Output.Json(providers, OpsJson.Default.IReadOnlyListProviderView);
            return 0;
        }

        var table = Output.Table("Provider", "Sender", "Proof", "Waits", "Sends again for");
        foreach (var provider in providers) table.AddRow(provider.Name, Output.Safe(provider.Title), Output.Safe(provider.Proof), provider.Deadline, provider.RetryHorizon);
        Output.Person.Write(table);
        return 0;
    }
}
