using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.Contracts;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery.Addresses;

/// <summary>Who cannot show a certificate for the name that was asked for gets nothing.</summary>
public sealed class CertificateTests
{
    [Attack("A35")]
    [Theory]
    [InlineData("self-signed", -1, 1, "127.0.0.1")]
    [InlineData("of another host", -1, 1, "10.0.0.1")]
    [InlineData("over", -10, -5, "127.0.0.1")]
    public async Task A_host_with_a_certificate_that_does_not_hold_gets_no_byte_of_the_event(string what, int fromDays, int toDays, string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, Certificate(host, fromDays, toDays));
        using var poster = new Poster();
        var outcome = await poster.PostAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        Assert.Equal(AttemptOutcome.Retry, outcome.Kind);
        Assert.Contains("SSL connection could not be established", outcome.Reason, StringComparison.Ordinal);
        Assert.True(await serving == 0, what);
    }

    // How many bytes of a request arrived.
    private static async Task<int> ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using (certificate)
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var stream = new SslStream(client.GetStream());
            try
            {
                await stream.AuthenticateAsServerAsync(certificate);
                return await stream.ReadAsync(new byte[1024]);
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                return 0;
            }
        }
    }

    private static X509Certificate2 Certificate(string host, int fromDays, int toDays)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(host));
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.CreateSelfSigned(now.AddDays(fromDays), now.AddDays(toDays));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null);
    }
}
