namespace Baton.Cli.Demo.Load;

/// <summary>How much load.</summary>
/// <param name="Connections">Connections of each kind.</param>
/// <param name="CommandsPerSecond">Of all callers together, about; 0 = as fast as it goes.</param>
internal sealed record LoadShape(int Connections, int CommandsPerSecond);
