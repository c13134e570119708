using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Sluice.Contracts.Catalogue;

namespace Sluice.Core.Tests.Senders;

/// <summary>Requests of SendGrid: ECDSA over timestamp and body, DER in base64.</summary>
internal sealed class SendGridCases(int seed) : SenderCases(seed)
{
    private static readonly BigInteger Order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
    private static readonly TestKeys Usual = CatalogueTable.Of("sendgrid").Keys!("sendgrid", 0);
    private static readonly TestKeys Other = CatalogueTable.Of("sendgrid").Keys!("sendgrid", 1);
    private static readonly ECDsa Key = Import(Usual.Signs);

    public override SenderCase Next()
    {
        var timestamp = Pick(["1700000000", "0", "", " ", "x", "1700000000.5", "é"], likely: 0.85);
        var body = Pick(["[{\"event\":\"delivered\",\"sg_event_id\":\"1\"}]\r\n", "", "[]", "é☕", "\0", new string('x', 5000)], likely: 0.6);
        var good = Sign(timestamp + body);
        var bytes = Pick(likely: 0.6, good, Sign(timestamp + body + "x"), good[..^1], [.. good, 0], [], Mirrored(good), Der(0, 0), Der(1, 1), Der(0, 1), Der(Order, Order), Spoiled(good), [.. good.AsSpan(2)], Raw(good), Longer(good));
        var signature = Convert.ToBase64String(bytes);
        signature = Pick([signature, signature.TrimEnd('='), signature.Replace('+', '-').Replace('/', '_'), signature + "=", " " + signature, signature + "\n", "signature", ""], likely: 0.9);
        if (Chance(0.08)) body = Damaged(body);
        List<KeyValuePair<string, string>> headers = [new("Content-Type", "application/json"), new("X-Twilio-Email-Event-Webhook-Signature", signature), new("X-Twilio-Email-Event-Webhook-Timestamp", timestamp)];
        if (Chance(0.03)) headers.Add(headers[1]);
        while (Random.Next(8) == 0) Damage(headers);
        return new("sendgrid", Chance(0.95) ? Usual.Checks : Other.Checks, new("POST", Path, headers, Encoding.UTF8.GetBytes(body)), NowOf(300));
    }

    private static ECDsa Import(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }

    private static byte[] Sign(string content) => Key.SignData(Encoding.UTF8.GetBytes(content), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private byte[] Pick(double likely, params byte[][] values) => Chance(likely) ? values[0] : values[Random.Next(values.Length)];

    private byte[] Spoiled(byte[] der)
    {
        var spoiled = der.ToArray();
        spoiled[Random.Next(spoiled.Length)] ^= (byte)(1 << Random.Next(8));
        return spoiled;
    }

    // It says of itself that more follows.
    private static byte[] Longer(byte[] der) => [der[0], (byte)(der[1] + 1), .. der.AsSpan(2)];

    // The other s of the same signature: it is as genuine as the first.
    private static byte[] Mirrored(byte[] der)
    {
        var (r, s) = Read(der);
        return Der(r, Order - s);
    }

    private static byte[] Raw(byte[] der)
    {
        var (r, s) = Read(der);
        return [.. Fixed(r), .. Fixed(s)];
    }

    private static byte[] Fixed(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    private static (BigInteger R, BigInteger S) Read(byte[] der)
    {
        var sequence = new System.Formats.Asn1.AsnReader(der, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        return (sequence.ReadInteger(), sequence.ReadInteger());
    }

    private static byte[] Der(BigInteger r, BigInteger s)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }

        return writer.Encode();
    }
}
