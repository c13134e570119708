using Sluice.LocalHost.Commands;

return await SluiceCommands.RunAsync(args);
