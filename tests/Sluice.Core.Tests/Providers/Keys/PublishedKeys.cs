using System.Net;
using System.Text;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers.Keys;

/// <summary>Stands where a sender publishes its keys: answers what it is told to and counts who asks.</summary>
internal sealed class PublishedKeys : HttpMessageHandler
{
    public List<string> Asked { get; } = [];

    public Func<Uri, Task<HttpResponseMessage>> Answer { get; set; } = _ => Status(HttpStatusCode.NotFound);

    public KeyClient Client(TimeSpan? timeout = null) => new(this, timeout);

    public void Says(string text) => Answer = _ => Text(text);

    public void Is(HttpStatusCode status) => Answer = _ => Status(status);

    public static Task<HttpResponseMessage> Text(string text) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) });

    public static Task<HttpResponseMessage> Status(HttpStatusCode status) => Task.FromResult(new HttpResponseMessage(status));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (Asked) Asked.Add(request.RequestUri!.AbsoluteUri);
        return await Answer(request.RequestUri).WaitAsync(cancellationToken);
    }
}
