using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Inspection;

namespace Sluice.Destinations;

/// <summary>Destinations under <c>/api/ops</c>. The host lets only those in who may.</summary>
public sealed class DestinationEndpoint(IDestinationOperations operations, ILogger<DestinationEndpoint> logger)
{
    /// <summary>Maps every path with the host's own way of letting people in.</summary>
    public void MapTo(Action<string, string, Func<HttpContext, Task<IResult>>> map)
    {
        map("GET", "destinations", ListAsync);
        map("GET", "destinations/{name}", context => FindAsync(context, Name(context)));
        map("PUT", "destinations/{name}", context => RegisterAsync(context, Name(context)));
        map("DELETE", "destinations/{name}", context => RemoveAsync(context, Name(context)));
        map("POST", "destinations/{name}/pause", context => PauseAsync(context, Name(context)));
        map("POST", "destinations/{name}/resume", context => ResumeAsync(context, Name(context)));
        map("POST", "destinations/{name}/test", context => TestAsync(context, Name(context)));
    }

    public Task<IResult> ListAsync(HttpContext context) => AnswerAsync(context, async () =>
        Results.Json(await operations.ListAsync(context.RequestAborted), DestinationViewJson.Default.IReadOnlyListDestinationView));

    public Task<IResult> FindAsync(HttpContext context, string name) => AnswerAsync(context, async () =>
        await operations.FindAsync(name, context.RequestAborted) is { } view ? Results.Json(view, DestinationViewJson.Default.DestinationView) : OpsAnswer.Error(404, "no such destination"));

    /// <summary>Its body is what would stand under <c>Destinations:NAME</c>. <c>replace=false</c> refuses a name that is registered; <c>challenge=true</c> asks the receiver first.</summary>
    public Task<IResult> RegisterAsync(HttpContext context, string name) => AnswerAsync(context, async () =>
    {
        if (!Flag(context, "replace", true, out var replaces) || !Flag(context, "challenge", false, out var challenges)) return OpsAnswer.Error(400, "replace and challenge are true or false");
        if (await TextAsync(context) is not { } text) return TooLarge();
        return Answer(await operations.RegisterAsync(name, new(text) { Replaces = replaces, Challenges = challenges }, context.RequestAborted));
    });

    /// <summary><c>reason</c> says why.</summary>
    public Task<IResult> PauseAsync(HttpContext context, string name) => AnswerAsync(context, async () =>
        Answer(await operations.PauseAsync(name, Text(context, "reason") is { } reason ? SafeText.OneLine(reason, 200) : null, context.RequestAborted)));

    public Task<IResult> ResumeAsync(HttpContext context, string name) => AnswerAsync(context, async () => Answer(await operations.ResumeAsync(name, context.RequestAborted)));

    /// <summary><c>pending</c> says what becomes of what is not delivered yet.</summary>
    public Task<IResult> RemoveAsync(HttpContext context, string name) => AnswerAsync(context, async () =>
        PendingWords.Read(Text(context, "pending")) is { } pending
            ? Answer(await operations.RemoveAsync(name, pending, context.RequestAborted))
            : OpsAnswer.Error(400, $"say what becomes of what is pending: {PendingWords.Choices("?pending=")}"));

    /// <summary><c>send=false</c> or <c>last=N</c> only looks at kept events; <c>event=ID</c> takes that one. A body is what would stand under <c>Destinations:NAME</c>.</summary>
    public Task<IResult> TestAsync(HttpContext context, string name) => AnswerAsync(context, async () =>
    {
        var last = Testing.DefaultLast;
        var isLast = Text(context, "last") is not null;
        if (isLast && (!int.TryParse(Text(context, "last"), NumberStyles.None, CultureInfo.InvariantCulture, out last) || last is < 1 or > Testing.MostLast)) return OpsAnswer.Error(400, $"last is a number from 1 to {Testing.MostLast}");
        if (!Flag(context, "send", !isLast, out var sends)) return OpsAnswer.Error(400, "send is true or false");
        EventId? id = null;
        if (Text(context, "event") is { } text) id = EventId.TryParse(text, out var parsed) ? parsed : null;
        if (id is null && Text(context, "event") is not null) return OpsAnswer.Error(400, "event is no event id; it has 32 hex digits");
        if (await TextAsync(context) is not { } settings) return TooLarge();
        var answer = await operations.TestAsync(name, new() { Settings = settings.Length > 0 ? settings : null, Sends = sends, Event = id, Last = last }, context.RequestAborted);
        return answer.View is { } view ? Results.Json(view, DestinationViewJson.Default.TestView) : OpsAnswer.Error(Status(answer.Result), answer.Error!);
    });

    private static IResult Answer(DestinationAnswer answer) =>
        answer.View is { } view ? Results.Json(view, DestinationViewJson.Default.DestinationView, statusCode: Status(answer.Result)) : OpsAnswer.Error(Status(answer.Result), answer.Error!);

    private static int Status(DestinationResult result) => result switch
    {
        DestinationResult.Done => 200,
        DestinationResult.Created => 201,
        DestinationResult.Conflict => 409,
        DestinationResult.Missing => 404,
        _ => 422,
    };

    // Whatever its content type says: what it is shows when it is read. Null where there is too much.
    private static async ValueTask<string?> TextAsync(HttpContext context)
    {
        try
        {
            return await RequestBody.ReadAsync(context.Request, RegistrationReader.MostBytes, context.RequestAborted) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Trim() : null;
        }
        catch (BadHttpRequestException)
        {
            return null;
        }
    }

    private static IResult TooLarge() => OpsAnswer.Error(413, $"the settings are larger than {RegistrationReader.MostBytes / 1024} KiB, or ended before their end; shorten them");

    private static bool Flag(HttpContext context, string name, bool otherwise, out bool value)
    {
        value = otherwise;
        return Text(context, name) is not { } text || bool.TryParse(text, out value);
    }

    private static string? Text(HttpContext context, string name) => context.Request.Query[name] is { Count: > 0 } values && values[0] is { Length: > 0 } value ? value : null;

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private Task<IResult> AnswerAsync(HttpContext context, Func<Task<IResult>> answer) => OpsAnswer.OfAsync(context, logger, answer);
}
