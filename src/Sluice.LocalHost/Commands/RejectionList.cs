using Sluice.Inspection;
using Sluice.Quarantine;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>Refused requests as a list: of <c>events --rejected</c> and of <c>quarantine list</c>.</summary>
internal static class RejectionList
{
    public static async Task<int> RunAsync(OpsAccess access, RejectionFilter filter, int limit, bool asJson, CancellationToken cancellationToken)
    {
        var found = new List<RejectionView>();
        string? next;
        do
        {
            var page = await access.Quarantine.ListAsync(filter with { Limit = Math.Min(limit - found.Count, EventFilter.LargestLimit) }, cancellationToken);
            found.AddRange(page.Items);
            next = page.Next;
            filter = filter with { Before = next };
        }
        while (next is not null && found.Count < limit);

        if (found.Count == 0) await access.CheckSourceAsync(filter.Source, cancellationToken);
        if (asJson) Output.Json(found, QuarantineJson.Default.IReadOnlyListRejectionView);
        else Print(Output.Person, found, next, filter.OnlyKept);
        return 0;
    }

    internal static void Print(IAnsiConsole console, IReadOnlyList<RejectionView> found, string? next, bool areKept)
    {
        if (found.Count == 0)
        {
            console.WriteLine(areKept ? "Nothing is in quarantine." : "No refused requests.");
            return;
        }

        var list = new Listing(("Received", Cell.Whole), ("Source", Cell.Whole), (areKept ? "Bytes" : "Kept", Cell.Number), ("Finding", Cell.Text), ("Id", Cell.Id));
        foreach (var item in found)
            list.Add(Output.Time(item.ReceivedAt), Output.Safe(item.Source), areKept ? $"{item.BodyBytes}" : item.Kept ? "yes" : "no", Output.Safe(item.Finding ?? item.Result.ToString()), item.Id);
        list.Print(console);
        if (next is not null) console.WriteLine($"There may be more: --before {next}");
    }
}
