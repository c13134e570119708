using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sluice.Functions.Tests.Fixtures;

/// <summary>What a function answered.</summary>
internal sealed record CloudAnswer(int Status, string Body, IHeaderDictionary Headers)
{
    public static async Task<CloudAnswer> OfAsync(HttpContext context, IResult result)
    {
        await result.ExecuteAsync(context);
        await context.Response.BodyWriter.FlushAsync();
        return new(context.Response.StatusCode, Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()), context.Response.Headers);
    }
}
