using Azure;
using Azure.Data.Tables;
using Sluice.AzureServices.Tables;
using Sluice.Functions.Tests.Tables;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>Builds with one promise broken, each by something put between the apps and their services: requests come in another order or as others.</summary>
internal static class BrokenBuilds
{
    public static Build AnswerBeforeCommit { get; } = new("answer before commit") { Wire = static _ => new Wire(static (table, _) => new Hasty(table)) };

    public static Build CheckThenInsert { get; } = new("check-then-insert") { Wire = static _ => new Wire(static (table, _) => new Looking(table)) };

    public static Build NoFence { get; } = new("no fence") { Wire = static _ => new Wire(static (table, _) => new Blind(table)) };

    public static Build LostBellNeverRungAgain { get; } = new("a lost bell never rung again") { Ticks = false };

    public static Build DueRowAfterEvent { get; } = new("due row after event") { Wire = static _ => new Wire(static (table, held) => new Tidy(table, held)) };

    public static Build NewDueRowAfterOld { get; } = new("new due row after the old one was removed") { Wire = static _ => new Wire(static (table, held) => new Moving(table, held)) };

    public static Build CompletedBeforeBooked { get; } = new("a message completed before its event is booked") { CompletesFirst = true };

    private static Response<IReadOnlyList<Response>> Said() => Response.FromValue<IReadOnlyList<Response>>([], new TableResponse(202));

    private static bool Books(TableTransactionAction[] actions) => actions.Any(static action => action is { ActionType: TableTransactionActionType.Add, Entity.RowKey: "e" });

    /// <param name="connect">What is put before a table; both tables of a process share the list of what is held back.</param>
    private sealed class Wire(Func<TableClient, List<(EventId Event, Func<Task> Write)>, TableClient> connect) : ITableWire
    {
        private readonly List<(EventId Event, Func<Task> Write)> held = [];

        public TableClient Connect(TableClient table) => connect(table, held);
    }

    private sealed class Hasty(TableClient table) : PassingTable(table)
    {
        protected override Task<Response<IReadOnlyList<Response>>> SubmitAsync(TableTransactionAction[] actions, CancellationToken cancellationToken)
        {
            if (!Books(actions)) return base.SubmitAsync(actions, cancellationToken);
            _ = KeepAsync(actions);
            return Task.FromResult(Said());
        }

        private async Task KeepAsync(TableTransactionAction[] actions)
        {
            try
            {
                await base.SubmitAsync(actions, CancellationToken.None);
            }
            catch (RequestFailedException)
            {
                // Too late to tell the sender.
            }
        }
    }

    private sealed class Looking(TableClient table) : PassingTable(table)
    {
        protected override async Task<Response<IReadOnlyList<Response>>> SubmitAsync(TableTransactionAction[] actions, CancellationToken cancellationToken)
        {
            if (!Books(actions)) return await base.SubmitAsync(actions, cancellationToken);
            var there = await GetEntityIfExistsAsync<TableEntity>(actions[0].Entity.PartitionKey, "e", ["PartitionKey"], cancellationToken);
            if (there.HasValue) throw TableFailure.InTransaction(0, TableFailure.Of(409, "EntityAlreadyExists", "The specified entity already exists."));
            return await base.SubmitAsync([.. actions.Select(action => new TableTransactionAction(TableTransactionActionType.UpsertReplace, action.Entity))], cancellationToken);
        }
    }

    // An outcome is written whoever holds the delivery by now.
    private sealed class Blind(TableClient table) : PassingTable(table)
    {
        protected override Task<Response<IReadOnlyList<Response>>> SubmitAsync(TableTransactionAction[] actions, CancellationToken cancellationToken) =>
            base.SubmitAsync([.. actions.Select(static action => action is { ActionType: TableTransactionActionType.UpdateReplace } && action.Entity.RowKey[0] == 'd' ? new(action.ActionType, action.Entity, ETag.All) : action)], cancellationToken);
    }

    // The index rows of a booking follow when the event is there.
    private sealed class Tidy(TableClient table, List<(EventId Event, Func<Task> Write)> held) : PassingTable(table)
    {
        protected override async Task<Response<IReadOnlyList<Response>>> SubmitAsync(TableTransactionAction[] actions, CancellationToken cancellationToken)
        {
            if (!IsBook && actions[0].Entity.RowKey.StartsWith("l-", StringComparison.Ordinal))
            {
                held.Add((Keys.ReadListed(actions[0].Entity.RowKey), () => base.SubmitAsync(actions, CancellationToken.None)));
                return Said();
            }

            if (!Books(actions)) return await base.SubmitAsync(actions, cancellationToken);
            var mine = held.Find(write => write.Event.ToString() == actions[0].Entity.PartitionKey);
            held.Remove(mine);
            var booked = await base.SubmitAsync(actions, cancellationToken);
            await mine.Write();
            return booked;
        }
    }

    // A new due row of a delivery that was moved follows when the old one is gone.
    private sealed class Moving(TableClient table, List<(EventId Event, Func<Task> Write)> held) : PassingTable(table)
    {
        public override Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        {
            if (IsBook || entity is not TableEntity { RowKey: ['d', ..] } row) return base.AddEntityAsync(entity, cancellationToken);
            held.Add((Keys.ReadDue(row.RowKey).Delivery.Event, () => base.AddEntityAsync(entity, CancellationToken.None)));
            return Task.FromResult<Response>(new TableResponse(204));
        }

        public override async Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
        {
            var answer = await base.DeleteEntityAsync(partitionKey, rowKey, ifMatch, cancellationToken);
            if (IsBook) return answer;
            foreach (var write in held.ToArray())
            {
                held.Remove(write);
                await write.Write();
            }

            return answer;
        }
    }
}
