using System.Text;
using Sluice.LocalHost.Captures;

namespace Sluice.Hosts.Tests.Captures;

/// <summary>Whatever a file holds: it is a request, or it is told what is wrong with it.</summary>
public sealed class CaptureFuzzTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "samples");

    [Fact]
    public void Ten_thousand_spoiled_files_are_read_or_refused_in_one_line()
    {
        var samples = Directory.GetFiles(Folder, "*.http").Select(File.ReadAllBytes).Append(Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n")).ToArray();
        var random = new Random(5);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 10_000; i++)
        {
            var file = Spoil((byte[])samples[random.Next(samples.Length)].Clone(), random);
            try
            {
                RawRequest.Read(file);
                read++;
            }
            catch (CaptureException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                Assert.InRange(e.Message.Length, 1, 300);
                refused++;
            }

            try
            {
                HeaderFile.Read(file);
            }
            catch (CaptureException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
            }
        }

        Assert.InRange(read, 1_000, 9_000);
        Assert.InRange(refused, 1_000, 9_000);
    }

    private static byte[] Spoil(byte[] file, Random random) => random.Next(7) switch
    {
        0 => file[..random.Next(file.Length + 1)],
        1 => file[random.Next(file.Length)..],
        2 => Changed(file, random, 1),
        3 => Changed(file, random, 50),
        4 => [.. file.Where(_ => random.Next(40) > 0)],
        5 => [.. file.SelectMany(one => random.Next(40) > 0 ? [one] : new[] { one, (byte)random.Next(256) })],
        _ => Made(random),
    };

    private static byte[] Changed(byte[] file, Random random, int count)
    {
        for (; count > 0; count--) file[random.Next(file.Length)] = random.Next(3) == 0 ? (byte)" \r\n\t:/{"[random.Next(7)] : (byte)random.Next(256);
        return file;
    }

    private static byte[] Made(Random random)
    {
        var bytes = new byte[random.Next(2_000)];
        random.NextBytes(bytes);
        return bytes;
    }
}
