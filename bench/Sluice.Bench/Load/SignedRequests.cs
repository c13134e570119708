using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Bench.Load;

/// <summary>Whole HTTP requests, ready to be written to a socket, so that nothing is built or signed while the clock runs.</summary>
/// <remarks>One array, all requests of one length. Every id is used once in the life of this process: no request is anyone's duplicate.</remarks>
public sealed class SignedRequests(int count)
{
    private const string SignatureHeader = "Stripe-Signature: t=";
    private const int TimestampLength = 10;
    private const int HexLength = 64;

    private static readonly byte[] _key = "whsec_bench"u8.ToArray();
    private static readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private static long _lastId;

    private static readonly string _head =
        $"""
        POST /api/webhooks/stripe HTTP/1.1
        Host: 127.0.0.1
        User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)
        Accept: */*; q=0.5, application/xml
        Content-Type: application/json; charset=utf-8
        {SignatureHeader}{new string('0', TimestampLength)},v1={new string('0', HexLength)}
        Content-Length: {StripeEvent.Length}


        """.ReplaceLineEndings("\r\n");

    private static readonly int _timestampOffset = _head.IndexOf(SignatureHeader, StringComparison.Ordinal) + SignatureHeader.Length;
    private static readonly int _hexOffset = _timestampOffset + TimestampLength + ",v1=".Length;
    private static readonly int _size = _head.Length + StripeEvent.Length;

    private readonly byte[] _bytes = new byte[(long)_size * count];

    public int Count => count;

    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(index * _size, _size);

    /// <summary>Makes all of them anew: new ids, signed now.</summary>
    public void Sign()
    {
        byte[] template = [.. Encoding.ASCII.GetBytes(_head), .. StripeEvent.Template];
        var timestamp = Encoding.ASCII.GetBytes(DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        timestamp.CopyTo(template, _timestampOffset);

        byte[] signed = [.. timestamp, (byte)'.', .. StripeEvent.Template];
        var signedBody = signed.AsSpan(TimestampLength + 1);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (var i = 0; i < count; i++)
        {
            Encoding.ASCII.GetBytes($"evt_{_run}{++_lastId:x12}", signedBody[StripeEvent.IdOffset..]);
            HMACSHA256.HashData(_key, signed, hash);

            var request = _bytes.AsSpan(i * _size, _size);
            template.CopyTo(request);
            signedBody.CopyTo(request[_head.Length..]);
            Convert.TryToHexStringLower(hash, request[_hexOffset..], out _);
        }
    }
}
