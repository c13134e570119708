using Microsoft.Extensions.DependencyInjection;
using Sluice;

namespace Handlers;

/// <summary>The handlers of your own. Each is a class in this folder and one line here; a destination names it by its <c>Name</c>.</summary>
public static class Registration
{
    public static IServiceCollection AddUserHandlers(this IServiceCollection services) => services
        .AddHandler<ArchiveHandler>();
}
