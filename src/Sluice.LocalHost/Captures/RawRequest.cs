using Sluice.Configuration;

namespace Sluice.LocalHost.Captures;

/// <summary>A request as it goes over the wire: request line, headers, a blank line, and from there on the exact bytes of the body.</summary>
internal static class RawRequest
{
    /// <exception cref="CaptureException">It is no request, or its body is larger than any source takes.</exception>
    public static CapturedRequest Read(ReadOnlyMemory<byte> file)
    {
        file = CaptureFile.WithoutMark(file);
        var head = RequestHead.Read(file.Span);
        if (head.IsFromCurl) throw new CaptureException("is what curl -v prints, which leaves the body out; give it as --headers, and the body's bytes with --body");
        if (head.Method is null) throw new CaptureException("has no request line, only headers; give it as --headers, and the body with --body, or write a first line such as: POST /api/webhooks/stripe HTTP/1.1");

        var remarks = new List<string>();
        if (!head.IsEnded) remarks.Add("there is no blank line behind the headers: the request is taken to have no body");
        var body = file[head.Length..];
        var chunks = head.Headers.First("Transfer-Encoding")?.EndsWith("chunked", StringComparison.OrdinalIgnoreCase) == true ? ChunkedBody.Read(body.Span) : null;
        if (chunks is not null) body = chunks;
        else if (head.Headers.First("Transfer-Encoding") is not null) remarks.Add("Transfer-Encoding says chunked and the body is not: it is taken as it stands");
        else body = BodyLength.Check(head.Headers, body, remarks);
        if (body.Length > SourceSettings.LargestMaxBodyBytes) throw new CaptureException(BodyLength.TooLarge);
        return new CapturedRequest { Method = head.Method, Target = head.Target, Url = head.Url, Headers = head.Headers, Body = body, Remarks = remarks };
    }
}
