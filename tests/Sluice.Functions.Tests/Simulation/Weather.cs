using Azure;
using Azure.Messaging.ServiceBus;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Tables;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>What happens to requests on their way to the two services and back.</summary>
internal sealed class Weather(World world)
{
    private TimeSpan tablesDownUntil;
    private TimeSpan busDownUntil;
    private bool isTablesSilent;

    private bool IsOn => world.Faults.AreOn;

    public void TakeTablesDown(TimeSpan time) => (tablesDownUntil, isTablesSilent) = (world.Time.Elapsed + time, world.Random.Next(3) > 0);

    public void TakeBusDown(TimeSpan time) => busDownUntil = world.Time.Elapsed + time;

    public async ValueTask BeforeTablesAsync(TableRequest request)
    {
        if (!IsOn) return;
        if (world.Time.Elapsed < tablesDownUntil)
        {
            // Some of what is away refuses, and some of it says nothing for as long as it is.
            if (isTablesSilent) await Task.Delay(tablesDownUntil - world.Time.Elapsed, world.Time);
            throw new RequestFailedException(0, "no route to the host");
        }

        if (world.Faults.Strikes(Fault.TablesThrottled)) throw new RequestFailedException(503, "slow down", "ServerBusy", null);
        if (world.Faults.Strikes(Fault.TablesFailedBefore)) throw new RequestFailedException(500, "an error", "InternalError", null);
        if (world.Faults.Strikes(Fault.TablesSlow)) await world.DelayAsync(0.05, 20);
    }

    public async ValueTask AfterTablesAsync(TableRequest request)
    {
        if (!IsOn) return;
        if (world.Faults.Strikes(Fault.TablesFailedAfter))
        {
            world.Trace.Add("tables", "lose an answer", request.Kind, string.Join(' ', request.RowKeys));
            throw world.Random.Next(2) == 0 ? new RequestFailedException(0, "the connection was closed") : new RequestFailedException(500, "took too long", "OperationTimedOut", null);
        }

        if (world.Faults.Strikes(Fault.TablesAnswerLate)) await world.DelayAsync(0.05, 20);
    }

    public async ValueTask BeforeBusAsync(BrokerRequest request)
    {
        if (!IsOn) return;
        if (world.Time.Elapsed < busDownUntil) throw new ServiceBusException("no route to the host", ServiceBusFailureReason.ServiceCommunicationProblem);
        if (IsSettlement(request.Operation))
        {
            if (world.Faults.Strikes(Fault.SettlementLost)) throw new ServiceBusException("slow down", ServiceBusFailureReason.ServiceBusy);
            if (world.Faults.Strikes(Fault.SettlementLate)) await world.DelayAsync(0.1, 80);
            return;
        }

        if (world.Faults.Strikes(Fault.BusUnavailable)) throw new ServiceBusException("slow down", ServiceBusFailureReason.ServiceBusy);
        if (world.Faults.Strikes(Fault.BusSlow)) await world.DelayAsync(0.05, 15);
    }

    public ValueTask AfterBusAsync(BrokerRequest request)
    {
        world.Host.Wake();
        if (!IsOn) return default;
        if (world.Faults.Strikes(IsSettlement(request.Operation) ? Fault.SettlementUnknown : Fault.BusAmbiguous)) throw new ServiceBusException("nobody answered", ServiceBusFailureReason.ServiceTimeout);
        return default;
    }

    private static bool IsSettlement(BrokerOperation operation) =>
        operation is BrokerOperation.Complete or BrokerOperation.Abandon or BrokerOperation.DeadLetter or BrokerOperation.RenewLock;
}
