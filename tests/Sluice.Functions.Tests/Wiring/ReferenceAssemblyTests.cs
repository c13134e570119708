using System.Reflection;
using System.Runtime.Serialization;
using Azure;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sluice.Functions.Tests.Wiring;

/// <summary>What this repository relies on in the packages, true of them and of the reference assemblies that stand for them.</summary>
public sealed class ReferenceAssemblyTests
{
    private const string ConnectionString = "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=a2V5PQ==;EntityPath=events";
    private const string OnlyReference = "The packages would call the service";

    public static bool IsReference => typeof(ServiceBusClient).Assembly.GetName().Version is { Major: 0 };

    [Fact]
    public void A_message_id_has_1_to_128_characters()
    {
        var message = new ServiceBusMessage { MessageId = new string('x', 128) };

        Assert.ThrowsAny<ArgumentException>(() => message.MessageId = new string('x', 129));
        Assert.ThrowsAny<ArgumentException>(() => message.MessageId = "");
        Assert.ThrowsAny<ArgumentException>(() => message.SessionId = new string('x', 129));
        Assert.ThrowsAny<ArgumentException>(() => message.PartitionKey = new string('x', 129));
    }

    [Fact]
    public void A_new_message_is_empty_lives_for_ever_and_is_due_at_once()
    {
        var message = new ServiceBusMessage();

        Assert.Empty(message.Body.ToArray());
        Assert.Equal((TimeSpan.MaxValue, default(DateTimeOffset)), (message.TimeToLive, message.ScheduledEnqueueTime));
        Assert.Null(message.MessageId);
        Assert.ThrowsAny<ArgumentException>(() => message.TimeToLive = TimeSpan.Zero);
        message.ScheduledEnqueueTime = new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.FromHours(2));
        Assert.Equal(TimeSpan.Zero, message.ScheduledEnqueueTime.Offset);
    }

    [Fact]
    public void A_copy_of_a_received_message_keeps_its_id_and_drops_what_the_broker_had_set()
    {
        var received = ServiceBusModelFactory.ServiceBusReceivedMessage(
            BinaryData.FromString("body"), "id", subject: "type", timeToLive: TimeSpan.FromHours(1), scheduledEnqueueTime: DateTimeOffset.UnixEpoch,
            properties: new Dictionary<string, object> { ["kept"] = 1, ["DeadLetterReason"] = "r", ["DeadLetterErrorDescription"] = "d", ["Diagnostic-Id"] = "00-" });

        var copy = new ServiceBusMessage(received);

        Assert.Equal(("body", "id", "type", TimeSpan.FromHours(1)), (copy.Body.ToString(), copy.MessageId, copy.Subject, copy.TimeToLive));
        Assert.Equal(["kept"], copy.ApplicationProperties.Keys);
        Assert.Equal(default, copy.ScheduledEnqueueTime);
    }

    [Fact]
    public void A_made_message_reads_as_a_received_one()
    {
        var token = Guid.NewGuid();
        var message = ServiceBusModelFactory.ServiceBusReceivedMessage(
            properties: new Dictionary<string, object> { ["DeadLetterReason"] = "Gone", ["DeadLetterErrorDescription"] = "answered 410" },
            lockTokenGuid: token, deliveryCount: 3, enqueuedTime: DateTimeOffset.UnixEpoch, timeToLive: TimeSpan.FromMinutes(1),
            serviceBusMessageState: ServiceBusMessageState.Deferred);

        Assert.Equal(("Gone", "answered 410"), (message.DeadLetterReason, message.DeadLetterErrorDescription));
        Assert.Equal((token.ToString(), 3, -1L), (message.LockToken, message.DeliveryCount, message.SequenceNumber));
        Assert.Equal((ServiceBusMessageState.Deferred, DateTimeOffset.UnixEpoch.AddMinutes(1)), (message.State, message.ExpiresAt));
        Assert.Empty(message.Body.ToArray());
        Assert.Equal(DateTimeOffset.MaxValue, ServiceBusModelFactory.ServiceBusReceivedMessage().ExpiresAt);
    }

    [Fact]
    public void A_made_batch_asks_its_callback_and_refuses_unknown_types_of_properties()
    {
        var kept = new List<ServiceBusMessage>();
        using var batch = ServiceBusModelFactory.ServiceBusMessageBatch(
            10, kept, new CreateMessageBatchOptions { MaxSizeInBytes = 100 }, static message => message.Subject != "no");
        var odd = new ServiceBusMessage();
        odd.ApplicationProperties["list"] = new List<int>();

        Assert.True(batch.TryAddMessage(new ServiceBusMessage()));
        Assert.False(batch.TryAddMessage(new ServiceBusMessage { Subject = "no" }));
        Assert.Equal((1, 100L, 10L, 1), (batch.Count, batch.MaxSizeInBytes, batch.SizeInBytes, kept.Count));
        Assert.Throws<SerializationException>(() => batch.TryAddMessage(odd));
    }

    [Fact]
    public void An_exception_names_its_reason_and_entity_and_says_whether_to_try_again()
    {
        var busy = new ServiceBusException("slow down", ServiceBusFailureReason.ServiceBusy, "events");
        var lost = new ServiceBusException("lost", ServiceBusFailureReason.MessageLockLost);

        Assert.StartsWith("slow down (events - ServiceBusy)", busy.Message, StringComparison.Ordinal);
        Assert.StartsWith("lost (MessageLockLost)", lost.Message, StringComparison.Ordinal);
        Assert.Equal((true, false, "events"), (busy.IsTransient, lost.IsTransient, busy.EntityPath));
        Assert.True(new ServiceBusException(isTransient: true, "x").IsTransient);
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceTimeout, true)]
    [InlineData(ServiceBusFailureReason.ServiceCommunicationProblem, true)]
    [InlineData(ServiceBusFailureReason.QuotaExceeded, false)]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound, false)]
    public void Some_reasons_are_transient_by_themselves(ServiceBusFailureReason reason, bool isTransient) =>
        Assert.Equal(isTransient, new ServiceBusException("x", reason).IsTransient);

    [Fact]
    public void A_connection_string_is_read_and_a_malformed_one_refused()
    {
        var properties = ServiceBusConnectionStringProperties.Parse(ConnectionString + ";UseDevelopmentEmulator=true;");

        Assert.Equal(("name.servicebus.windows.net", "events"), (properties.FullyQualifiedNamespace, properties.EntityPath));
        Assert.Equal(("Root", "a2V5PQ=="), (properties.SharedAccessKeyName, properties.SharedAccessKey));
        Assert.Equal(new Uri("sb://localhost:5673/"), ServiceBusConnectionStringProperties.Parse("Endpoint=sb://localhost:5673").Endpoint);
        Assert.Throws<FormatException>(() => ServiceBusConnectionStringProperties.Parse("Endpoint"));
        Assert.Throws<FormatException>(() => ServiceBusConnectionStringProperties.Parse("Endpoint=sb://name/;SharedAccessKey="));
        Assert.ThrowsAny<ArgumentException>(() => ServiceBusConnectionStringProperties.Parse(""));
    }

    [Fact]
    public async Task A_client_is_made_without_a_connection_and_names_its_senders_and_receivers()
    {
        await using var client = new ServiceBusClient(ConnectionString, new ServiceBusClientOptions { Identifier = "me" });
        await using var named = new ServiceBusClient("name.servicebus.windows.net", new AzureNamedKeyCredential("Root", "key"));

        Assert.Equal(("name.servicebus.windows.net", "me"), (client.FullyQualifiedNamespace, client.Identifier));
        Assert.Equal("events", client.CreateSender("events").EntityPath);
        Assert.Equal("events/$DeadLetterQueue", client.CreateReceiver("events", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }).EntityPath);
        Assert.Equal("name.servicebus.windows.net", named.FullyQualifiedNamespace);
        Assert.ThrowsAny<ArgumentException>(() => new ServiceBusClient("Endpoint=sb://name.servicebus.windows.net/"));
        Assert.ThrowsAny<ArgumentException>(() => new ServiceBusClient("", new AzureNamedKeyCredential("Root", "key")));
    }

    [Fact]
    public void The_client_tries_again_as_it_is_told_within_bounds()
    {
        var retry = new ServiceBusClientOptions().RetryOptions;

        Assert.Equal((ServiceBusRetryMode.Exponential, 3), (retry.Mode, retry.MaxRetries));
        Assert.Equal((0.8, 60.0, 60.0), (retry.Delay.TotalSeconds, retry.MaxDelay.TotalSeconds, retry.TryTimeout.TotalSeconds));
        Assert.Throws<ArgumentOutOfRangeException>(() => retry.MaxRetries = 101);
        Assert.Throws<ArgumentOutOfRangeException>(() => retry.Delay = TimeSpan.FromMinutes(6));
        Assert.ThrowsAny<ArgumentException>(() => retry.TryTimeout = TimeSpan.FromSeconds(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => retry.TryTimeout = TimeSpan.FromHours(2));
    }

    [Fact]
    public void What_tests_derive_from_can_be_derived_from()
    {
        foreach (var type in new[] { typeof(ServiceBusClient), typeof(ServiceBusSender), typeof(ServiceBusReceiver), typeof(ServiceBusMessageActions) })
        {
            Assert.Contains(
                type.GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance), static made => made.IsFamily && made.GetParameters().Length == 0);
            Assert.All(
                type.GetMethods().Where(method => method.DeclaringType == type && method.Name.EndsWith("Async", StringComparison.Ordinal)),
                static method => Assert.True(method.IsVirtual, method.Name));
        }

        Assert.True(typeof(ServiceBusMessageBatch).IsSealed);
        Assert.Empty(typeof(ServiceBusReceivedMessage).GetConstructors());
    }

    [Fact]
    public void Triggers_hold_what_they_are_given()
    {
        var http = new HttpTriggerAttribute(AuthorizationLevel.Anonymous, "get", "post") { Route = "webhooks/{source}" };
        var bus = new ServiceBusTriggerAttribute("%EventQueue%") { Connection = "ServiceBus", AutoCompleteMessages = false };
        var timer = new TimerTriggerAttribute("0 * * * * *");

        Assert.Equal((AuthorizationLevel.Anonymous, "webhooks/{source}"), (http.AuthLevel, http.Route));
        Assert.Equal(["get", "post"], http.Methods!);
        Assert.Equal(AuthorizationLevel.Function, new HttpTriggerAttribute().AuthLevel);
        Assert.Equal(("%EventQueue%", "ServiceBus", false, false), (bus.QueueName, bus.Connection, bus.IsBatched, bus.AutoCompleteMessages));
        Assert.Null(bus.TopicName);
        Assert.Equal(("0 * * * * *", true, false), (timer.Schedule, timer.UseMonitor, timer.RunOnStartup));
        Assert.Equal("Bell", new FunctionAttribute("Bell").Name);
        Assert.True(new TimerInfo { IsPastDue = true, ScheduleStatus = new ScheduleStatus { Next = DateTime.UnixEpoch } }.IsPastDue);
    }

    [Fact]
    public void An_application_is_built_once_with_its_configuration_and_services()
    {
        var builder = FunctionsApplication.CreateBuilder(["--given=yes"]).ConfigureFunctionsWebApplication();
        builder.Services.AddSingleton(TimeProvider.System);
        Assert.Equal("yes", ((IHostApplicationBuilder)builder).Configuration["given"]);

        using var host = builder.Build();

        Assert.Same(TimeProvider.System, host.Services.GetRequiredService<TimeProvider>());
        Assert.Equal("yes", host.Services.GetRequiredService<IConfiguration>()["given"]);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
    }

    [Fact(SkipUnless = nameof(IsReference), Skip = OnlyReference)]
    public async Task A_reference_assembly_calls_no_service_and_says_how_to_get_one_that_does()
    {
        await using var client = new ServiceBusClient(ConnectionString);
        using var host = FunctionsApplication.CreateBuilder([]).Build();

        await RefusedAsync(() => client.CreateSender("events").SendMessageAsync(new ServiceBusMessage()));
        await RefusedAsync(() => client.CreateSender("events").CreateMessageBatchAsync().AsTask());
        await RefusedAsync(() => client.CreateReceiver("events").ReceiveMessageAsync());
        await RefusedAsync(() => host.StartAsync());
    }

    private static async Task RefusedAsync(Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<NotSupportedException>(call);
        Assert.Contains("reference assembly", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("AzureSdk=package", refusal.Message, StringComparison.Ordinal);
    }
}
