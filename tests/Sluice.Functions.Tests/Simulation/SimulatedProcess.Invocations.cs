using System.Text;
using Azure.Messaging.ServiceBus;
using IngestFunction;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProcessFunction;
using RetryFunction;
using Sluice.AzureServices.Hosting;
using Sluice.AzureServices.ServiceBus;
using Sluice.Contracts.Simulation;
using Sluice.Ingestion;
using Sluice.Inspection;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>The functions of the app, called as the Functions host calls them.</summary>
internal sealed partial class SimulatedProcess
{
    /// <summary>A request on its way in. The task never completes when the process dies over it.</summary>
    public Task<(int Status, string Body)> PostAsync(Webhook webhook) => InvokeAsync(async () =>
    {
        world.Setting.Senders.TryGetSource(webhook.Source, out var source);
        var envelope = webhook.Sign(source!, world.Time.GetUtcNow());
        var context = NewContext("POST", envelope.Target, webhook.Body);
        foreach (var (name, value) in envelope.Headers) context.Request.Headers.Append(name, value);
        var began = world.Time.Elapsed;
        var result = await new WebhookFunction(services.GetRequiredService<IngestEndpoint>()).RunAsync(context.Request, webhook.Source);
        var answer = await AnswerAsync(context, result);
        world.Ledger.Answered(webhook, answer.Status, answer.Body, world.Time.Elapsed - began);
        return answer;
    });

    /// <summary>A message from the host, which abandons it when the function throws.</summary>
    public Task<bool> HearAsync(ServiceBusReceivedMessage message) => InvokeAsync(async () =>
    {
        if (world.Faults.Strikes(Fault.MessageLate)) await world.DelayAsync(1, 80);
        var actions = new ProcessActions(world, this);
        try
        {
            await new BellFunction(services.GetRequiredService<MessageProcessor>(), services.GetRequiredService<ILogger<BellFunction>>()).RunAsync(message, actions, stopping.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or Broker.HostCallFailedException)
        {
            world.Ledger.Breach($"a message was not settled: {e}");
        }

        return true;
    });

    /// <summary>One tick of the timer.</summary>
    public Task<bool> TickAsync() => InvokeAsync(async () =>
    {
        try
        {
            await new SweepFunction(services.GetRequiredService<TimerRound>()).RunAsync(new TimerInfo(), stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            world.Trace.Add(Name, "stops its timer");
        }

        return true;
    });

    /// <summary>What an operator asks.</summary>
    public Task<(int Status, string Body)> OperateAsync(string query, Func<OpsFunction, HttpRequest, Task<IResult>> ask) => InvokeAsync(async () =>
    {
        var context = NewContext("POST", "/api/ops", []);
        context.Request.QueryString = new QueryString(query);
        try
        {
            return await AnswerAsync(context, await ask(new OpsFunction(services.GetRequiredService<OpsEndpoint>()), context.Request));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (499, "");
        }
    });

    private async Task<T> InvokeAsync<T>(Func<Task<T>> invoke)
    {
        Busy++;
        var done = new TaskCompletionSource<T>();
        actor.Start(async () =>
        {
            var result = await invoke();
            Busy--;
            world.Host.Wake();
            done.SetResult(result);
        });
        return await done.Task;
    }

    private DefaultHttpContext NewContext(string method, string path, byte[] body)
    {
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = stopping.Token };
        (context.Request.Method, context.Request.Path) = (method, path);
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = path;
        (context.Request.Body, context.Request.ContentLength) = (new MemoryStream(body), body.Length);
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static async Task<(int Status, string Body)> AnswerAsync(HttpContext context, IResult result)
    {
        await result.ExecuteAsync(context);
        await context.Response.BodyWriter.FlushAsync();
        return (context.Response.StatusCode, Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
    }
}
