using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>One <c>sluice up</c> that answers: its address, token and process, and the ways to end it.</summary>
internal sealed class RunningSluice : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> errors;

    private RunningSluice(Process process, ConcurrentQueue<string> errors, string url, int processId, string token, TimeSpan startTime)
    {
        (this.process, this.errors, Url, ProcessId, Token, StartTime) = (process, errors, url, processId, token, startTime);
        Ops = new HttpClient { BaseAddress = new Uri($"{url}/api/ops/") };
        Ops.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public string Url { get; }

    /// <summary>The program's own process, also when something else started it.</summary>
    public int ProcessId { get; }

    public string Token { get; }

    public HttpClient Ops { get; }

    /// <summary>From the start of the process to its first answer that it is ready.</summary>
    public TimeSpan StartTime { get; }

    public string Errors => string.Join('\n', errors);

    public bool HasExited => process.HasExited;

    public long ResidentBytes
    {
        get
        {
            using var running = Process.GetProcessById(ProcessId);
            return running.WorkingSet64;
        }
    }

    /// <exception cref="EndedEarlyException">The process ended before it was ready.</exception>
    public static async Task<RunningSluice> StartAsync(WorkFolder folder, params string[] before)
    {
        var clock = Stopwatch.StartNew();
        var process = Process.Start(SluiceProgram.Command(folder.Path, ["up", "--json", "--config", folder.Config, "--data", folder.Data, "--urls", "http://127.0.0.1:0"], before))!;
        try
        {
            var errors = new ConcurrentQueue<string>();
            process.ErrorDataReceived += (_, line) => errors.Enqueue(line.Data ?? "");
            process.BeginErrorReadLine();
            using var limit = new CancellationTokenSource(RealTime.Longest);
            if (await process.StandardOutput.ReadLineAsync(limit.Token) is not { } said) throw await EndedEarlyAsync(process, errors, limit.Token);
            var url = JsonNode.Parse(said)!["url"]!.GetValue<string>();
            var host = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Data, "host.json"), limit.Token))!;
            await UntilReadyAsync(url, limit.Token);
            return new RunningSluice(process, errors, url, host["processId"]!.GetValue<int>(), host["token"]!.GetValue<string>(), clock.Elapsed);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or JsonException)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.Dispose();
            throw new EndedEarlyException(-1, e.Message);
        }
    }

    public async Task<JsonNode> AskAsync(string path) => JsonNode.Parse(await Ops.GetStringAsync(path))!;

    /// <summary>The end without a farewell.</summary>
    public async Task KillAsync()
    {
        using (var running = Process.GetProcessById(ProcessId)) running.Kill();
        await ExitAsync(RealTime.Longest);
    }

    public async Task<int> TerminateAsync()
    {
        SluiceProgram.Terminate(ProcessId);
        return await ExitAsync(RealTime.Longest);
    }

    /// <summary>Waits until the process has ended by itself and answers its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the process did not end within {limit.TotalSeconds} s: {Errors}");
        }

        return process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        Ops.Dispose();
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task UntilReadyAsync(string url, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        while (true)
        {
            using var answer = await client.GetAsync($"{url}/api/health/ready", cancellationToken);
            if (answer.IsSuccessStatusCode) return;
            await Task.Delay(50, cancellationToken);
        }
    }

    private static async Task<EndedEarlyException> EndedEarlyAsync(Process process, ConcurrentQueue<string> errors, CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        var ended = new EndedEarlyException(process.ExitCode, string.Join('\n', errors).Trim());
        process.Dispose();
        return ended;
    }
}

/// <summary>The process ended, or was ended, before it was ready.</summary>
internal sealed class EndedEarlyException(int exitCode, string errors) : Exception($"exit code {exitCode}: {errors}")
{
    public int ExitCode => exitCode;

    public string Errors => errors;
}
