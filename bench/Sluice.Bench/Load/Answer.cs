using System.Buffers.Text;
using System.Text;

namespace Sluice.Bench.Load;

/// <summary>As much of HTTP as it takes to know that an answer is complete and good.</summary>
public static class Answer
{
    /// <summary>The length of the answer at the start of the buffer; nothing while it is incomplete.</summary>
    public static int? LengthIn(ReadOnlySpan<byte> received)
    {
        var head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0) return null;

        var name = "\r\nContent-Length: "u8;
        var field = received[..(head + 2)].IndexOf(name);
        if (field < 0 || !Utf8Parser.TryParse(received[(field + name.Length)..], out int body, out _))
            throw new BenchException($"an answer without a Content-Length, which this client needs: {Quote(received)}");

        var length = head + 4 + body;
        return received.Length >= length ? length : null;
    }

    /// <summary>A 200 that says accepted. A duplicate would be cheap for the server, and a fault of this client.</summary>
    public static bool IsAccepted(ReadOnlySpan<byte> answer) =>
        answer.StartsWith("HTTP/1.1 200 "u8) && answer.IndexOf("\"accepted\""u8) >= 0;

    /// <summary>503 is how a server says that it is not ready yet.</summary>
    public static bool IsLater(ReadOnlySpan<byte> answer) => answer.StartsWith("HTTP/1.1 503 "u8);

    public static string Quote(ReadOnlySpan<byte> answer) =>
        Encoding.ASCII.GetString(answer[..Math.Min(answer.Length, 400)]).ReplaceLineEndings(" | ");
}
