using Sluice.Inspection;
using Sluice.Quarantine;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>Refused requests as a list: of <c>events --rejected</c> and of <c>quarantine list</c>.</summary>
internal static class RejectionList
{
    public static async Task<int> RunAsync(IQuarantineOperations operations, RejectionFilter filter, int limit, bool asJson, CancellationToken cancellationToken)
    {
        var found = new List<RejectionView>();
        string? next;
        do
        {
            var page = await operations.ListAsync(filter with { Limit = Math.Min(limit - found.Count, EventFilter.LargestLimit) }, cancellationToken);
            found.AddRange(page.Items);
            next = page.Next;
            filter = filter with { Before = next };
        }
        while (next is not null && found.Count < limit);

        if (asJson) Output.Json(found, QuarantineJson.Default.IReadOnlyListRejectionView);
        else Print(found, next, filter.OnlyKept);
        return 0;
    }

    private static void Print(List<RejectionView> found, string? next, bool areKept)
    {
        if (found.Count == 0)
        {
            Output.Person.WriteLine(areKept ? "Nothing is in quarantine." : "No refused requests.");
            return;
        }

        string[] columns = areKept ? ["Received", "Source", "Bytes", "Finding", "Id"] : ["Received", "Source", "Kept", "Finding", "Id"];
        var table = Output.Table(columns);
        foreach (var item in found)
            table.AddRow(Output.Time(item.ReceivedAt), Output.Safe(item.Source), areKept ? $"{item.BodyBytes}" : item.Kept ? "yes" : "no", Output.Safe(item.Finding ?? item.Result.ToString()), item.Id);
        Output.Person.Write(table);
        if (next is not null) Output.Person.WriteLine($"There may be more: --before {next}");
    }
}
