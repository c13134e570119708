using Microsoft.Extensions.DependencyInjection;
using Sluice;

namespace Handlers;

/// <summary>
/// The code of your own. Each is a class in this folder and one line here: a handler (<c>AddHandler</c>), which a destination names as its
/// <c>Handler</c>, or an answer (<c>AddAnswer</c>) for senders that wait for one, which a source names as its <c>Answer</c>.
/// </summary>
public static class Registration
{
    public static IServiceCollection AddUserHandlers(this IServiceCollection services) => services
        .AddHandler<ArchiveHandler>();
}
