using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.Storage;

namespace Sluice.Inspection;

/// <summary>What every ops answer has in common: a cursor that is none is 400, a store that is away 503 with a time to come back.</summary>
public static partial class OpsAnswer
{
    public static async Task<IResult> OfAsync(HttpContext context, ILogger logger, Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (CursorException e)
        {
            return Error(400, e.Message);
        }
        catch (StoreUnavailableException e)
        {
            Log.Unavailable(logger, e.Message);
            context.Response.Headers.RetryAfter = "5";
            return Error(503, "the store cannot be reached now; try again");
        }
    }

    public static IResult Error(int status, string error) => Results.Json(new ErrorView(error), OpsJson.Default.ErrorView, statusCode: status);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "An ops request was answered 503: {Reason}")]
        public static partial void Unavailable(ILogger logger, string reason);
    }
}
